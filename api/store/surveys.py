"""Repository of surveys: the questionnaire as it was asked, what respondents answered, and links to the form.

What people answer is kept apart from the link they answered by: nothing in these tables joins the two.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Text, cast, func, insert, select
from sqlalchemy.orm import Session

from api.store.database import Stamp, row_of
from api.store.errors import NameTakenError, NotFoundError
from api.store.ids import new_id
from api.store.studies import check_text
from api.store.tables import InvitationTable, RespondentTable, SurveyTable
from jtbd_nlp.priorities.answers import Answers, answers_of
from jtbd_nlp.priorities.questionnaire import Questionnaire
from jtbd_nlp.priorities.questionnaire_json import from_plain, to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSurvey:
    """A survey. `day` is when it was asked; of `n_invited` links `n_sent` were used to the end, `n_begun` in part."""

    id: str
    study_id: str
    name: str
    day: date
    is_synthetic: bool
    questionnaire: Questionnaire
    n_respondents: int
    n_invited: int
    n_begun: int
    n_sent: int
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """What a link leads to: the survey, the blocks to rate, and what was answered so far; `is_sent` ends it."""

    invitation_id: str
    survey_id: str
    questionnaire: Questionnaire
    blocks: tuple[int, ...]
    answers: Mapping[str, Any]
    is_sent: bool


def add(
    session: Session,
    study_id: str,
    name: str,
    day: date,
    questionnaire: Questionnaire,
    stamp: Stamp,
    *,
    synthetic: bool,
) -> str:
    """Keep a survey; give its id.

    Raises:
        NameTakenError: the study has one of that name.
        BadValueError: the name cannot be kept.
    """
    check_text(name, "the name of the survey")
    taken = select(SurveyTable.id).where(SurveyTable.study_id == study_id, SurveyTable.name == name)
    if session.scalar(taken) is not None:
        raise NameTakenError(f"there is a survey {name!r} already")
    row = SurveyTable(
        id=new_id("survey"),
        study_id=study_id,
        name=name,
        day=day,
        is_synthetic=synthetic,
        questionnaire=to_plain(questionnaire),
        created_at=stamp.at,
        created_by=stamp.by,
        changed_at=stamp.at,
        changed_by=stamp.by,
    )
    session.add(row)
    session.flush()
    return row.id


def of_study(session: Session, study_id: str) -> tuple[StoredSurvey, ...]:
    """The surveys of a study, oldest day first."""
    rows = session.scalars(
        select(SurveyTable).where(SurveyTable.study_id == study_id).order_by(SurveyTable.day, SurveyTable.id)
    )
    return tuple(_survey(session, row) for row in rows)


def find(session: Session, study_id: str, name_or_id: str | None) -> StoredSurvey:
    """A survey of a study by its name or id; the latest where none is named.

    Raises:
        NotFoundError: there is none.
    """
    found = of_study(session, study_id)
    if name_or_id is not None:
        found = tuple(s for s in found if name_or_id in (s.id, s.name))
    if not found:
        what = "no survey yet" if name_or_id is None else f"no survey {name_or_id!r}"
        raise NotFoundError(f"the study has {what}: `jtbd survey STUDY` makes one")
    return found[-1]


def remove(session: Session, survey_id: str) -> None:
    """Take a survey away with all its answers and links.

    Raises:
        NotFoundError: there is none.
    """
    session.delete(row_of(session, SurveyTable, survey_id, "survey"))
    session.flush()


def answers(session: Session, survey: StoredSurvey) -> Answers:
    """All answers of a survey, by respondent."""
    rows = session.execute(
        select(RespondentTable.name, RespondentTable.answers)
        .where(RespondentTable.survey_id == survey.id)
        .order_by(RespondentTable.name)
    ).all()
    frame = pd.DataFrame([body for _, body in rows], index=[name for name, _ in rows])
    return answers_of(survey.questionnaire, frame)


def add_answers(session: Session, survey_id: str, given: Answers, stamp: Stamp) -> None:
    """Keep the answers of respondents that the survey does not have yet."""
    rows = [
        {
            "survey_id": survey_id,
            "name": str(name),
            "answers": {k: v for k, v in body.items() if not pd.isna(v)},
            "created_at": stamp.at,
            "created_by": stamp.by,
        }
        for name, body in zip(given.frame.index, given.frame.to_dict("records"), strict=True)
    ]
    if rows:
        session.execute(insert(RespondentTable), rows)
        session.flush()


def invite(session: Session, survey_id: str, n: int, stamp: Stamp) -> tuple[str, ...]:
    """Make links to the form; give their secrets, which are kept nowhere."""
    # Who comes second numbers on from the first.
    session.scalar(select(SurveyTable.id).where(SurveyTable.id == survey_id).with_for_update())
    last = session.scalar(select(func.max(InvitationTable.number)).where(InvitationTable.survey_id == survey_id))
    first = -1 if last is None else last
    made = tuple(secrets.token_urlsafe(24) for _ in range(n))
    for number, secret in enumerate(made, first + 1):
        session.add(
            InvitationTable(
                id=new_id("invitation"),
                survey_id=survey_id,
                number=number,
                secret_sha256=_sha256(secret),
                answers={},
                is_sent=False,
                created_at=stamp.at,
                created_by=stamp.by,
            )
        )
    session.flush()
    return made


def open_form(session: Session, secret: str, *, to_write: bool = False) -> OpenForm:
    """What a link leads to; `to_write` makes others who use the same link wait.

    Raises:
        NotFoundError: it leads nowhere.
    """
    wanted = select(InvitationTable).where(InvitationTable.secret_sha256 == _sha256(secret))
    row = session.scalar(wanted.with_for_update() if to_write else wanted)
    if row is None:
        raise NotFoundError("this link leads to no survey: check that it is whole")
    survey = row_of(session, SurveyTable, row.survey_id, "survey")
    questionnaire = from_plain(survey.questionnaire)
    return OpenForm(
        invitation_id=row.id,
        survey_id=survey.id,
        questionnaire=questionnaire,
        blocks=questionnaire.plan.blocks_of(row.number),
        answers=row.answers,
        is_sent=row.is_sent,
    )


def keep_partial(session: Session, invitation_id: str, given: Mapping[str, Any]) -> None:
    """Keep what somebody answered so far."""
    row = row_of(session, InvitationTable, invitation_id, "invitation")
    row.answers = dict(given)
    session.flush()


def send(session: Session, form: OpenForm, given: Mapping[str, Any], stamp: Stamp) -> None:
    """Take answers in under a new name, and close the link they came by.

    Of the moment only the day is kept: more would tell who answered to whoever saw them do it.
    """
    row = row_of(session, InvitationTable, form.invitation_id, "invitation")
    row.answers, row.is_sent = {}, True
    session.add(
        RespondentTable(
            survey_id=form.survey_id,
            name=f"form-{secrets.token_hex(8)}",
            answers={**given, "block": " ".join(map(str, form.blocks)), "submitted": stamp.at.date().isoformat()},
            created_at=stamp.at.replace(hour=0, minute=0, second=0, microsecond=0),
            created_by="form",
        )
    )
    session.flush()


def _survey(session: Session, row: SurveyTable) -> StoredSurvey:
    def count(table: type[RespondentTable] | type[InvitationTable], *wanted: Any) -> int:
        return session.scalar(select(func.count()).where(table.survey_id == row.id, *wanted)) or 0

    return StoredSurvey(
        id=row.id,
        study_id=row.study_id,
        name=row.name,
        day=row.day,
        is_synthetic=row.is_synthetic,
        questionnaire=from_plain(row.questionnaire),
        n_respondents=count(RespondentTable),
        n_invited=count(InvitationTable),
        n_begun=count(InvitationTable, ~InvitationTable.is_sent, cast(InvitationTable.answers, Text) != "{}"),
        n_sent=count(InvitationTable, InvitationTable.is_sent),
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
