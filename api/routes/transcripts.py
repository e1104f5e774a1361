"""Interviews of a study: listed, one whole with what was found in it, roles corrected, erased."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.routes.answering import UNCHANGED, Paged, send
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.offsets import Offsets
from api.schemas.paging import first_of
from api.schemas.transcripts import CorrectedRole, Interview, Interviews, interview_answer, interview_row
from api.services import listings, studies
from api.services.listings import LATEST, get_transcript, spoken, transcript_name

router = APIRouter(prefix="/studies/{study_id}/transcripts", tags=["interviews"])

CountedIn = Annotated[
    Offsets,
    Query(description="What places count: Unicode code points, or UTF-16 units as in a browser's strings."),
]


@router.get("", response_model=Interviews, responses=UNCHANGED)
def list_transcripts(
    study_id: str,
    request: Request,
    _: Annotated[Caller, may(Act.READ)],
    page: Paged,
    speakers: Annotated[bool, Query(description="Whether to say who speaks, and in what part.")] = False,
) -> Response:
    """Interviews without their words, in the order they were added."""
    after = page.after("transcripts", [str])
    last = None if after is None else str(after[0])
    database = database_of(request)
    found = listings.list_transcripts(database, study_id, after=last, limit=page.limit + 1)
    rows, cursor = first_of(found, page, "transcripts", lambda one: (one.id,))
    heard = spoken(database, [row.id for row in rows]) if speakers else {}
    return send(request, {"transcripts": [interview_row(row, heard.get(row.id)) for row in rows], "next": cursor})


@router.get("/{transcript_id}", response_model=Interview, responses=UNCHANGED)
def show_transcript(
    study_id: str,
    transcript_id: str,
    request: Request,
    _: Annotated[Caller, may(Act.READ)],
    highlights: Annotated[
        str | None, Query(description=f"Id of the run whose findings are shown, or `{LATEST}`.")
    ] = None,
    offsets: CountedIn = Offsets.CODE_POINTS,
) -> Response:
    """An interview with its turns, by its id or its name; with the places that a run found, if asked."""
    kept, found = get_transcript(database_of(request), study_id, transcript_id, highlights=highlights)
    return send(request, interview_answer(kept, found, offsets=offsets))


@router.post("/{transcript_id}/roles", response_model=Interview)
def correct_role(
    study_id: str,
    transcript_id: str,
    body: CorrectedRole,
    request: Request,
    _: Annotated[Caller, may(Act.ANALYSE)],
) -> Response:
    """Say what part a speaker really plays; the next run reads the interview so."""
    database = database_of(request)
    name = transcript_name(database, study_id, transcript_id)
    kept = studies.correct_role(database, study_id, name, body.speaker, body.role, stamp_of(request))
    return send(request, interview_answer(kept, None, offsets=Offsets.CODE_POINTS))


@router.delete("/{transcript_id}", status_code=204)
def erase_transcript(
    study_id: str, transcript_id: str, request: Request, _: Annotated[Caller, may(Act.OWN)]
) -> Response:
    """Erase an interview and the people who speak nowhere else; there is no way back."""
    kept, _found = get_transcript(database_of(request), study_id, transcript_id, highlights=None)
    studies.erase_transcript(database_of(request), kept.id, stamp_of(request))
    return Response(status_code=204)
