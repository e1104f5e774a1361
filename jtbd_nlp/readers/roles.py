"""Hop 1, last step: who interviews and who takes part, told from how they talk.

A role word in the label ("Moderator") is one signal among several: questions, "you" against "I", order, length.
Knows speakers and texts, no format.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jtbd_nlp.domain import Role, Transcript
from jtbd_nlp.readers.labels import label_class

_SENTENCE: Final = re.compile(r"[^.!?…]+[.!?…]*")
_YOU: Final = re.compile(r"\b(?:you|your|yours|yourself|you['’](?:re|ve|d|ll))\b", re.IGNORECASE)
_ME: Final = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|me|my|mine|we|we['’](?:re|ve|d|ll)|us|our)\b")
_HOSTING: Final = re.compile(
    r"\b(?:(?:tell|walk|talk|take) (?:me|us)(?: through| about)?|can you|could you|would you say|"
    r"how (?:do|did|would) you|"
    r"what (?:do|did|would|are|is|was) (?:you|your)|welcome(?: back)? to|welcome,|"
    r"thank(?:s| you) (?:so much )?for (?:joining|coming|being|taking|your time|sharing|participating|talking|having)|"
    r"(?:my )?(?:next|first|last|final|another) question|let['’]s (?:start|talk|move|begin|dive)|"
    r"start (?:the )?recording|i['’]m curious|any questions)\b",
    re.IGNORECASE,
)
_SPONSORED: Final = re.compile(
    r"\b(?:brought to you by|sponsored by|our sponsors?|support comes from|promo code|use the code|is sponsored)\b",
    re.IGNORECASE,
)
_SHOW: Final = re.compile(
    r"\b(?:this is your host|welcome to|thank(?:s| you)(?: so much)? for listening|see you next time|"
    r"[io]n this episode|our guests? today|today['’]s guest|follow (?:me|us|the show)|subscribe)\b",
    re.IGNORECASE,
)
_ASKING_START: Final = re.compile(
    r"(?:(?:so|and|but|okay|ok|right|now|well|yeah|great|cool|awesome),? )*"
    r"(?:how|what|why|when|where|who|which|do|does|did|are|is|was|were|can|could|would|have|has)\b",
    re.IGNORECASE,
)

# Logistic regression over 892 speakers of 410 interviews (gold studies among them) with the names hidden. In five-fold
# cross-validation by interview 94 % of the speakers of spoken interviews are right, and all of chats with a program.
# Order as in `_Voice.features`.
_WEIGHTS: Final = (1.4, -2.3, 2.8, 0.7, 3.0, 0.9)
_BIAS: Final = 0.0
_LABEL_WEIGHT: Final = 8.0
_PREFIX: Final = "Speaker"


@dataclass(frozen=True, slots=True)
class Utterance:
    """A turn before roles are told: who, what, and the role if the file itself states one."""

    speaker: str | None
    text: str
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class _Voice:
    """What one speaker's talk looks like, in shares of [0, 1] or counts."""

    speaker: str
    n_turns: int
    n_words: int
    question_share: float
    asking_turns: float
    you_share: float
    hosting: float
    is_first: bool

    def features(self, others: Sequence[_Voice]) -> tuple[float, ...]:
        """Differences to the mean of the other speakers, so that a transcript full of questions changes nothing."""

        def over(value: float, values: Sequence[float]) -> float:
            return value - sum(values) / len(values) if values else value

        n_words = self.n_words + sum(o.n_words for o in others)
        share = (self.n_words + 1) / (n_words + 1) * (len(others) + 1)
        return (
            over(self.question_share, [o.question_share for o in others]),
            math.log(share),
            over(self.you_share, [o.you_share for o in others]),
            float(self.is_first),
            over(self.asking_turns, [o.asking_turns for o in others]),
            over(self.hosting, [o.hosting for o in others]),
        )


