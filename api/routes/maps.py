"""The job map of a study as it is under review, and the quotes behind it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.routes.answering import UNCHANGED, send
from api.routes.transcripts import CountedIn
from api.routes.wiring import Act, Caller, database_of, may
from api.schemas.maps import Evidence, JobMap, OtherNames, WrittenNeeds, evidence_row
from api.schemas.offsets import Offsets
from api.services import blind_reviews, reviews
from api.services.listings import transcript_ids
from api.services.writing import Wordings

router = APIRouter(prefix="/studies/{study_id}", tags=["review"])

MOST_IDS: Final = 20_000

OfRun = Annotated[str | None, Query(max_length=100, description="Id of a run that is done; the last by default.")]


@router.get("/job-map", response_model=JobMap, responses=UNCHANGED)
def show_job_map(
    study_id: str,
    request: Request,
    caller: Annotated[Caller, may(Act.READ)],
    run: OfRun = None,
    approved: Annotated[bool, Query(description="Only what is approved or edited and backed by words.")] = False,
) -> Response:
    """The job map with all decisions made on it; its `revision` changes with every decision and run."""
    database = database_of(request)
    found = reviews.reviewed(database, study_id, run=run, viewer=caller.name)
    blind = blind_reviews.blind_state(database, found.run_id)
    return send(request, {**found.to_plain(approved_only=approved), "blind": blind})


@router.get("/job-map/steps/{step_id}/names", response_model=OtherNames, responses=UNCHANGED)
def show_other_names(
    study_id: str, step_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)], run: OfRun = None
) -> Response:
    """What else a step could be called, by the words of its quotes: for whoever edits its name."""
    names = reviews.other_step_names(database_of(request), study_id, step_id, run=run, viewer=caller.name)
    return send(request, {"names": names})


@router.get("/job-map/steps/{step_id}/written-names", response_model=OtherNames, responses=UNCHANGED)
def write_other_names(
    study_id: str, step_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)], run: OfRun = None
) -> Response:
    """Names for a step that a small language model on this machine writes from its quotes; the first takes longest."""
    wanted = reviews.step_to_name(database_of(request), study_id, step_id, run=run, viewer=caller.name)
    wordings: Wordings = request.app.state.wordings
    return send(request, {"names": wordings.names(wanted)})


@router.get("/evidence", response_model=Evidence, responses=UNCHANGED)
def show_evidence(
    study_id: str,
    request: Request,
    caller: Annotated[Caller, may(Act.READ)],
    ids: Annotated[
        str, Query(max_length=MOST_IDS, description="Ids of quotes, with commas between, as entries name them.")
    ] = "",
    entry: Annotated[
        str | None, Query(max_length=100, description="Id of a step or need: all quotes behind it.")
    ] = None,
    run: OfRun = None,
    offsets: CountedIn = Offsets.CODE_POINTS,
) -> Response:
    """The quotes of these ids, or behind an entry of the map, with who said them and what stands around them."""
    database = database_of(request)
    wanted = [one for one in (part.strip() for part in ids.split(",")) if one]
    found = reviews.reviewed(database, study_id, run=run, viewer=caller.name)
    rows = reviews.evidence(database, study_id, ids=wanted, entry=entry, run=run, viewer=caller.name)
    transcripts = {t.id: t for t in found.job_map.analysis.transcripts}
    named = transcript_ids(database, study_id)
    shown = [evidence_row(row, transcripts, named, offsets=offsets) for row in rows]
    return send(request, {"evidence": shown, "offsets": offsets.value})


@router.get("/evidence/{quote_id}/written-needs", response_model=WrittenNeeds, responses=UNCHANGED)
def write_needs(
    study_id: str, quote_id: str, request: Request, caller: Annotated[Caller, may(Act.READ)], run: OfRun = None
) -> Response:
    """Needs that a small language model on this machine writes from one quote; the first takes longest.

    Whether the quote tells a need is not asked.
    """
    wanted = reviews.quote_to_write(database_of(request), study_id, quote_id, run=run, viewer=caller.name)
    wordings: Wordings = request.app.state.wordings
    return send(request, {"needs": wordings.needs(wanted)})
