"""What people do with surveys: make one from the approved map, hand it out, take answers in, answer by a link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal, get_args

from api.services import reviews
from api.store import audit, participants, studies, surveys, team_lists
from api.store.database import Database, Session, Stamp
from api.store.errors import BadValueError
from api.store.surveys import OpenForm, StoredSurvey
from jtbd_nlp.errors import MalformedAnswersError, SurveyError
from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.limesurvey import limesurvey_lss, limesurvey_tsv
from jtbd_nlp.priorities.printed_page import printed_page
from jtbd_nlp.priorities.qualtrics import qualtrics_text
from jtbd_nlp.priorities.question_tables import csv_bytes, questionnaire_csv, questionnaire_xlsx
from jtbd_nlp.priorities.questionnaire import (
    ProfileQuestion,
    Questionnaire,
    QuestionnaireSettings,
    make_questionnaire,
)
from jtbd_nlp.priorities.questionnaire_json import questionnaire_json
from jtbd_nlp.priorities.reading import BadCell, Preview, preview_answers, read_answers, read_cell
from jtbd_nlp.priorities.sample_survey import made_up_answers
from jtbd_nlp.priorities.subjects import basis_of_job_map

__all__ = [
    "FILES",
    "OpenForm",
    "StoredSurvey",
    "SurveyFile",
    "Taken",
    "answer_by_link",
    "answers_csv",
    "delete_survey",
    "form_of",
    "invite",
    "list_surveys",
    "make_answers_up",
    "make_survey",
    "note",
    "preview",
    "show_survey",
    "survey_file",
    "survey_files",
    "take_answers",
]

SurveyFile = Literal[
    "questionnaire.html",
    "questionnaire.json",
    "questionnaire.xlsx",
    "questions.csv",
    "answers.csv",
    "limesurvey.lss",
    "limesurvey.txt",
    "qualtrics.txt",
]
FILES: Final[tuple[SurveyFile, ...]] = get_args(SurveyFile)
MOST_INVITED: Final = 10_000
MAX_TEXT: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a file of answers: respondents added, those that were there already, rows left out."""

    n_added: int
    n_there: int
    left_out: tuple[BadCell, ...]


def make_survey(
    database: Database,
    study: str,
    stamp: Stamp,
    *,
    name: str | None = None,
    day: date | None = None,
    settings: QuestionnaireSettings | None = None,
    asks_attributes: bool = True,
    is_synthetic: bool = False,
) -> StoredSurvey:
    """Make a survey from the approved steps and needs of a study's map; today's, by its date, unless told otherwise.

    Solutions that the team lists are offered as what people use; attributes of participants are asked for. What
    follows from a synthetic survey, whose answers are made up, is called so wherever it is shown.

    Raises:
        NotFoundError: there is no such study, or no run of it is done.
        SurveyError: nothing is approved.
        NameTakenError: the study has a survey of that name.
    """
    reviewed = reviews.reviewed(database, study)
    settings = settings or QuestionnaireSettings()
    day = day or stamp.at.date()
    with database.writing() as session:
        study_id = studies.find(session, study).id
        listed = team_lists.of_study(session, study_id, team_lists.SOLUTIONS)
        if listed and not settings.solutions:
            settings = replace(settings, solutions=tuple((s.id, s.name) for s in listed))
        if asks_attributes and not settings.profile:
            settings = replace(settings, profile=_profile(participants.attributes(session, study_id)))
        questionnaire = make_questionnaire(basis_of_job_map(reviewed.job_map), settings)
        made = surveys.add(
            session, study_id, name or f"survey {day.isoformat()}", day, questionnaire, stamp, synthetic=is_synthetic
        )
        note(session, stamp, "changed", "survey made", study_id, made, n_questions=len(questionnaire.questions))
        return surveys.find(session, study_id, made)


def list_surveys(database: Database, study: str) -> tuple[StoredSurvey, ...]:
    """The surveys of a study, oldest day first.

    Raises:
        NotFoundError: there is no such study.
    """
    with database.reading() as session:
        return surveys.of_study(session, studies.find(session, study).id)


