"""One study's labels and the statements proposed for it, side by side: matched, badly cut, missed, or invented.

Matches are those that the figures count. Knows gold studies and jtbd-analysis/1 documents; knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from jtbd_nlp.domain import Role, Transcript
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.evaluation import KINDS, MIN_SPAN_IOU, match_spans, span_iou
from jtbd_nlp.gold import GoldStatement, GoldStudy

# A label and a proposal that share less than this of what they cover together are two findings, not one badly cut.
MIN_EDGE_IOU: Final = 0.1

Fit = Literal["matched", "edges", "missed", "invented"]

# First the matches that the figures count, in the order in which they count them; then overlaps of what is left.
_ROUNDS: Final[tuple[tuple[Fit, float], ...]] = (("matched", MIN_SPAN_IOU), ("edges", MIN_EDGE_IOU))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedStatement:
    """A statement of an analysis, as far as this page looks at it."""

    id: str
    transcript: str
    turn: int
    start: int
    end: int
    kind: str
    phrase: str
    stage: str
    stage_probability: float
    step: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class ProposedStep:
    """A step of an analysis."""

    id: str
    stage: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and the proposal for it; None where one side has nothing.

    `fit` is "matched" where they share at least half of what they cover together, "edges" where they overlap less,
    else "missed" or "invented". `across` says what of the other side lies over the words of a lone one: "" if nothing.
    """

    transcript: str
    kind: str
    fit: Fit
    gold: GoldStatement | None
    proposed: ProposedStatement | None
    across: str = ""

    @property
    def place(self) -> tuple[str, int, int, int]:
        """Where it is, to sort by: transcript, turn, start, end; the label's where there is one."""
        at = self.gold or self.proposed
        return (self.transcript, at.turn, at.start, at.end) if at else (self.transcript, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """A study with its pairs in order of kind and place, and the proposed steps in the order of their map."""

    study: GoldStudy
    pairs: tuple[Pair, ...]
    steps: tuple[ProposedStep, ...]

    def of_kind(self, kind: str) -> tuple[Pair, ...]:
        """The pairs of one kind of statement."""
        return tuple(pair for pair in self.pairs if pair.kind == kind)


def lay_side_by_side(study: GoldStudy, analysis: Mapping[str, Any]) -> Sides:
    """Pair the labels of a study with the statements of an analysis of its interviews.

    Only labelled interviews count, and what interviewers say counts in neither side.

    Args:
        study: with the labels of one annotator.
        analysis: a whole jtbd-analysis/1 document, see `read_analysis_document`.

    Raises:
        AnalysisError: the analysis was made from other interviews, or from other versions of them.
    """
    check_inputs(study, analysis)
    proposed: dict[str, list[ProposedStatement]] = {transcript.id: [] for transcript in study.labelled}
    for fields in analysis["statements"]:
        if fields["transcript"] in proposed:
            proposed[fields["transcript"]].append(_statement(fields))
    pairs = [
        pair
        for kind in KINDS
        for transcript in sorted(study.labelled, key=lambda t: t.id)
        for pair in _pairs(transcript, study.labels[transcript.id], proposed[transcript.id], kind)
    ]
    steps = tuple(ProposedStep(s["id"], s["stage"], s["phrase"]) for s in analysis["steps"])
    return Sides(study=study, pairs=tuple(pairs), steps=steps)


def check_inputs(study: GoldStudy, analysis: Mapping[str, Any]) -> None:
    """Make sure that an analysis was made from the labelled interviews of a study, as they are.

    Raises:
        AnalysisError: it has not read one of them, or another version of it.
    """
    read = {read_from["transcript"]: read_from["sha256"] for read_from in analysis["manifest"]["inputs"]}
    for transcript in study.labelled:
        if read.get(transcript.id) != transcript.sha256:
            fault = "another version of" if transcript.id in read else "nothing of"
            raise AnalysisError(f"{study.name}: the analysis has read {fault} {transcript.id}")


def _statement(fields: Mapping[str, Any]) -> ProposedStatement:
    return ProposedStatement(
        id=fields["id"],
        transcript=fields["transcript"],
        turn=fields["turn"],
        start=fields["start"],
        end=fields["end"],
        kind=fields["kind"],
        phrase=fields["phrase"],
        stage=fields["stage"],
        stage_probability=fields["stage_probability"],
        step=fields["step"],
        confidence=fields["confidence"],
    )


def _pairs(
    transcript: Transcript, labels: Sequence[GoldStatement], proposed: Sequence[ProposedStatement], kind: str
) -> list[Pair]:
    """All pairs of one kind in one interview, in order of place."""
    answered = {turn.index for turn in transcript.turns if turn.role is not Role.INTERVIEWER}
    all_gold = [g for g in labels if g.turn in answered]
    all_found = [p for p in proposed if p.turn in answered]
    alone, spare = [g for g in all_gold if g.kind == kind], [p for p in all_found if p.kind == kind]
    pairs = []
    for fit, min_iou in _ROUNDS:
        matches = match_spans(alone, spare, min_iou=min_iou)
        pairs += [Pair(transcript.id, kind, fit, alone[i], spare[j]) for i, j in matches]
        alone = [g for i, g in enumerate(alone) if i not in {i for i, _ in matches}]
        spare = [p for j, p in enumerate(spare) if j not in {j for _, j in matches}]
    pairs += [Pair(transcript.id, kind, "missed", g, None, _across(g, all_found)) for g in alone]
    pairs += [Pair(transcript.id, kind, "invented", None, p, _across(p, all_gold)) for p in spare]
    return sorted(pairs, key=lambda pair: (pair.place, pair.fit))


def _across(
    lone: GoldStatement | ProposedStatement, others: Sequence[GoldStatement] | Sequence[ProposedStatement]
) -> str:
    """The kind of what shares most with `lone` on the other side, "" if nothing does; the first of equals."""
    shares = [
        (span_iou((lone.start, lone.end), (other.start, other.end)), other.kind)
        for other in others
        if other.turn == lone.turn
    ]
    best = max(shares, key=lambda share: share[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else ""
