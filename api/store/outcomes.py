"""What a run proposes, as rows: statements and suggestions in their order, the rest of an Analysis as one frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.store.codec import from_plain, to_plain
from api.store.tables import StatementTable, SuggestionTable
from jtbd_nlp.domain import (
    ActionStatement,
    Analysis,
    Coverage,
    JobStep,
    Manifest,
    Need,
    NeedStatement,
    Saturation,
    StageStatus,
    Study,
    Transcript,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What an Analysis holds beside study, manifest, transcripts and lists."""

    stages: tuple[StageStatus, ...]
    coverage: Coverage
    saturation: Saturation


def add(session: Session, run_id: str, analysis: Analysis, id_of: Mapping[str, str]) -> None:
    """Keep the statements and suggestions of a run.

    Args:
        id_of: ids of the store by the core's ids of the transcripts.
    """
    _insert_statements(session, run_id, analysis, id_of)
    _insert_suggestions(session, run_id, analysis)


def read(
    session: Session,
    run_id: str,
    *,
    study: Study,
    manifest: Manifest,
    frame: Mapping[str, Any],
    transcripts: tuple[Transcript, ...],
) -> Analysis:
    """The Analysis of a run that is done.

    Args:
        frame: what `frame_of` gave.
    """
    rest = from_plain(_Frame, frame)
    statements = _statements(session, run_id)
    return Analysis(
        study=study,
        manifest=manifest,
        transcripts=transcripts,
        statements=tuple(statement_of(s) for s in statements),
        statement_steps={s.id: s.step for s in statements},
        memberships={s.id: s.membership for s in statements if s.membership is not None},
        steps=tuple(from_plain(JobStep, s.body) for s in _suggestions(session, run_id, "step")),
        needs=tuple(from_plain(Need, s.body) for s in _suggestions(session, run_id, "need")),
        stages=rest.stages,
        coverage=rest.coverage,
        saturation=rest.saturation,
    )


def statement_of(row: StatementTable) -> ActionStatement | NeedStatement:
    """The statement of a row."""
    return (
        from_plain(NeedStatement, row.body) if row.kind == NeedStatement.kind else from_plain(ActionStatement, row.body)
    )


def frame_of(analysis: Analysis) -> dict[str, Any]:
    """What an Analysis holds beside study, manifest, transcripts and lists, as plain values."""
    frame = _Frame(stages=analysis.stages, coverage=analysis.coverage, saturation=analysis.saturation)
    plain: dict[str, Any] = to_plain(frame)
    return plain


def _insert_statements(session: Session, run_id: str, analysis: Analysis, id_of: Mapping[str, str]) -> None:
    rows = [
        {
            "run_id": run_id,
            "id": statement.id,
            "transcript_id": id_of[statement.evidence.transcript],
            "kind": statement.kind,
            "position": position,
            "step": analysis.statement_steps.get(statement.id),
            "membership": analysis.memberships.get(statement.id),
            "body": to_plain(statement),
        }
        for position, statement in enumerate(analysis.statements)
    ]
    if rows:
        session.execute(insert(StatementTable), rows)


def _insert_suggestions(session: Session, run_id: str, analysis: Analysis) -> None:
    steps = [("step", position, step.id, to_plain(step)) for position, step in enumerate(analysis.steps)]
    needs = [("need", position, need.id, to_plain(need)) for position, need in enumerate(analysis.needs)]
    rows = [
        {"run_id": run_id, "id": suggestion_id, "kind": kind, "position": position, "body": body}
        for kind, position, suggestion_id, body in [*steps, *needs]
    ]
    if rows:
        session.execute(insert(SuggestionTable), rows)


def _statements(session: Session, run_id: str) -> Sequence[StatementTable]:
    return session.scalars(
        select(StatementTable).where(StatementTable.run_id == run_id).order_by(StatementTable.position)
    ).all()


def _suggestions(session: Session, run_id: str, kind: str) -> Sequence[SuggestionTable]:
    return session.scalars(
        select(SuggestionTable)
        .where(SuggestionTable.run_id == run_id, SuggestionTable.kind == kind)
        .order_by(SuggestionTable.position)
    ).all()