def show_survey(database: Database, study: str, survey: str | None = None) -> StoredSurvey:
    """A survey by name or id, the latest of the study by default.

    Raises:
        NotFoundError: there is no such study or survey.
    """
    with database.reading() as session:
        return surveys.find(session, studies.find(session, study).id, survey)


def delete_survey(database: Database, study: str, survey: str, stamp: Stamp) -> None:
    """Take a survey away with its answers and links.

    Raises:
        NotFoundError: there is no such study or survey.
    """
    with database.writing() as session:
        found = surveys.find(session, studies.find(session, study).id, survey)
        n = found.n_respondents
        note(session, stamp, "erased", "survey erased", found.study_id, found.id, n_respondents=n)
        surveys.remove(session, found.id)


def survey_file(questionnaire: Questionnaire, form: SurveyFile) -> bytes:
    """The questionnaire in one of the forms that it is handed out in."""
    if form in ("questions.csv", "answers.csv"):
        return questionnaire_csv(questionnaire)[form]
    if form == "questionnaire.html":
        return printed_page(questionnaire).encode("utf-8")
    if form == "questionnaire.xlsx":
        return questionnaire_xlsx(questionnaire)
    writers = {
        "questionnaire.json": questionnaire_json,
        "limesurvey.lss": limesurvey_lss,
        "limesurvey.txt": limesurvey_tsv,
        "qualtrics.txt": qualtrics_text,
    }
    return writers[form](questionnaire)


def survey_files(database: Database, survey: StoredSurvey, stamp: Stamp) -> dict[SurveyFile, bytes]:
    """The questionnaire in every form that it is handed out in; that it was, is in the audit log."""
    files = {form: survey_file(survey.questionnaire, form) for form in FILES}
    with database.writing() as session:
        note(session, stamp, "exported", "survey handed out", survey.study_id, survey.id, n_files=len(files))
    return files


def preview(
    database: Database, study: str, survey: str | None, content: bytes, *, mapping: Mapping[str, str] | None = None
) -> Preview:
    """How a file of answers would be read; nothing is taken in.

    Raises:
        NotFoundError: there is no such study or survey.
        MalformedAnswersError: the file is no table, or the mapping does not fit it.
    """
    return preview_answers(content, show_survey(database, study, survey).questionnaire, mapping=mapping)


def take_answers(
    database: Database,
    study: str,
    survey: str | None,
    content: bytes,
    stamp: Stamp,
    *,
    mapping: Mapping[str, str] | None = None,
    leave_out_bad: bool = False,
) -> Taken:
    """Take a file of answers in, the whole of it or nothing; the same answers of a respondent are taken once.

    Raises:
        NotFoundError: there is no such study or survey.
        MalformedAnswersError: bad cells, or a respondent who is there with other answers.
    """
    found = show_survey(database, study, survey)
    read = read_answers(content, found.questionnaire, mapping=mapping, leave_out_bad=leave_out_bad)
    with database.writing() as session:
        studies.lock(session, found.study_id)
        there = surveys.answers(session, found)
        known = [name for name in read.answers.frame.index if name in there.frame.index]
        for name in known:
            if not read.answers.frame.loc[name].equals(there.frame.loc[name]):
                raise MalformedAnswersError(
                    f"respondent {name!r} is there with other answers (nothing was taken in)",
                    details={"respondent": name},
                )
        fresh = read.answers.without(known)
        surveys.add_answers(session, found.id, fresh, stamp)
        n_out = len({cell.line for cell in read.left_out})
        counts = {"n_added": fresh.n, "n_there": len(known), "n_left_out": n_out}
        note(session, stamp, "changed", "answers taken in", found.study_id, found.id, **counts)
    return Taken(n_added=fresh.n, n_there=len(known), left_out=read.left_out)


