"""Which pseudonym stands for which name in a study: the same for the same person, however often and long she is named.

"Eva Novak" and "Eva" are one person where no other Eva is known. A pseudonym that was given is never given again, even
when what it stood for was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final, Literal

Kind = Literal["person", "place", "organisation", "email", "phone", "other", "interview"]

# As words that a parser takes for names.
FORMS: Final[Mapping[Kind, str]] = {
    "person": "P{}",
    "place": "Place {}",
    "organisation": "Organisation {}",
    "email": "email-{}",
    "phone": "phone-{}",
    "other": "Name {}",
    "interview": "interview-{}",
}
_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "madam", "aunt", "uncle"})
_PART: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*")


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A name as it is written somewhere."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A pseudonym and the names it stands for, the longest first."""

    kind: Kind
    pseudonym: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All pseudonyms of a study. `n_given` counts those ever given of each kind; `kept` are names never to replace."""

    entries: tuple[Entry, ...] = ()
    n_given: Mapping[str, int] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()

    def with_names(self, names: Iterable[Name], *, taken: Collection[str] = ()) -> Book:
        """The book in which each of these names has a pseudonym, long names first; kept ones get none.

        The order in which names are given does not matter.

        Args:
            taken: what is called otherwise already, as a speaker "P1": no pseudonym is one of these.
        """
        book = self
        for name in sorted(set(names), key=lambda n: (n.kind, -len(parts_of(n.text)), n.text)):
            if name.text not in self.kept:
                book = book._with(name, taken)
        return book

    def joined(self, name: str, pseudonym: str) -> Book:
        """The book in which a name stands for what a pseudonym stands for; unchanged if there is no such pseudonym."""
        entries = tuple(
            replace(e, names=_longest_first({*e.names, name})) if e.pseudonym == pseudonym else e for e in self.entries
        )
        return replace(self, entries=entries, kept=self.kept - {name})

    def without(self, text: str, *, keep: bool) -> Book:
        """The book without the entry of a name or pseudonym; with `keep`, its names get none again."""
        gone = self.entry_of(text)
        if gone is None:
            return self
        kept = self.kept | set(gone.names) if keep else self.kept
        return replace(self, entries=tuple(e for e in self.entries if e != gone), kept=kept)

    def entry_of(self, text: str) -> Entry | None:
        """The entry of this name or pseudonym."""
        return next((e for e in self.entries if text == e.pseudonym or text in e.names), None)

    def entry_of_interview(self, transcript_id: str) -> Entry | None:
        """The entry of an interview that was called so."""
        return next((e for e in self.entries if e.kind == "interview" and transcript_id in e.names), None)

    def table(self) -> Mapping[str, str]:
        """What to write in place of each name."""
        return {name: e.pseudonym for e in self.entries if e.kind != "interview" for name in e.names}

    def _with(self, name: Name, taken: Collection[str]) -> Book:
        if any(name.text in e.names for e in self.entries if (e.kind == "interview") == (name.kind == "interview")):
            return self
        same = self._same(name)
        if same is not None:
            return self.joined(name.text, same.pseudonym)
        numbers = count(self.n_given.get(name.kind, 0) + 1)
        number = next(n for n in numbers if FORMS[name.kind].format(n) not in taken)
        entry = Entry(kind=name.kind, pseudonym=FORMS[name.kind].format(number), names=(name.text,))
        return replace(self, entries=(*self.entries, entry), n_given={**self.n_given, name.kind: number})

    def _same(self, name: Name) -> Entry | None:
        """The one entry that means the same: in other capitals, or for people a longer or a shorter form."""
        own = [e for e in self.entries if e.kind == name.kind]
        spelled = [e for e in own if any(known.casefold() == name.text.casefold() for known in e.names)]
        if spelled or name.kind != "person":
            return spelled[0] if len(spelled) == 1 else None
        parts = _bare(name.text)
        # By its longest form: Anna Reed and Anna Bell are two, though both are Anna.
        alike = [e for e in own if _is_form_of(parts, _bare(e.names[0]))]
        return alike[0] if len(alike) == 1 and parts else None


def parts_of(name: str) -> tuple[str, ...]:
    """The words of a name, without titles; hyphens and apostrophes belong to a word."""
    return tuple(part for part in _PART.findall(name) if part.lower() not in _TITLES)


def _longest_first(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda text: (-len(text), text)))


def _bare(name: str) -> frozenset[str]:
    return frozenset(part.casefold() for part in parts_of(name))


def _is_form_of(one: Collection[str], other: Collection[str]) -> bool:
    return bool(one) and bool(other) and (set(one) <= set(other) or set(other) <= set(one))