def assign_roles(utterances: Sequence[Utterance]) -> tuple[list[tuple[str, Role]], list[str]]:
    """Name the speaker and the role of every utterance, and say in warnings what was guessed.

    Roles the file states are kept. Named speakers get one role each; several may interview, several may take part, and
    if nobody asks, all take part. Utterances without any names are judged one by one where somebody asks, else all are
    one participant's.
    """
    if not any(u.speaker for u in utterances):
        return _guessed_by_turn(utterances)
    stated = _stated_roles(utterances)
    voices = {v.speaker: v for v in _voices(utterances)}
    open_voices = [v for v in voices.values() if v.speaker not in stated]
    told, warnings = _told_roles(open_voices, list(voices.values()), stated)
    roles = stated | told
    return [(u.speaker or _PREFIX, u.role or roles[u.speaker or _PREFIX]) for u in utterances], warnings


def correct_roles(transcript: Transcript, roles: Mapping[str, Role]) -> Transcript:
    """The transcript with other roles for some speakers; everything else stays.

    Raises:
        ValueError: a name in `roles` is no speaker of the transcript.
    """
    unknown = sorted(set(roles) - {t.speaker for t in transcript.turns})
    if unknown:
        raise ValueError(f"{transcript.id}: no speaker is called {', '.join(map(repr, unknown))}")
    turns = tuple(replace(t, role=roles.get(t.speaker, t.role)) for t in transcript.turns)
    return replace(transcript, turns=turns)


def sentences(text: str) -> list[str]:
    """Rough sentences, good enough to count questions in."""
    found = (s.strip() for line in text.split("\n") for s in _SENTENCE.findall(line))
    return [s for s in found if any(c.isalnum() for c in s)]


def asks(text: str) -> bool:
    """Whether a turn ends by asking somebody something: "And what did you do then?", not "Why me? I never knew."."""
    last = sentences(text)[-1:]
    if not last or not last[0].endswith("?"):
        return False
    return bool(_YOU.search(last[0])) or (bool(_ASKING_START.match(last[0])) and not _ME.search(last[0]))


def faces_you(text: str) -> bool:
    """Whether a sentence could lead up to a question: it asks, or speaks of "you" and not of "me"."""
    return asks(text) or (bool(_YOU.search(text)) and not _ME.search(text)) or bool(_HOSTING.search(text))


def _voices(utterances: Sequence[Utterance]) -> list[_Voice]:
    said: dict[str, list[str]] = {}
    for u in utterances:
        if u.role is not Role.OTHER:
            said.setdefault(u.speaker or _PREFIX, []).append(u.text)
    first = next(iter(said), None)
    return [_voice(speaker, texts, is_first=speaker == first) for speaker, texts in said.items()]


def _voice(speaker: str, texts: Sequence[str], *, is_first: bool) -> _Voice:
    whole = "\n".join(texts)
    spoken = sentences(whole)
    n_you, n_me = len(_YOU.findall(whole)), len(_ME.findall(whole))
    return _Voice(
        speaker=speaker,
        n_turns=len(texts),
        n_words=len(whole.split()),
        question_share=sum(s.endswith("?") for s in spoken) / max(1, len(spoken)),
        asking_turns=sum("?" in text[-200:] for text in texts) / len(texts),
        you_share=(n_you + 0.5) / (n_you + n_me + 1),
        hosting=min(1.0, len(_HOSTING.findall(whole)) / len(texts)),
        is_first=is_first,
    )


def _stated_roles(utterances: Sequence[Utterance]) -> dict[str, Role]:
    stated: dict[str, list[Role]] = {}
    for u in utterances:
        if u.role is not None:
            stated.setdefault(u.speaker or _PREFIX, []).append(u.role)
    return {speaker: max(roles, key=lambda r: (roles.count(r), r.value)) for speaker, roles in stated.items()}


