"""Surveys over HTTP: made from the approved map, handed out, answers taken in."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import UploadFile

from api.errors import failures
from api.routes.answering import CONFLICT, UNCHANGED, Responses, files, send, send_bytes
from api.routes.uploads import file_form, received_files
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.surveys import (
    Links,
    MadeLinks,
    NewSurvey,
    PreviewedAnswers,
    Surveys,
    SurveyWithQuestions,
    TakenAnswers,
    preview_row,
    survey_row,
    survey_with_questions,
)
from api.services import surveys
from api.services.surveys import SurveyFile
from api.store.errors import BadValueError

router = APIRouter(prefix="/studies/{study_id}", tags=["surveys"])

MEDIA_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "lss": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "png": "image/png",
}
_MALFORMED: Final[Responses] = failures({422: "The file cannot be read; `details.cells` names line, column and reason"})
_SURVEY_FILES: Final = files(
    {
        "text/html": "<!doctype html><title>How people get to a destination on time</title>",
        "application/json": '{"schema": "jtbd-survey/1", "title": "How people get to a destination on time"}',
        "text/csv": "id,part,text\r\nscreen,screening,Did you get to a destination on time yourself?\r\n",
        "text/plain": "[[AdvancedFormat]]\n",
        "application/xml": "<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>",
        MEDIA_TYPES["xlsx"]: None,
    }
)
_ANSWERS: Final = files({"text/csv": "respondent,screen,solution\r\n1,yes,the map app\r\n"})
_FORM: Final = file_form(most=1)
# A request line may have 64 kB, and a character twelve bytes in it.
MOST_MAPPED: Final = 4_000
Mapped = Annotated[
    str,
    Query(max_length=MOST_MAPPED, description='JSON: column of the file -> question id, "respondent", or "" for none.'),
]


@router.get("/surveys", response_model=Surveys, responses=UNCHANGED)
def list_surveys(study_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> Response:
    """The surveys of a study, oldest day first."""
    del caller
    found = surveys.list_surveys(database_of(request), study_id)
    return send(request, {"surveys": [survey_row(survey) for survey in found]})


@router.post("/surveys", status_code=201, response_model=SurveyWithQuestions, responses=CONFLICT)
def make_survey(
    study_id: str, asked: NewSurvey, request: Request, caller: Annotated[Caller, may(Act.ANALYSE)]
) -> Response:
    """Make a survey from the approved steps and needs, with what the team lists as solutions."""
    del caller
    made = surveys.make_survey(
        database_of(request),
        study_id,
        stamp_of(request),
        name=asked.name,
        day=asked.day,
        settings=asked.settings(),
        asks_attributes=asked.asks_attributes,
        is_synthetic=asked.is_synthetic,
    )
    return send(request, survey_with_questions(made), status=201)


@router.get("/surveys/{survey}", response_model=SurveyWithQuestions, responses=UNCHANGED)
def show_survey(study_id: str, survey: str, request: Request, caller: Annotated[Caller, may(Act.READ)]) -> Response:
    """A survey by id or name, with its questions and the linter's findings."""
    del caller
    return send(request, survey_with_questions(surveys.show_survey(database_of(request), study_id, survey)))


@router.delete("/surveys/{survey}", status_code=204)
def delete_survey(study_id: str, survey: str, request: Request, caller: Annotated[Caller, may(Act.ANALYSE)]) -> None:
    """Take a survey away with its answers and links."""
    del caller
    surveys.delete_survey(database_of(request), study_id, survey, stamp_of(request))


@router.get("/surveys/{survey}/files/{form}", response_class=Response, responses=_SURVEY_FILES)
def show_survey_file(
    study_id: str, survey: str, form: SurveyFile, request: Request, caller: Annotated[Caller, may(Act.EXPORT)]
) -> Response:
    """The questionnaire as a printable page, tables, or a file that LimeSurvey or Qualtrics imports."""
    del caller
    found = surveys.show_survey(database_of(request), study_id, survey)
    return send_bytes(request, surveys.survey_file(found.questionnaire, form), media_type(form), headers=as_file(form))


@router.post(
    "/surveys/{survey}/answers/preview",
    response_model=PreviewedAnswers,
    responses=_MALFORMED,
    openapi_extra=_FORM,
)
def preview_answers(
    study_id: str,
    survey: str,
    request: Request,
    caller: Annotated[Caller, may(Act.ANALYSE)],
    files: Annotated[list[UploadFile], Depends(received_files)],
    mapping: Mapped = "",
) -> Response:
    """How a file of answers would be read: columns, questions nobody answers in it, bad cells. Nothing is taken in."""
    del caller
    shown = surveys.preview(database_of(request), study_id, survey, _only(files), mapping=_mapping(mapping))
    return send(request, preview_row(shown))


@router.post(
    "/surveys/{survey}/answers", response_model=TakenAnswers, responses=_MALFORMED | CONFLICT, openapi_extra=_FORM
)
def take_answers(
    study_id: str,
    survey: str,
    request: Request,
    caller: Annotated[Caller, may(Act.ANALYSE)],
    files: Annotated[list[UploadFile], Depends(received_files)],
    mapping: Mapped = "",
    leave_out_bad: Annotated[bool, Query(description="Rows with a bad cell may stay out, whole.")] = False,
) -> Response:
    """Take a CSV or XLSX file of answers in, the whole of it or nothing."""
    del caller
    taken = surveys.take_answers(
        database_of(request),
        study_id,
        survey,
        _only(files),
        stamp_of(request),
        mapping=_mapping(mapping),
        leave_out_bad=leave_out_bad,
    )
    left_out = [asdict(cell) for cell in taken.left_out]
    return send(request, {"n_added": taken.n_added, "n_there": taken.n_there, "left_out": left_out})


@router.get("/surveys/{survey}/answers.csv", response_class=Response, responses=_ANSWERS)
def export_answers(
    study_id: str, survey: str, request: Request, caller: Annotated[Caller, may(Act.EXPORT)]
) -> Response:
    """All answers as a table that can be read back."""
    del caller
    content = surveys.answers_csv(database_of(request), study_id, survey)
    return send_bytes(request, content, MEDIA_TYPES["csv"], headers=as_file("answers.csv"))


@router.post("/surveys/{survey}/links", status_code=201, response_model=MadeLinks)
def make_links(
    study_id: str, survey: str, asked: Links, request: Request, caller: Annotated[Caller, may(Act.ANALYSE)]
) -> Response:
    """Make links to the survey's own form, one answer each; they are shown now and never again."""
    del caller
    secrets = surveys.invite(database_of(request), study_id, survey, asked.n, stamp_of(request))
    base = str(request.base_url).rstrip("/")
    return send(request, {"links": [f"{base}/answer/{secret}" for secret in secrets]}, status=201)


def media_type(name: str) -> str:
    """What a file is, by the end of its name."""
    return MEDIA_TYPES[name.rpartition(".")[2]]


def as_file(name: str) -> dict[str, str]:
    """Headers by which a browser keeps the answer as a file of that name."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _only(files: list[UploadFile]) -> bytes:
    if len(files) != 1:
        raise BadValueError("files: one file of answers is taken at a time", field="files")
    files[0].file.seek(0)
    return files[0].file.read()


def _mapping(given: str) -> dict[str, str]:
    if not given:
        return {}
    try:
        read = json.loads(given)
    except ValueError as fault:
        raise BadValueError("mapping: this is no JSON") from fault
    if not isinstance(read, dict) or not all(isinstance(v, str) for v in read.values()):
        raise BadValueError("mapping: an object of texts is expected: column -> question id")
    return read
