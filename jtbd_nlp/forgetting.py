"""What remains when a transcript, or a person in it, is to be forgotten. Pure functions of frozen values.

Words are masked by as many marks as they had characters, so that every span that remains still says where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from jtbd_nlp.counter_evidence import tell_asked
from jtbd_nlp.coverage import measure_coverage, measure_saturation, transcripts_behind
from jtbd_nlp.domain import (
    ActionStatement,
    Analysis,
    Aside,
    Evidence,
    JobStep,
    Need,
    NeedPhrase,
    NeedStatement,
    Role,
    Transcript,
)
from jtbd_nlp.mapping import count_participants, describe_stages
from jtbd_nlp.people import participants_of, wilson_interval

Statement = ActionStatement | NeedStatement
V = TypeVar("V", bound=ActionStatement | NeedStatement | Aside | NeedPhrase)
W = TypeVar("W", bound=ActionStatement | NeedStatement | Aside)

MASK: Final = "█"
SHORTEST_NAME: Final = 3
_TEXTS: Final = (
    *("actor", "verb", "object", "context", "phrase"),
    *("statement", "measured", "action_variable", "circumstance"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What is to go: transcripts as a whole, and people as (transcript id, speaker) where others speak too."""

    transcripts: frozenset[str] = frozenset()
    people: frozenset[tuple[str, str]] = frozenset()

    def holds(self, transcript: str, speaker: str) -> bool:
        """Whether what this speaker says in this transcript is to go."""
        return transcript in self.transcripts or (transcript, speaker) in self.people


def names_in(speaker: str) -> tuple[str, ...]:
    """How others may call a speaker: the whole name, and its parts; nothing for "Speaker 2", "P7" and the like."""
    if any(char.isdigit() for char in speaker):
        return ()
    parts = [part for part in re.findall(r"[^\W\d_]+", speaker) if len(part) >= SHORTEST_NAME and part[0].isupper()]
    whole = [speaker] if len(speaker) >= SHORTEST_NAME else []
    return tuple(sorted({*whole, *parts}, key=lambda name: (-len(name), name)))


def mask_names(text: str, names: Collection[str]) -> str:
    """Mask whole words that are one of these names, as they are written."""
    for name in sorted(names, key=lambda name: (-len(name), name)):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda found: MASK * len(found[0]), text)
    return text


def without_people(transcript: Transcript, speakers: Collection[str]) -> Transcript:
    """Mask all that these speakers say, and their names wherever they stand; they count as participants no more."""
    names = [name for speaker in sorted(speakers) for name in names_in(speaker)]
    turns = tuple(
        replace(
            turn,
            speaker=MASK if turn.speaker in speakers else turn.speaker,
            role=Role.OTHER if turn.speaker in speakers else turn.role,
            text=MASK * len(turn.text) if turn.speaker in speakers else mask_names(turn.text, names),
        )
        for turn in transcript.turns
    )
    return replace(
        transcript,
        title=mask_names(transcript.title, names),
        turns=turns,
        warnings=tuple(mask_names(warning, names) for warning in transcript.warnings),
    )


def without(
    analysis: Analysis,
    forgotten: Forgotten,
    transcripts: Mapping[str, Transcript],
    *,
    reviewed: Collection[str] = (),
) -> Analysis:
    """What an analysis proposes without what is forgotten: evidence, counts and wording that came from it are gone.

    A step or need that nobody else speaks of goes too; one that others support is worded as one of them puts it.
    Ids stay, since decisions name them.

    Args:
        transcripts: those that remain, by id, as they are now.
        reviewed: ids of steps and needs that somebody decided on: they keep their place and wording, which are the
            team's by now, even without any support.
    """
    names = [name for _, speaker in sorted(forgotten.people) for name in names_in(speaker)]
    kept: dict[str, Statement] = {
        s.id: _masked(s, transcripts, names)
        for s in analysis.statements
        if not forgotten.holds(s.evidence.transcript, s.speaker)
    }
    remaining = tuple(t for t in (transcripts.get(old.id) for old in analysis.transcripts) if t is not None)
    n_asked = len(participants_of(remaining))
    steps = [_step(s, kept, forgotten, transcripts, names, n_asked) for s in analysis.steps]
    steps = [s for s in steps if s.statements or s.id in reviewed]
    needs = [_need(n, kept, forgotten, transcripts, names) for n in analysis.needs]
    needs = [n for n in needs if n.statements or n.asides or n.id in reviewed]
    step_ids, need_ids = {s.id for s in steps}, {n.id for n in needs}
    steps = [replace(s, needs=tuple(n for n in s.needs if n in need_ids)) for s in steps]
    needs = [
        replace(n, step=n.step if n.step in step_ids else None, contradicts=_kept_ids(n.contradicts, need_ids))
        for n in needs
    ]
    step_of = {i: step if step in step_ids else None for i, step in analysis.statement_steps.items() if i in kept}
    return _counted_again(analysis, remaining, tuple(kept.values()), tuple(steps), tuple(needs), step_of)


