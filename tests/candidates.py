"""Clauses and candidates for tests of the judge: what the parse would say of them is left plain."""

from __future__ import annotations

from jtbd_nlp.statements.clauses import FEATURE_NAMES, Clause
from jtbd_nlp.statements.judgement import Candidate, StatementKind


def a_clause(start: int, end: int, *, whole_start: int | None = None) -> Clause:
    """A clause at these characters; `whole_start` where it differs from `start`."""
    return Clause(
        start=start,
        end=end,
        head=0,
        construction="root",
        actor=None,
        verb="check",
        object=None,
        context=None,
        negated=False,
        modality="none",
        tense="present",
        habitual=False,
        features=(0.0,) * len(FEATURE_NAMES),
        whole_start=start if whole_start is None else whole_start,
    )


def a_candidate(start: int, end: int, kind: StatementKind = "action") -> Candidate:
    """The clause at these characters, read as one kind of statement."""
    return Candidate(a_clause(start, end), kind, start, end)
