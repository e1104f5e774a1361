"""Windows: a transcript's talk cut into stretches that the reading model takes in one go.

Part of hop 2. Knows the tokenizer of the encoder and plain sentence bounds; knows no grammar and no learned weights.
A window holds whole sentences of one turn (its *body*) behind a little of what was said before (its *context*), so
that "by phone" after "How do you pay?" is read as an answer. Body pieces keep their character offsets in the turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer

from jtbd_nlp.domain import Role, Transcript
from jtbd_nlp.sentences import sentence_bounds

MAX_BODY = 128
MAX_CONTEXT = 32
# A sentence longer than this is raw speech recognition without stops; it is cut so that no window outgrows the encoder.
MAX_SENTENCE = 100


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the encoder.

    Args:
        turn: index of the turn the body is from.
        ids: piece ids, `[CLS] context [SEP] body [SEP]`.
        body: index in `ids` of the first body piece; the body ends before the last `[SEP]`.
        offsets: character range in the turn's text of every body piece.
        sentences: ranges of body pieces (counted from the body's start) that make one sentence each.
    """

    turn: int
    ids: tuple[int, ...]
    body: int
    offsets: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]


@cache
def load_tokenizer(folder: Path) -> Tokenizer:
    """The fast tokenizer of a sentence-transformers folder, without truncation and padding."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def cut_windows(
    transcript: Transcript, tokenizer: Tokenizer, *, roles: Iterable[Role] = (Role.PARTICIPANT,)
) -> list[Window]:
    """Cut the turns of the given roles into windows, in the order of the talk.

    Together the windows' bodies hold every piece of those turns exactly once. A turn without any piece gives none.
    """
    wanted = frozenset(roles)
    encodings = tokenizer.encode_batch([t.text for t in transcript.turns], add_special_tokens=False)
    cls, sep = (int(tokenizer.token_to_id(mark) or 0) for mark in ("[CLS]", "[SEP]"))
    windows: list[Window] = []
    before: list[int] = []
    for turn, encoding in zip(transcript.turns, encodings, strict=True):
        ids, offsets = encoding.ids, encoding.offsets
        if turn.role in wanted and ids:
            for first, sentences in _bodies(turn.text, offsets):
                last = sentences[-1][1]
                context = (before + ids[max(0, first - MAX_CONTEXT) : first])[-MAX_CONTEXT:]
                windows.append(
                    Window(
                        turn.index,
                        (cls, *context, sep, *ids[first:last], sep),
                        len(context) + 2,
                        tuple(offsets[first:last]),
                        tuple((a - first, b - first) for a, b in sentences),
                    )
                )
        before = (before + ids[-MAX_CONTEXT:])[-MAX_CONTEXT:]
    return windows


def _bodies(text: str, offsets: list[tuple[int, int]]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """First piece and sentences (as piece ranges of the turn) of every body of one turn."""
    body: list[tuple[int, int]] = []
    for a, b in _sentence_pieces(text, offsets):
        if body and b - body[0][0] > MAX_BODY:
            yield body[0][0], body
            body = []
        body.append((a, b))
    if body:
        yield body[0][0], body


def _sentence_pieces(text: str, offsets: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Piece ranges of the sentences of one turn, none longer than MAX_SENTENCE."""
    piece = 0
    bounds = sentence_bounds(text)
    for k, (_, end) in enumerate(bounds):
        first = piece
        is_last = k == len(bounds) - 1
        while piece < len(offsets) and (is_last or offsets[piece][0] < end):
            piece += 1
        for a in range(first, piece, MAX_SENTENCE):
            yield a, min(a + MAX_SENTENCE, piece)
