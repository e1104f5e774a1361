"""Small values for tests: each builder fills in what a test does not care about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jtbd_nlp.domain import (
    ActionStatement,
    Analysis,
    Aside,
    Coverage,
    Direction,
    Evidence,
    JobStep,
    LintFinding,
    Manifest,
    ModelVersion,
    Need,
    NeedPhrase,
    NeedStatement,
    Role,
    Saturation,
    Span,
    StageStatus,
    Study,
    Transcript,
    Turn,
    group_id,
    statement_id,
)
from jtbd_nlp.people import participants_of, wilson_interval
from jtbd_nlp.stages import DEFINITIONS, STAGES, likeliest_stage

Statement = ActionStatement | NeedStatement


def probabilities(stage: str, share: float = 0.8) -> tuple[float, ...]:
    """Six probabilities of which `stage` has `share` and the others the rest."""
    return tuple(share if s == stage else (1 - share) / 5 for s in STAGES)


def a_transcript(
    *turns: str | tuple[str, str], name: str = "p1", start: float | None = None, warnings: Sequence[str] = ()
) -> Transcript:
    """An interview. A turn is its text, asked and answered in alternation, or (speaker, text).

    The speaker "Moderator" asks; everybody else answers. With `start`, turns are 20 seconds apart.
    """
    made = []
    for i, turn in enumerate(turns or ("How do you do it?", "I plan the route.")):
        speaker, text = turn if isinstance(turn, tuple) else (("Moderator", name.upper())[i % 2], turn)
        role = Role.INTERVIEWER if speaker == "Moderator" else Role.PARTICIPANT
        begin = None if start is None else start + 20 * i
        made.append(Turn(i, speaker, role, text, begin, None if begin is None else begin + 20))
    return Transcript(
        id=name, title=f"Interview {name}", source=f"{name}.txt", turns=tuple(made), warnings=tuple(warnings)
    )


def the_span(transcript: Transcript, quote: str) -> Span:
    """Where a participant's turn says `quote` first."""
    for turn in transcript.turns:
        start = turn.text.find(quote)
        if start >= 0 and turn.role is Role.PARTICIPANT:
            return Span(turn.index, start, start + len(quote))
    raise ValueError(f"{transcript.id}: nobody says {quote!r}")


def an_action(
    transcript: Transcript,
    quote: str,
    *,
    phrase: str = "plan the route",
    stage: str = "plan",
    confidence: float = 0.9,
    led: bool = False,
) -> ActionStatement:
    """An action statement on the first place where a participant says `quote`."""
    span = the_span(transcript, quote)
    verb, _, rest = phrase.partition(" ")
    return ActionStatement(
        id=statement_id(transcript, span, "action"),
        evidence=Evidence.of(transcript, span),
        speaker=transcript.turns[span.turn].speaker,
        actor="I",
        verb=verb,
        object=rest or None,
        context=None,
        negated=False,
        modality="none",
        tense="present",
        habitual=True,
        led=led,
        phrase=phrase,
        stage_probabilities=probabilities(stage),
        confidence=confidence,
    )


def a_need(
    transcript: Transcript,
    quote: str,
    *,
    direction: Direction = "minimize",
    metric: str = "time",
    measured: str = "plan the route",
    stage: str = "plan",
    confidence: float = 0.8,
) -> NeedStatement:
    """A need statement on the first place where a participant says `quote`."""
    span = the_span(transcript, quote)
    return NeedStatement(
        id=statement_id(transcript, span, "need"),
        evidence=Evidence.of(transcript, span),
        speaker=transcript.turns[span.turn].speaker,
        actor=None,
        verb=None,
        object=None,
        context=None,
        negated=False,
        modality="none",
        tense="present",
        habitual=False,
        led=False,
        phrase=need_writing(direction, metric, measured),
        stage_probabilities=probabilities(stage),
        confidence=confidence,
        direction=direction,
        metric=metric,
        measured=measured,
    )


def an_aside(transcript: Transcript, quote: str, *, phrase: str = "compare the offers", led: bool = False) -> Aside:
    """Words that say that something is not done."""
    span = the_span(transcript, quote)
    return Aside(
        id=statement_id(transcript, span, "not done"),
        said="not done",
        evidence=Evidence.of(transcript, span),
        speaker=transcript.turns[span.turn].speaker,
        led=led,
        phrase=phrase,
        stage_probabilities=probabilities("plan"),
        confidence=1.0,
    )


def a_struggle(transcript: Transcript, quote: str, *, measured: str = "plan the route") -> Aside:
    """Words of struggle that suggest a need of effort."""
    span = the_span(transcript, quote)
    statement = need_writing("minimize", "effort", measured)
    return Aside(
        id=statement_id(transcript, span, "struggle"),
        said="struggle",
        evidence=Evidence.of(transcript, span),
        speaker=transcript.turns[span.turn].speaker,
        led=False,
        phrase=statement,
        stage_probabilities=probabilities("plan"),
        confidence=0.2,
        need=NeedPhrase(
            statement=statement,
            direction="minimize",
            metric="effort",
            measured=measured,
            context=None,
            kind="functional",
            action_variable=measured,
        ),
    )


