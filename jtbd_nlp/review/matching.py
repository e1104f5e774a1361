"""Evidence of one run found again in the next: same transcript, same turn, overlapping words.

A transcript is the same where all its turns have the same text, also under another name or with other roles. Where it
was corrected, its turns are aligned first: words in turns that did not change are found as before, words in a turn
that did are found if they still stand in it.

Source of the alignment: Ratcliff and Metzener 1988, as in `difflib`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher

from jtbd_nlp.domain import Analysis, Span, Transcript
from jtbd_nlp.review.decisions import ChosenSpan
from jtbd_nlp.review.voices import Voice, find_evidence, voices_of

# Where a span of the last run stands in the new one: (transcript id, span), or None.
Place = tuple[str, Span]


def find_again(before: Analysis, now: Analysis, wanted: Collection[str]) -> dict[str, str]:
    """Tell which statement of `now` is which of `before`.

    Each new statement stands for one earlier one at most, the one of its kind it shares most of its words with; and
    each earlier one is found once.

    Args:
        before, now: the two analyses.
        wanted: ids of the earlier statements to look for.

    Returns:
        New id by earlier id, for those that are found. A statement with the same id is itself.
    """
    earlier, later = voices_of(before, {}), voices_of(now, {})
    found = {i: i for i in wanted if i in later}
    taken = set(found.values())
    by_turn: dict[tuple[str, int, str], list[Voice]] = defaultdict(list)
    for voice in later.values():
        if voice.id not in taken:
            by_turn[voice.evidence.transcript, voice.evidence.span.turn, voice.kind].append(voice)
    places = _Places(before, now)
    likely = []
    for old in (earlier[i] for i in sorted(wanted) if i in earlier and i not in found):
        place = places.of(old.evidence.transcript, old.evidence.span)
        if place is None:
            continue
        for new in by_turn.get((place[0], place[1].turn, old.kind), ()):
            share = _overlap(place[1], new.evidence.span)
            if share > 0:
                likely.append((-share, old.id, new.id))
    for _, old_id, new_id in sorted(likely):
        if old_id not in found and new_id not in taken:
            found[old_id] = new_id
            taken.add(new_id)
    return found


def choose_again(before: Analysis, now: Analysis, chosen: Mapping[str, ChosenSpan]) -> dict[str, ChosenSpan]:
    """Give chosen places as they are in `now`, by evidence id; those that are gone stay as they were."""
    places = _Places(before, now)
    again = {}
    for evidence_id, place in chosen.items():
        again[evidence_id] = place
        if find_evidence(now, place) is None and find_evidence(before, place) is not None:
            new = places.of(place.transcript, place.span)
            if new is not None:
                again[evidence_id] = ChosenSpan(new[0], places.sha256(new[0]), new[1])
    return again


def _overlap(a: Span, b: Span) -> float:
    """Shared characters of two spans of one turn, as a share of those of both."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return max(0, shared) / (max(a.end, b.end) - min(a.start, b.start))


class _Places:
    """Finds places of one analysis' transcripts in another's; transcripts are aligned once each."""

    def __init__(self, before: Analysis, now: Analysis) -> None:
        self._before = {t.id: t for t in before.transcripts}
        self._now = {t.id: t for t in now.transcripts}
        self._renamed = {_texts(t): t for t in now.transcripts if t.id not in self._before}
        self._turns: dict[str, dict[int, int]] = {}

    def sha256(self, transcript: str) -> str:
        return self._now[transcript].sha256

    def of(self, transcript: str, span: Span) -> Place | None:
        old = self._before.get(transcript)
        new = None if old is None else self._now.get(old.id) or self._renamed.get(_texts(old))
        if old is None or new is None:
            return None
        turn = self._aligned(old, new).get(span.turn)
        if turn is None:
            return None
        moved = _in_turn(old.turns[span.turn].text, new.turns[turn].text, span)
        return None if moved is None else (new.id, Span(turn, *moved))

    def _aligned(self, old: Transcript, new: Transcript) -> dict[int, int]:
        if old.id not in self._turns:
            self._turns[old.id] = _aligned_turns(old, new)
        return self._turns[old.id]


def _texts(transcript: Transcript) -> tuple[str, ...]:
    return tuple(turn.text for turn in transcript.turns)


def _aligned_turns(old: Transcript, new: Transcript) -> dict[int, int]:
    """Which turn of `new` each turn of `old` is: equal ones, and between two equal ones as many as there were."""
    if _texts(old) == _texts(new):
        return {i: i for i in range(len(new.turns))}
    matcher = SequenceMatcher(None, [t.text for t in old.turns], [t.text for t in new.turns], autojunk=False)
    aligned: dict[int, int] = {}
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        if i2 - i1 == j2 - j1:
            aligned.update(zip(range(i1, i2), range(j1, j2), strict=True))
    return aligned


def _in_turn(before: str, now: str, span: Span) -> tuple[int, int] | None:
    """Where the words of `span` stand in the turn as it is now: nearest to the old place, or None."""
    if before == now:
        return span.start, span.end
    quote = before[span.start : span.end]
    starts = [i for i in range(len(now) - len(quote) + 1) if now.startswith(quote, i)]
    if not starts:
        return None
    start = min(starts, key=lambda i: (abs(i - span.start), i))
    return start, start + len(quote)