def make_answers_up(database: Database, study: str, survey: str | None, n: int, stamp: Stamp) -> Taken:
    """Fill a synthetic survey with the answers of n people who do not exist, always the same for the same survey.

    Raises:
        NotFoundError: there is no such study or survey.
        SurveyError: the survey is for people.
        BadValueError: fewer than 1, or more than anybody needs.
    """
    if not 1 <= n <= MOST_INVITED:
        raise BadValueError(f"{n} made-up respondents: 1 to {MOST_INVITED:,} are made")
    found = show_survey(database, study, survey)
    if not found.is_synthetic:
        raise SurveyError(f"{found.name!r} is for people: answers are made up for a survey made with --synthetic alone")
    made, _ = made_up_answers(found.questionnaire, n=n)
    return take_answers(database, study, found.id, csv_bytes(made.frame.reset_index()), stamp)


def answers_csv(database: Database, study: str, survey: str | None) -> bytes:
    """All answers of a survey as a table that can be read back.

    Raises:
        NotFoundError: there is no such study or survey.
    """
    with database.reading() as session:
        found = surveys.find(session, studies.find(session, study).id, survey)
        return csv_bytes(surveys.answers(session, found).frame.reset_index())


def answers_of(database: Database, survey: StoredSurvey) -> Answers:
    """All answers of a survey."""
    with database.reading() as session:
        return surveys.answers(session, survey)


def invite(database: Database, study: str, survey: str | None, n: int, stamp: Stamp) -> tuple[str, ...]:
    """Make links to the survey's own form: their secrets, shown once and kept nowhere.

    Raises:
        NotFoundError: there is no such study or survey.
        BadValueError: fewer than 1, or more at once than anybody needs.
    """
    if not 1 <= n <= MOST_INVITED:
        raise BadValueError(f"{n} links: 1 to {MOST_INVITED:,} are made at a time")
    with database.writing() as session:
        found = surveys.find(session, studies.find(session, study).id, survey)
        note(session, stamp, "changed", "links made", found.study_id, found.id, n=n)
        return surveys.invite(session, found.id, n, stamp)


def form_of(database: Database, secret: str) -> OpenForm:
    """What a link leads to.

    Raises:
        NotFoundError: it leads nowhere.
    """
    with database.reading() as session:
        return surveys.open_form(session, secret)


def answer_by_link(
    database: Database, secret: str, fields: Mapping[str, str], stamp: Stamp, *, is_last: bool
) -> OpenForm:
    """Keep what somebody answered by a link, and with `is_last` take it in; what was sent stays as it is.

    The audit log says nothing of it: a line with a time would tell who answered what.

    Args:
        fields: answers by question id, as a form sends them; what it does not hold is not answered.

    Raises:
        NotFoundError: the link leads nowhere.
        MalformedAnswersError: an answer makes no sense; nothing is kept.
    """
    with database.writing() as session:
        form = surveys.open_form(session, secret, to_write=True)
        if form.is_sent:
            return form
        given = _given(form, fields)
        if is_last:
            surveys.send(session, form, given, stamp)
        else:
            surveys.keep_partial(session, form.invitation_id, given)
        return replace(form, answers=given, is_sent=is_last)


def note(
    session: Session, stamp: Stamp, act: audit.Act, what: str, study_id: str, survey: str | None = None, **counts: int
) -> None:
    """Say in the audit log, with what the session writes, what happens to surveys and what follows from them."""
    subjects = {} if survey is None else {"survey": survey}
    audit.append(session, [audit.entry(stamp, act, what, study=study_id, subjects=subjects, **counts)])


def _profile(attributes: Sequence[participants.Attribute]) -> tuple[ProfileQuestion, ...]:
    return tuple(ProfileQuestion(name=a.name, type=a.type.value, choices=a.choices) for a in attributes)


def _given(form: OpenForm, fields: Mapping[str, str]) -> dict[str, Any]:
    """The answers among the fields of a form, to questions that this link asks."""
    questionnaire = form.questionnaire
    asked = {s for block in questionnaire.plan.blocks if block.number in form.blocks for s in block.subjects}
    given = {}
    for question in questionnaire.questions:
        text = fields.get(question.id, "")[:MAX_TEXT].replace("\0", "")
        if question.part == "rating" and question.subject not in asked:
            continue
        value = read_cell(text, question, questionnaire)
        if value is not None:
            given[question.id] = value
    return given