def _counted_again(
    analysis: Analysis,
    transcripts: tuple[Transcript, ...],
    statements: tuple[Statement, ...],
    steps: tuple[JobStep, ...],
    needs: tuple[Need, ...],
    step_of: Mapping[str, str | None],
) -> Analysis:
    by_id = {s.id: s for s in statements}
    names = {t.id for t in transcripts}
    actions = [s for s in statements if isinstance(s, ActionStatement)]
    return replace(
        analysis,
        manifest=replace(analysis.manifest, inputs=tuple((t.id, t.sha256) for t in transcripts)),
        transcripts=transcripts,
        statements=statements,
        statement_steps=step_of,
        memberships={i: share for i, share in analysis.memberships.items() if i in by_id},
        steps=steps,
        needs=needs,
        stages=tell_asked(describe_stages(actions, steps), transcripts, statements),
        coverage=measure_coverage(transcripts, statements, [i for i, step in step_of.items() if step is not None]),
        saturation=measure_saturation(
            sorted(names),
            transcripts_behind([s.statements for s in steps], by_id),
            transcripts_behind([n.statements for n in needs if n.origin == "said"], by_id),
        ),
    )


def _step(
    step: JobStep,
    kept: Mapping[str, Statement],
    forgotten: Forgotten,
    transcripts: Mapping[str, Transcript],
    names: Collection[str],
    n_asked: int,
) -> JobStep:
    statements = _kept_ids(step.statements, kept)
    own = [kept[i] for i in statements]
    n_people = count_participants(own)
    low, high = wilson_interval(n_people, max(n_asked, n_people))
    counter = remaining_asides(step.counter, forgotten, transcripts, names)
    return replace(
        step,
        phrase=mask_names(_own_phrase(step.phrase, own, is_whole=statements == step.statements), names),
        n_participants=n_people,
        participants_interval=(round(low, 6), round(high, 6)),
        statements=statements,
        counter=counter,
        n_against=len({a.participant for a in counter}) if counter != step.counter else step.n_against,
    )


def _own_phrase(phrase: str, statements: list[Statement], *, is_whole: bool) -> str:
    """The phrase, if one of those who remain puts it so; else the first one's."""
    if is_whole or not statements or any(s.phrase == phrase for s in statements):
        return phrase
    return statements[0].phrase


def _need(
    need: Need,
    kept: Mapping[str, Statement],
    forgotten: Forgotten,
    transcripts: Mapping[str, Transcript],
    names: Collection[str],
) -> Need:
    statements = _kept_ids(need.statements, kept)
    asides = remaining_asides(need.asides, forgotten, transcripts, names)
    own = [s for s in (kept[i] for i in statements) if isinstance(s, NeedStatement)]
    if statements != need.statements and own and all(s.phrase != need.statement for s in own):
        first = own[0]
        need = replace(
            need,
            statement=first.phrase,
            direction=first.direction,
            metric=first.metric,
            object=first.measured,
            context=first.circumstance,
            kind=first.need_kind,
            action_variable=first.action_variable,
        )
    people = count_participants(own) if own else len({a.participant for a in asides if not a.led})
    return replace(
        need,
        statement=mask_names(need.statement, names),
        object=mask_names(need.object, names),
        context=None if need.context is None else mask_names(need.context, names),
        action_variable=mask_names(need.action_variable, names),
        statements=statements,
        asides=asides,
        n_participants=people,
    )


def _kept_ids(ids: tuple[str, ...], kept: Collection[str]) -> tuple[str, ...]:
    return tuple(i for i in ids if i in kept)


def remaining_asides(
    asides: tuple[Aside, ...], forgotten: Forgotten, transcripts: Mapping[str, Transcript], names: Collection[str]
) -> tuple[Aside, ...]:
    """The asides that are not to be forgotten, quoted as their transcripts say them now, names in them masked."""
    return tuple(
        _masked(aside, transcripts, names)
        for aside in asides
        if not forgotten.holds(aside.evidence.transcript, aside.speaker)
    )


def _masked(value: W, transcripts: Mapping[str, Transcript], names: Collection[str]) -> W:
    """The statement or aside with its quote as its transcript says it now, and names masked in its other words."""
    if not names:
        return value
    evidence = Evidence.of(transcripts[value.evidence.transcript], value.evidence.span)
    return _masked_texts(replace(value, evidence=evidence), names)


def _masked_texts(value: V, names: Collection[str]) -> V:
    changed: dict[str, Any] = {
        name: mask_names(text, names) for name in _TEXTS if isinstance(text := getattr(value, name, None), str)
    }
    if isinstance(value, Aside) and value.need:
        changed["need"] = _masked_texts(value.need, names)
    return replace(value, **changed)
