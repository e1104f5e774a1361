"""Puts pseudonyms in the place of names: in transcripts, and in whatever else may hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from jtbd_nlp.domain import Transcript
from jtbd_nlp.pseudonyms.book import Book, Name

# "Eva's", "Eva-Maria" and "@Eva" hold Eva; "Evaluation" does not. A name is written as it was found, in capitals, or,
# if it was found in capitals, as names mostly are.
_BEFORE: Final = r"(?<![^\W_])"
_WORD: Final = re.compile(r"[^\W_]+")
_IS_LETTER: Final = re.compile(r"[^\W_]")
SHORTEST_IN_CAPITALS: Final = 3


@dataclass(frozen=True, slots=True)
class Replaced:
    """A text with pseudonyms, and where they stand: (start and end in the old text, characters put there)."""

    text: str
    places: tuple[tuple[int, int, int], ...]

    def moved(self, offset: int, *, is_end: bool = False) -> int:
        """Where an offset of the old text is in the new one; inside a name, where its stand-in begins or ends."""
        shift = 0
        for start, end, length in self.places:
            if offset <= start:
                break
            if offset < end:
                return start + shift + (length if is_end else 0)
            shift += length - (end - start)
        return offset + shift


class Replacer:
    """Replaces names of a table in any number of texts; longer names come first.

    Words are looked up by the first word of a name, so that thousands of names cost little more than one.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        long = {name: new for name, new in table.items() if len(name) >= SHORTEST_IN_CAPITALS}
        capitals = {name.upper(): new for name, new in long.items()}
        titles = {name.title(): new for name, new in long.items() if name.isupper()}
        self._table = {**titles, **capitals, **table}
        self._by_word: dict[str, list[str]] = {}
        others = []
        for name in sorted(self._table, key=lambda name: (-len(name), name)):
            if word := _WORD.match(name):
                self._by_word.setdefault(word[0], []).append(name)
            elif name:
                others.append(re.escape(name))
        self._places = re.compile(_BEFORE + "(?:" + "|".join([*others, _WORD.pattern]) + ")")

    def replaced(self, text: str) -> Replaced:
        """`text` with every name replaced."""
        pieces, places, last = [], [], 0
        for found in self._places.finditer(text):
            name = self._name_at(text, found) if found.start() >= last else None
            if name is not None:
                new = self._table[name]
                pieces += [text[last : found.start()], new]
                last = found.start() + len(name)
                places.append((found.start(), last, len(new)))
        return Replaced("".join([*pieces, text[last:]]), tuple(places))

    def _name_at(self, text: str, found: re.Match[str]) -> str | None:
        names = [found[0]] if found[0] in self._table else []
        for name in self._by_word.get(found[0], names):
            end = found.start() + len(name)
            if text.startswith(name, found.start()) and not _IS_LETTER.match(text, end):
                return name
        return None


def replaced(text: str, table: Mapping[str, str]) -> Replaced:
    """`text` with every name of the table replaced, longer names first; see `Replacer`."""
    return Replacer(table).replaced(text)


def replace_names(transcript: Transcript, book: Book) -> Transcript:
    """The transcript with pseudonyms in place of names: speakers, turns and warnings; and for its own name, the book's.

    Its id, title and source are mostly a file's name, and that is mostly somebody's: all three become the pseudonym
    that the book has for an interview of this id.
    """
    change = Replacer(book.table())
    interview = book.entry_of_interview(transcript.id)
    called = interview.pseudonym if interview else change.replaced(transcript.id).text
    return replace(
        transcript,
        id=called,
        title=called,
        source=called,
        turns=tuple(
            replace(turn, speaker=change.replaced(turn.speaker).text, text=change.replaced(turn.text).text)
            for turn in transcript.turns
        ),
        warnings=tuple(change.replaced(warning).text for warning in transcript.warnings),
    )


def name_of(transcript: Transcript) -> Name:
    """The name under which a book knows the interview."""
    return Name("interview", transcript.id)