def need_writing(direction: str, metric: str, measured: str) -> str:
    """The need in direction and metric form."""
    link = "it takes to" if metric in ("time", "effort") else "of"
    return f"{direction} the {metric} {link} {measured}"


def a_suggested_need(
    statements: Sequence[NeedStatement], *, step: str | None = None, lint: Sequence[LintFinding] = ()
) -> Need:
    """A need that says what its first statement says."""
    first = statements[0]
    return Need(
        id=group_id("need", [s.id for s in statements]),
        statement=first.phrase,
        direction=first.direction,
        metric=first.metric,
        object=first.measured,
        context=None,
        step=step,
        stage=likeliest_stage(first.stage_probabilities),
        n_participants=len({s.participant for s in statements}),
        statements=tuple(s.id for s in statements),
        lint=tuple(lint),
    )


def a_step(
    statements: Sequence[ActionStatement],
    *,
    phrase: str | None = None,
    stage: str | None = None,
    position: int = 1,
    n_asked: int = 6,
    needs: Sequence[str] = (),
    lint: Sequence[LintFinding] = (),
) -> JobStep:
    """A step named as its first statement unless told otherwise, out of `n_asked` participants."""
    n_participants = len({s.participant for s in statements})
    stage = stage or likeliest_stage(statements[0].stage_probabilities)
    return JobStep(
        id=group_id("step", [s.id for s in statements]),
        phrase=phrase or statements[0].phrase,
        stage=stage,
        stage_probabilities=probabilities(stage),
        position=position,
        confidence=0.8,
        n_participants=n_participants,
        participants_interval=wilson_interval(n_participants, max(n_asked, n_participants)),
        statements=tuple(s.id for s in statements),
        needs=tuple(needs),
        lint=tuple(lint),
    )


def a_stage(
    stage: str, *, steps: Sequence[JobStep] = (), n_participants: int = 0, nearest: Sequence[str] = ()
) -> StageStatus:
    """Missing without steps, thin with one person, else covered."""
    status = "missing" if not steps else "thin" if n_participants < 2 else "covered"
    return StageStatus(
        stage=stage,
        n_steps=len(steps),
        n_participants=n_participants,
        status=status,  # type: ignore[arg-type]  # mypy does not narrow a conditional expression to the literals
        nearest=tuple(nearest),
        ask=DEFINITIONS[stage].ask,
    )


def an_analysis(
    transcripts: Sequence[Transcript] = (),
    statements: Sequence[Statement] = (),
    steps: Sequence[JobStep] = (),
    needs: Sequence[Need] = (),
    *,
    nearest: Mapping[str, Sequence[str]] | None = None,
    loose: Mapping[str, str] | None = None,
    study: Study | None = None,
) -> Analysis:
    """An analysis whose links, counts and stages follow from its steps and needs.

    `loose` gives the step that a need statement of no need stands beside, by statement id.
    """
    by_id = {s.id: s for s in statements}
    step_of: dict[str, str | None] = dict.fromkeys(by_id)
    step_of.update({s: step.id for step in steps for s in step.statements})
    step_of.update({s: need.step for need in needs for s in need.statements})
    step_of.update(loose or {})
    stages = []
    for stage in STAGES:
        of_stage = [step for step in steps if step.stage == stage]
        people = {by_id[s].participant for step in of_stage for s in step.statements}
        stages.append(
            a_stage(stage, steps=of_stage, n_participants=len(people), nearest=(nearest or {}).get(stage, ()))
        )
    n = len(transcripts)
    return Analysis(
        study=study or Study(name="arrive", job="get to a destination on time", executor="driver"),
        manifest=Manifest(
            version="0.1.0",
            settings={"seed": 20, "min_cluster_size": 2, "statements": {"action_threshold": 0.45}},
            models=(ModelVersion(name="encoder", version="0.1.0", sha256="53aa51172d142c89" * 4),),
            inputs=tuple((t.id, t.sha256) for t in transcripts),
        ),
        transcripts=tuple(transcripts),
        statements=tuple(statements),
        statement_steps=step_of,
        memberships={s: 0.74 if step else 0.0 for s, step in step_of.items()},
        steps=tuple(steps),
        needs=tuple(needs),
        stages=tuple(stages),
        coverage=Coverage(
            share=0.62,
            by_transcript={t.id: 0.8 - 0.6 * i / max(n, 1) for i, t in enumerate(transcripts)},
            largest_unexplained=tuple(sorted(s for s, step in step_of.items() if step is None))[:2],
        ),
        saturation=Saturation(
            steps=tuple(round(len(steps) * (i + 1) / n) for i in range(n)),
            needs=tuple(round(len(needs) * (i + 1) ** 0.5 / n**0.5) for i in range(n)),
            expected_new_needs=0.8,
            interval=(0.1, 2.3),
        ),
    )


def people_asked(transcripts: Sequence[Transcript]) -> int:
    """How many participants took part."""
    return len(participants_of(transcripts))
