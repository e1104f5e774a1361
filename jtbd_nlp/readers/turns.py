"""Hop 1: Draft to Transcript. Joins cues that a recogniser cut in mid-sentence, has roles told, numbers the turns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from jtbd_nlp.adverts import advert_warnings
from jtbd_nlp.domain import Kind, Transcript, Turn
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers.drafts import Draft, DraftTurn
from jtbd_nlp.readers.language import language_warnings
from jtbd_nlp.readers.roles import Utterance, asks, assign_roles, faces_you

# A pause that ends a turn after a whole sentence, and one that ends it anywhere.
PAUSE_S: Final = 1.0
LONG_PAUSE_S: Final = 4.0
# Words after which a turn ends with its sentence, and after which it ends anyway (speech without punctuation).
TURN_WORDS: Final = 80
LONGEST_TURN_WORDS: Final = 250
UNPUNCTUATED_TURN_WORDS: Final = 60

_SENTENCE_END: Final = re.compile(r"[.!?…]['\"”’)\]]*$")


def transcript_of(draft: Draft, *, stem: str, source: str, kind: Kind | None = None) -> Transcript:
    """Make the frozen transcript of one draft.

    A jtbd-transcript/1 keeps its turns and texts exactly; only roles it leaves open are told.

    Args:
        stem: the id, used unless the draft names one.
        source: where it was read from, used unless the draft names one.
        kind: what the user says it is; counts before what was guessed, not before what the file states.

    Raises:
        MalformedTranscriptError: the draft has no turns.
    """
    if not draft.turns:
        raise MalformedTranscriptError("there are no turns")
    turns, joining = (list(draft.turns), []) if draft.is_canonical else joined_turns(draft.turns)
    named, guesses = assign_roles([Utterance(t.speaker, t.text, t.role) for t in turns])
    if draft.is_canonical and all(t.role for t in turns):
        guesses = []
    numbered = tuple(
        Turn(i, t.speaker if draft.is_canonical and t.speaker is not None else who, role, t.text, t.start, t.end)
        for i, (t, (who, role)) in enumerate(zip(turns, named, strict=True))
    )
    doubts = [*language_warnings(t.text for t in turns), *advert_warnings(numbered)]
    chosen_id = draft.id or stem
    return Transcript(
        id=chosen_id,
        title=draft.title or chosen_id,
        source=draft.source or source,
        kind=(draft.kind if draft.is_canonical else None) or kind or draft.kind or Kind.INTERVIEW,
        format=draft.format,
        turns=numbered,
        warnings=(*draft.warnings, *joining, *guesses, *doubts),
    )


def joined_turns(turns: Sequence[DraftTurn]) -> tuple[list[DraftTurn], list[str]]:
    """Join cues to turns: those of one speaker that follow each other, or sentences where no speaker is named."""
    turns = [replace(t, start=_rounded(t.start), end=_rounded(t.end)) for t in turns if t.text.strip()]
    if any(t.speaker for t in turns):
        return _by_speaker(turns), []
    if sum(t.is_cue for t in turns) < 2:
        return list(turns), []
    joined = _by_sentence(turns)
    return joined, [f"{len(turns)} captions were joined to {len(joined)} turns at sentence ends, pauses and by length"]


def _rounded(time: float | None) -> float | None:
    return None if time is None else round(time, 3)


def _by_speaker(turns: Sequence[DraftTurn]) -> list[DraftTurn]:
    joined: list[DraftTurn] = []
    for turn in turns:
        last = joined[-1] if joined else None
        if last and last.is_cue and turn.is_cue and last.speaker == turn.speaker and last.role == turn.role:
            joined[-1] = _joined(last, turn)
        else:
            joined.append(turn)
    return joined


def _by_sentence(turns: Sequence[DraftTurn]) -> list[DraftTurn]:
    """Cues to sentences, sentences to turns; a question makes a turn with what leads up to it."""
    n_ends = sum(bool(_SENTENCE_END.search(t.text)) for t in turns)
    is_punctuated = n_ends >= 0.1 * len(turns)
    joined: list[DraftTurn] = []
    lead: list[DraftTurn] = []
    for sentence in _sentences(turns, is_punctuated=is_punctuated):
        if lead and _ends_between(lead, sentence):
            joined.append(_all_joined(lead))
            lead = []
        lead.append(sentence)
        first = _start_of_question(lead)
        if first:
            joined.append(_all_joined(lead[:first]))
            lead = lead[first:]
    return [*joined, _all_joined(lead)]


def _sentences(turns: Sequence[DraftTurn], *, is_punctuated: bool) -> list[DraftTurn]:
    joined = [turns[0]]
    for turn in turns[1:]:
        last = joined[-1]
        n_words, pause = len(last.text.split()), _pause(last, turn)
        if not is_punctuated:
            is_end = pause >= PAUSE_S or n_words >= UNPUNCTUATED_TURN_WORDS
        else:
            is_end = bool(_SENTENCE_END.search(last.text)) or pause >= LONG_PAUSE_S or n_words >= LONGEST_TURN_WORDS
        if is_end or not (last.is_cue and turn.is_cue):
            joined.append(turn)
        else:
            joined[-1] = _joined(last, turn)
    return joined


def _ends_between(lead: Sequence[DraftTurn], sentence: DraftTurn) -> bool:
    if not (lead[-1].is_cue and sentence.is_cue):
        return True
    is_asked = asks(lead[-1].text) and not asks(sentence.text)
    n_words = sum(len(t.text.split()) for t in lead)
    return is_asked or _pause(lead[-1], sentence) >= PAUSE_S or n_words >= TURN_WORDS


def _start_of_question(lead: Sequence[DraftTurn]) -> int:
    """Index of the sentence with which the question at the end of `lead` begins; 0 where there is nothing to split."""
    if not asks(lead[-1].text):
        return 0
    first = len(lead) - 1
    while first and faces_you(lead[first - 1].text):
        first -= 1
    return first


def _pause(before: DraftTurn, after: DraftTurn) -> float:
    return after.start - before.end if after.start is not None and before.end is not None else 0.0


def _all_joined(turns: Sequence[DraftTurn]) -> DraftTurn:
    whole = turns[0]
    for turn in turns[1:]:
        whole = _joined(whole, turn)
    return whole


def _joined(first: DraftTurn, second: DraftTurn) -> DraftTurn:
    return replace(
        first,
        text=f"{first.text} {second.text}",
        start=first.start if first.start is not None else second.start,
        end=second.end if second.end is not None else first.end,
    )
