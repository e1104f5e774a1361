"""Need statements and words of struggle to suggested needs, each at the step it measures.

Part of hop 5. Knows vectors, places and counts; knows no grammar: what makes a writing well-formed is passed in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from jtbd_nlp.clustering import unit_rows
from jtbd_nlp.domain import ActionStatement, Aside, JobStep, Need, NeedStatement, Statement, group_id
from jtbd_nlp.links import Pair, obey_links
from jtbd_nlp.loose_quotes import LEAST_LIKELY
from jtbd_nlp.mapping import best_phrase, count_participants, joint_stage
from jtbd_nlp.need_grouping import SamenessSettings, find_opposites, group_needs, join_unworded
from jtbd_nlp.stages import STAGES, likeliest_stage
from jtbd_nlp.statements.need_choice import LEAST_SURE

Vectors = npt.NDArray[np.float32]
Quality = Callable[[str], float]

# Suggested needs a step gets at most: they are a help for the eye, not a finding.
MOST_SUGGESTED: Final = 2
_NEIGHBOURING_TURNS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentSettings:
    """What ties a need to the step it measures: each a weight of one likeness.

    Args:
        meaning: cosine of the need's vector and the step's mean vector.
        nearest: cosine of the need's vector and the step's likest statement.
        stage: chance that need and step are of one stage.
        nearness: 1 where a statement of the step stands beside the need, falling with distance in characters.
        reach: distance in characters over which nearness falls to a half.
        turns: nearness of a statement in the turn before or after, falling with the number of turns.
        least: a need whose best step scores lower than this measures no step.
        suggested: least score of words of struggle that suggest a need of a step.
    """

    meaning: float = 0.5
    nearest: float = 0.5
    stage: float = 0.8
    nearness: float = 0.45
    reach: float = 250.0
    turns: float = 0.3
    least: float = 0.35
    suggested: float = 1.0


def propose_needs(
    statements: Sequence[NeedStatement],
    vectors: Vectors,
    *,
    steps: Sequence[JobStep],
    actions: Sequence[ActionStatement],
    action_vectors: Vectors,
    quality: Quality | None = None,
    settings: AttachmentSettings | None = None,
    sameness: SamenessSettings | None = None,
    phrase_vectors: Vectors | None = None,
    senses: Vectors | None = None,
    must_link: Sequence[Pair] = (),
    cannot_link: Sequence[Pair] = (),
) -> tuple[Need, ...]:
    """Suggest the needs that were said: statements that say the same are one need, at the step it measures.

    A need is only suggested where one of its statements is likely a need and can be written as one (`wording`); another
    joins the need that it is like, or else stays a loose quote: see `place_loose`.

    Args:
        statements: n need statements, in any order.
        vectors: shape (n, dim), row i for `statements[i]`, unit rows.
        steps: the suggested steps.
        actions: the action statements that the steps name (others are passed over).
        action_vectors: shape (len(actions), dim), unit rows.
        quality: how well-formed a phrase is as a need, in [0, 1]; by default all are alike.
        settings: what ties a need to a step.
        sameness: how alike statements are that say the same.
        phrase_vectors, senses: shape (n, dim), of each statement's phrase and of what it means, to choose the writing
            of a need by and to compare needs; by default `vectors`.
        must_link, cannot_link: pairs of statement ids that people want in one need, or never in one.

    Returns:
        Needs in the order of their steps, those of no step last; no statement is in two. Needs that
        contradict each other name each other. No need statements give no needs.
    """
    settings = settings or AttachmentSettings()
    written = vectors if phrase_vectors is None else phrase_vectors
    meant = written if senses is None else senses
    scores = step_scores(statements, vectors, steps, actions, action_vectors, settings)
    worded = [i for i, s in enumerate(statements) if _is_worded(s)]
    groups = group_needs([statements[i] for i in worded], meant[worded], written=written[worded], settings=sameness)
    groups = join_unworded([[worded[i] for i in rows] for rows in groups], statements, meant, settings=sameness)
    if must_link or cannot_link:
        groups = _obeying(groups, statements, must_link, cannot_link)
    needs = []
    for rows in groups:
        step = _best_step(scores[rows].mean(axis=0), steps, settings.least)
        needs.append(_need([statements[r] for r in rows], written[rows], meant[rows], step, quality))
    for i, j in find_opposites(groups, statements, meant, settings=sameness):
        needs[i], needs[j] = _against(needs[i], needs[j].id), _against(needs[j], needs[i].id)
    return _ordered(needs, steps)


def _obeying(
    groups: Sequence[Sequence[int]],
    statements: Sequence[NeedStatement],
    must_link: Sequence[Pair],
    cannot_link: Sequence[Pair],
) -> list[list[int]]:
    """The groups as people want them: what they tied is a need, however it is worded; what they parted may be none."""
    tied = {i for pair in must_link for i in pair}
    row_of = {statement.id: row for row, statement in enumerate(statements)}
    named = [[statements[row].id for row in rows] for rows in groups]
    named += [[i] for i in sorted((tied & row_of.keys()) - {i for ids in named for i in ids})]
    obeying = [[row_of[i] for i in ids] for ids in obey_links(named, must_link=must_link, cannot_link=cannot_link)]
    return [rows for rows in obeying if any(_is_worded(statements[r]) or statements[r].id in tied for r in rows)]


def _is_worded(statement: NeedStatement) -> bool:
    """Whether it is likely enough a need, and its writing right, to be proposed."""
    return statement.wording >= LEAST_SURE and statement.confidence >= LEAST_LIKELY


def place_loose(
    statements: Sequence[NeedStatement],
    vectors: Vectors,
    needs: Sequence[Need],
    *,
    steps: Sequence[JobStep],
    actions: Sequence[ActionStatement],
    action_vectors: Vectors,
    settings: AttachmentSettings | None = None,
) -> Mapping[str, str]:
    """The step that each need statement outside all `needs` stands beside, by statement id, where it has one.

    Arguments as in `propose_needs`.
    """
    settings = settings or AttachmentSettings()
    taken = {i for need in needs for i in need.statements}
    scores = step_scores(statements, vectors, steps, actions, action_vectors, settings)
    best = {s.id: _best_step(scores[i], steps, settings.least) for i, s in enumerate(statements) if s.id not in taken}
    return {i: step.id for i, step in best.items() if step is not None}


def suggest_needs(
    asides: Sequence[Aside],
    vectors: Vectors,
    *,
    said: Sequence[Need],
    steps: Sequence[JobStep],
    actions: Sequence[ActionStatement],
    action_vectors: Vectors,
    settings: AttachmentSettings | None = None,
) -> tuple[Need, ...]:
    """Suggest needs that nobody said as one, from the words of struggle around a step.

    Args:
        asides: n asides, in any order; those that tell no struggle are passed over.
        vectors: shape (n, dim), row i for `asides[i]`, unit rows.
        said: the needs that were said; none of a step is suggested again for it.
        steps, actions, action_vectors, settings: as in `propose_needs`.

    Returns:
        At most MOST_SUGGESTED needs a step, of origin "suggested", those of most people first, in the order of the
        steps. They are never merged with said ones.
    """
    settings = settings or AttachmentSettings()
    rows = [i for i in sorted(range(len(asides)), key=lambda i: asides[i].id) if asides[i].need is not None]
    if not rows or not steps:
        return ()
    struggles = [asides[i] for i in rows]
    scores = step_scores(struggles, vectors[rows], steps, actions, action_vectors, settings)
    alike: dict[tuple[str, str], list[Aside]] = defaultdict(list)
    for aside, row in zip(struggles, scores, strict=True):
        step = _best_step(row, steps, settings.suggested)
        if step is not None:
            alike[step.id, aside.phrase].append(aside)
    taken = {(need.step, need.direction, need.metric, need.object) for need in said}
    of_step: dict[str, list[Need]] = defaultdict(list)
    stage_of = {step.id: step.stage for step in steps}
    for (step_id, _), own in alike.items():
        need = _suggested(own, step_id, stage_of[step_id])
        if (step_id, need.direction, need.metric, need.object) not in taken:
            of_step[step_id].append(need)
    chosen: list[Need] = []
    for step in steps:
        best = sorted(of_step[step.id], key=lambda n: (-n.n_participants, -_sureness(n), n.id))
        chosen += best[:MOST_SUGGESTED]
    return tuple(chosen)


def step_scores(
    said: Sequence[Statement | Aside],
    vectors: Vectors,
    steps: Sequence[JobStep],
    actions: Sequence[ActionStatement],
    action_vectors: Vectors,
    settings: AttachmentSettings,
) -> npt.NDArray[np.float64]:
    """Tell how strongly each thing said is tied to each step, shape (len(said), len(steps))."""
    if not steps or not said:
        return np.zeros((len(said), len(steps)))
    row_of = {a.id: i for i, a in enumerate(actions)}
    own_rows = [[row_of[i] for i in step.statements if i in row_of] for step in steps]
    likest = np.array([(vectors @ action_vectors[rows].T).max(axis=1) for rows in own_rows], np.float64).T
    centres = unit_rows(np.array([action_vectors[rows].mean(axis=0) for rows in own_rows], np.float64))
    scores = settings.meaning * (vectors.astype(np.float64) @ centres.T) + settings.nearest * likest
    stages = np.array([s.stage_probabilities for s in said]) @ np.array([s.stage_probabilities for s in steps]).T
    scores += settings.stage * stages
    scores += settings.nearness * _nearness(said, [[actions[r] for r in rows] for rows in own_rows], settings)
    return np.asarray(np.round(scores, 6), np.float64)


def _nearness(
    said: Sequence[Statement | Aside], members: Sequence[Sequence[ActionStatement]], settings: AttachmentSettings
) -> npt.NDArray[np.float64]:
    """How near each thing said stands to the nearest statement of each step: 1 beside it, 0 some turns away."""
    spots: dict[tuple[str, int], list[tuple[int, int, int]]] = defaultdict(list)
    for number, own in enumerate(members):
        for s in own:
            span = s.evidence.span
            spots[s.evidence.transcript, span.turn].append((number, span.start, span.end))
    near = np.zeros((len(said), len(members)))
    for i, one in enumerate(said):
        span, transcript = one.evidence.span, one.evidence.transcript
        for number, start, end in spots.get((transcript, span.turn), ()):
            gap = max(0, start - span.end, span.start - end)
            near[i, number] = max(near[i, number], 1 / (1 + gap / settings.reach))
        for away in range(1, _NEIGHBOURING_TURNS + 1):
            for turn in (span.turn - away, span.turn + away):
                for number, _, _ in spots.get((transcript, turn), ()):
                    near[i, number] = max(near[i, number], settings.turns / away)
    return near


def _best_step(scores: npt.NDArray[np.float64], steps: Sequence[JobStep], least: float) -> JobStep | None:
    if not len(scores):
        return None
    best = int(scores.argmax())
    return steps[best] if scores[best] >= least else None


def _need(
    members: Sequence[NeedStatement],
    vectors: Vectors,
    senses: Vectors,
    step: JobStep | None,
    quality: Quality | None,
) -> Need:
    worded = [i for i, m in enumerate(members) if _is_worded(m)] or list(range(len(members)))
    phrases = [members[i].phrase for i in worded]
    sure = {p: max(members[i].wording for i in worded if members[i].phrase == p) for p in phrases}
    fine = quality or (lambda _: 1.0)
    writing = best_phrase(
        phrases,
        vectors[worded],
        lambda phrase: fine(phrase) * sure[phrase],
        senses=senses if len(members) > 1 else None,
    )
    source = min((m for m in members if m.phrase == writing), key=lambda m: (-m.wording, -m.confidence, m.id))
    contexts = Counter(m.circumstance for m in members if m.circumstance)
    order = sorted(members, key=lambda m: (m.led, m.phrase != writing, -m.confidence, m.id))
    kinds = Counter(m.need_kind for m in members)
    return Need(
        id=group_id("need", [m.id for m in members]),
        statement=writing,
        direction=source.direction,
        metric=source.metric,
        object=source.measured,
        context=min(contexts, key=lambda c: (-contexts[c], c)) if contexts else None,
        step=None if step is None else step.id,
        stage=likeliest_stage(joint_stage(members)) if step is None else step.stage,
        n_participants=count_participants(members),
        statements=tuple(m.id for m in order),
        kind=min(kinds, key=lambda k: (-kinds[k], k != source.need_kind, k)),
        action_variable=source.action_variable,
        is_met=source.is_met,
    )


def _suggested(asides: Sequence[Aside], step: str, stage: str) -> Need:
    """The need that like-worded struggles of one step suggest."""
    best = sorted(asides, key=lambda a: (a.led, -a.confidence, a.id))
    need = best[0].need
    if need is None:
        raise ValueError(f"{best[0].id} suggests no need")
    return Need(
        id=group_id("need", [a.id for a in asides]),
        statement=need.statement,
        direction=need.direction,
        metric=need.metric,
        object=need.measured,
        context=need.context,
        step=step,
        stage=stage,
        n_participants=count_participants(asides),
        statements=(),
        origin="suggested",
        kind=need.kind,
        action_variable=need.action_variable,
        asides=tuple(best),
    )


def _sureness(need: Need) -> float:
    return max((a.confidence for a in need.asides), default=0.0)


def _against(need: Need, other: str) -> Need:
    return replace(need, contradicts=tuple(sorted({*need.contradicts, other})))


def _ordered(needs: Sequence[Need], steps: Sequence[JobStep]) -> tuple[Need, ...]:
    position = {step.id: step.position for step in steps}
    last = len(steps) + 1
    return tuple(
        sorted(needs, key=lambda n: (position.get(n.step or "", last), STAGES.index(n.stage), -n.n_participants, n.id))
    )