def _told_roles(
    open_voices: Sequence[_Voice], voices: Sequence[_Voice], stated: Mapping[str, Role]
) -> tuple[dict[str, Role], list[str]]:
    roles = {v.speaker: Role.OTHER for v in open_voices if _stands_aside(v, voices)}
    talking = [v for v in open_voices if v.speaker not in roles]
    peers = [v for v in voices if v.speaker not in roles]
    if Role.INTERVIEWER in stated.values():
        return roles | {v.speaker: _by_label_or(v, Role.PARTICIPANT) for v in talking}, []
    scores = {v.speaker: _score(v, [o for o in peers if o is not v]) for v in talking}
    asking = _askers(talking, scores, has_participant=Role.PARTICIPANT in stated.values())
    roles |= {v.speaker: Role.INTERVIEWER if v.speaker in asking else Role.PARTICIPANT for v in talking}
    return roles, _warnings(talking, asking)


def _by_label_or(voice: _Voice, role: Role) -> Role:
    return Role.INTERVIEWER if label_class(voice.speaker) == "interviewer" else role


def _stands_aside(voice: _Voice, voices: Sequence[_Voice]) -> bool:
    """A narrator, a technician, or somebody who only says goodbye among two or more who talk."""
    if label_class(voice.speaker) == "other":
        return True
    n_words = sum(v.n_words for v in voices)
    n_others = sum(v.n_words >= 0.05 * n_words for v in voices if v is not voice)
    is_brief = voice.n_turns <= 3 and voice.n_words < min(40, 0.01 * n_words)
    return n_others >= 2 and is_brief and label_class(voice.speaker) is None


def _score(voice: _Voice, others: Sequence[_Voice]) -> float:
    features = voice.features(others)
    score = _BIAS + sum(w * f for w, f in zip(_WEIGHTS, features, strict=True))
    kind = label_class(voice.speaker)
    return score + _LABEL_WEIGHT * ((kind == "interviewer") - (kind == "participant"))


def _askers(voices: Sequence[_Voice], scores: Mapping[str, float], *, has_participant: bool) -> set[str]:
    if len(voices) + has_participant < 2:
        return {v.speaker for v in voices if label_class(v.speaker) == "interviewer" and v.question_share > 0.3}
    if not any(v.question_share > 0 or v.hosting > 0 or label_class(v.speaker) == "interviewer" for v in voices):
        return set()
    ranked = sorted(voices, key=lambda v: (-scores[v.speaker], v.speaker))
    if len(voices) == 2 and not has_participant:
        return {ranked[0].speaker}
    asking = {v.speaker for v in ranked if scores[v.speaker] > 0}
    if not asking and ranked[0].question_share >= 0.2:
        asking = {ranked[0].speaker}
    if len(asking) == len(voices) and not has_participant:
        asking.discard(ranked[-1].speaker)
    return asking


def _warnings(voices: Sequence[_Voice], asking: set[str]) -> list[str]:
    if not asking and len(voices) > 1:
        return ["nobody seems to ask: all speakers were taken as participants"]
    if asking and not any(label_class(v.speaker) in ("interviewer", "participant") for v in voices):
        return [f"who interviews was told from questions, order and length: {', '.join(sorted(asking))}"]
    return []


def _guessed_by_turn(utterances: Sequence[Utterance]) -> tuple[list[tuple[str, Role]], list[str]]:
    n_asking = sum(asks(u.text) for u in utterances)
    if n_asking < 2 or n_asking == len(utterances):
        named = [(_PREFIX, u.role or Role.PARTICIPANT) for u in utterances]
        return named, ["no speakers are named and no dialogue is to be seen: all was taken as one participant's words"]
    named = []
    for u in utterances:
        role = u.role or _guessed_role(u.text)
        number = {Role.INTERVIEWER: 1, Role.PARTICIPANT: 2, Role.OTHER: 3}[role]
        named.append((f"{_PREFIX} {number}", role))
    return named, [
        "no speakers are named: turns that ask were guessed to be the interviewer's, the others one participant's"
    ]


def _guessed_role(text: str) -> Role:
    if _SPONSORED.search(text):
        return Role.OTHER
    return Role.INTERVIEWER if asks(text) or _SHOW.search(text) else Role.PARTICIPANT
