"""Puts pseudonyms in the place of names: in transcripts, and in whatever else may hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from jtbd_nlp.domain import Transcript
from jtbd_nlp.pseudonyms.book import Book, Name

# "Eva's", "Eva-Maria" and "@eva" hold Eva; "Evaluation" does not. A name is written as it was found, or in capitals.
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?![^\W_])"


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


def replaced(text: str, table: Mapping[str, str]) -> Replaced:
    """`text` with every name of the table replaced, longer names first."""
    if not table:
        return Replaced(text, ())
    stand_ins = {**{name.upper(): new for name, new in table.items() if len(name) > 2}, **table}
    names = sorted(stand_ins, key=lambda name: (-len(name), name))
    if not any(name in text for name in names):
        return Replaced(text, ())
    pattern = re.compile(_BEFORE + "(?:" + "|".join(re.escape(name) for name in names) + ")" + _AFTER)
    pieces, places, last = [], [], 0
    for found in pattern.finditer(text):
        new = stand_ins[found[0]]
        pieces += [text[last : found.start()], new]
        places.append((found.start(), found.end(), len(new)))
        last = found.end()
    return Replaced("".join([*pieces, text[last:]]), tuple(places))


def replace_names(transcript: Transcript, book: Book) -> Transcript:
    """The transcript with pseudonyms in place of names: speakers, turns and warnings; and for its own name, the book's.

    Its id, title and source are mostly a file's name, and that is mostly somebody's: all three become the pseudonym
    that the book has for an interview of this id.
    """
    table = book.table()
    interview = book.entry_of_interview(transcript.id)
    called = interview.pseudonym if interview else replaced(transcript.id, table).text
    return replace(
        transcript,
        id=called,
        title=called,
        source=called,
        turns=tuple(
            replace(turn, speaker=replaced(turn.speaker, table).text, text=replaced(turn.text, table).text)
            for turn in transcript.turns
        ),
        warnings=tuple(replaced(warning, table).text for warning in transcript.warnings),
    )


def name_of(transcript: Transcript) -> Name:
    """The name under which a book knows the interview."""
    return Name("interview", transcript.id)
