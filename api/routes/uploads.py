"""Uploads: many files at once, or zips of them, written to disk as they come and read from there one by one."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import PurePosixPath
from typing import Annotated, Any, BinaryIO, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import UploadFile

from api.errors import failures
from api.routes.answering import CONFLICT, IdempotencyKey, Responses, do_once
from api.routes.privacy import GivenKey
from api.routes.wiring import Act, Caller, database_of, may, stamp_of
from api.schemas.uploads import Upload, upload_answer
from api.services.pseudonyms import Pseudonymiser
from api.services.requests import Answer
from api.services.studies import add_contents
from api.store.errors import BadValueError
from jtbd_nlp.domain import Kind

router = APIRouter(tags=["interviews"])

# A folder of interviews; who has more zips them or sends them in turns.
MOST_FILES: Final = 2000
_MOST_FIELDS: Final = 20  # that a browser's form may send along; they are not read
_NAME_MAX: Final = 300
_HASH_BYTES: Final = 2**20
_FILE_SHOWN: Final = "Interviewer: How do you get there?\n\nAda: I look up when the train leaves."

_FAILURES: Final[Responses] = {
    **CONFLICT,
    **failures({400: "The body is no multipart form, or holds too many files"}),
}


def file_form(*, most: int) -> dict[str, Any]:
    """How the OpenAPI document shows a form with 1 to `most` files, for a route that depends on `received_files`."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    files = {"type": "array", "minItems": 1, "maxItems": most, "items": file}
    schema = {"type": "object", "required": ["files"], "properties": {"files": files}}
    form = {"schema": schema, "example": {"files": [_FILE_SHOWN]}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": form}}}


async def received_files(request: Request) -> AsyncIterator[list[UploadFile]]:
    """The files of a form, written to disk (those above 1 MB) as they come; gone when the answer is sent.

    Depend on it after the rule: nothing is received from who may not upload.

    Raises:
        BadValueError: the body is no form with files.
    """
    async with request.form(max_files=MOST_FILES, max_fields=_MOST_FIELDS) as form:
        files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
        if not files:
            message = "files: send one or more files as multipart/form-data under the name `files`"
            raise BadValueError(message, field="files")
        yield files


@router.post(
    "/studies/{study_id}/uploads", response_model=Upload, responses=_FAILURES, openapi_extra=file_form(most=MOST_FILES)
)
def upload_interviews(
    study_id: str,
    request: Request,
    caller: Annotated[Caller, may(Act.ANALYSE)],
    files: Annotated[list[UploadFile], Depends(received_files)],
    kind: Annotated[
        Kind | None, Query(description="`notes` for an observer's notes, where a file does not say what it is.")
    ] = None,
    key: IdempotencyKey = None,
    study_key: GivenKey = None,
) -> Response:
    """Add interviews from files in any of the formats that are read, or zips of such files.

    A file that cannot be read leaves the others; the same bytes are added once, and so is the same interview in other
    bytes. What became of each file is told in the answer. Where names are replaced, the study's key is needed.
    """
    named = list(zip(_places(files), (part.file for part in files), strict=True))

    names = None if study_key is None else Pseudonymiser(database_of(request), study_id, study_key)
    # Answers say what files are called, which must not be kept; and the same bytes are added once in any case.
    key = key if names is None else None

    def act() -> Answer:
        contents, stamp = _contents(named), stamp_of(request)
        addition = add_contents(database_of(request), study_id, contents, stamp, kind=kind, names=names)
        return Answer(200, upload_answer(addition))

    asked = None if key is None else [[place, _sha256(file)] for place, file in named]
    return do_once(request, caller, act, key=key, asked=asked, study_id=study_id)


def _places(files: list[UploadFile]) -> list[str]:
    """What the files are called, each name once; a path is kept as far as it says something."""
    places: dict[str, None] = {}
    next_number: dict[str, int] = {}
    for part in files:
        raw = "".join(char for char in (part.filename or "").replace("\\", "/") if char.isprintable())
        kept = "/".join(p for p in PurePosixPath(raw).parts if p not in ("/", "..", "."))[-_NAME_MAX:] or "upload"
        place, path = kept, PurePosixPath(kept)
        while place in places:
            next_number[kept] = next_number.get(kept, 1) + 1
            place = str(path.with_name(f"{path.stem} ({next_number[kept]}){path.suffix}"))
        places[place] = None
    return list(places)


def _contents(named: list[tuple[str, BinaryIO]]) -> Iterator[tuple[str, bytes]]:
    for place, file in named:
        file.seek(0)
        yield place, file.read()


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_HASH_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
