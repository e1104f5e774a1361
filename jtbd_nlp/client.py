"""A client of the HTTP API, for programs that fetch what a team found out, or that feed it.

    from jtbd_nlp.client import Client

    with Client("http://127.0.0.1:8384", key="jtbd_…") as api:
        study = api.find_study("Arrive on time")
        for need in api.needs(study["id"], min_people=3):
            print(need["statement"], need["n_participants"])

Answers are the API's own JSON, as typed dictionaries. What is fetched twice and did not change is not sent again: the
client keeps the last answers with their ETag. Requests that change something carry an `Idempotency-Key`, so that one
that is sent again after a broken connection is done once. It knows nothing of models and databases.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, NamedTuple, NotRequired, TypedDict, cast

import httpx

from jtbd_nlp.errors import ApiError, ConflictError

__all__ = ["ApiError", "Client", "ConflictError", "Event"]

# Files of one upload: a broken connection costs no more than one of these, and others get their turn between them.
FILES_PER_UPLOAD: Final = 25
BYTES_PER_UPLOAD: Final = 16 * 2**20
_N_TRIES: Final = 4
_LONGEST_PAUSE_S: Final = 30.0
_N_ANSWERS_KEPT: Final = 64
_BUSY: Final = frozenset({429, 503})
_RUNNING: Final = "request_running"  # what was sent before the connection broke is worked on still

File = Path | tuple[str, bytes]
Kind = Literal["interview", "notes"]
Format = Literal["json", "csv", "md", "html"]
AuditAct = Literal["read", "exported", "changed", "erased", "refused"]
WebhookEvent = Literal["run.completed", "step.approved", "need.approved", "jobmap.changed"]


class Study(TypedDict):
    """A study, and how much of it there is."""

    id: str
    name: str
    job: str
    executor: str
    n_transcripts: int
    n_participants: int
    n_runs: int


class AddedInterview(TypedDict):
    """An interview that the study has now."""

    id: str
    name: str
    warnings: list[str]


class UploadedFile(TypedDict):
    """What became of one file, or of one member of a zip."""

    place: str
    added: list[AddedInterview]
    already_there: list[str]
    skipped: str | None
    error: dict[str, str] | None


class Run(TypedDict):
    """An analysis run, and how far it is: `n_read` of `n_transcripts` are read."""

    id: str
    study_id: str
    number: int
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    phase: str | None
    n_transcripts: int
    n_read: int
    n_workers: int
    reason: str | None


class _Entry(TypedDict):
    id: str
    stage: str
    state: Literal["suggested", "approved", "edited", "rejected"]
    lost_support: bool
    origin: str
    n_participants: int
    n_matching: int
    interval: list[float]
    n_statements: int
    best_quote: str | None
    speaker: str | None
    transcript: str | None
    turn: int | None
    start: int | None
    end: int | None
    statements: list[str]
    revision: str
    updated_at: str
    similarity: float | None


class JobStep(_Entry):
    """A step of the job map."""

    position: int
    phrase: str
    needs: list[str]


class Need(_Entry):
    """A need of the job map; `step` is the step it measures."""

    step: str | None
    step_phrase: str | None
    statement: str
    action_variable: str | None
    direction: str | None
    metric: str | None
    object: str | None
    context: str | None
    kind: str
    is_met: bool


class Evidence(TypedDict):
    """Words somebody said: code points `start` to `end` of turn `turn`."""

    id: str
    kind: str
    transcript: str
    transcript_id: str
    turn: int
    start: int
    end: int
    quote: str
    speaker: str
    participant: str | None
    led: bool
    phrase: str | None
    question: str
    context_before: str
    context_after: str


class Webhook(TypedDict):
    """Where events of a study are sent to; `secret` is there only where it was just made."""

    id: str
    url: str
    events: list[str]
    is_active: bool
    created_at: str
    created_by: str
    changed_at: str
    secret: NotRequired[str]


class Attempt(TypedDict):
    """One try to deliver: the status of the answer, and why it does not count if it does not."""

    number: int
    at: str
    status: int | None
    fault: str | None
    took_s: float


class Delivery(TypedDict):
    """An event on its way to a webhook; `event` is the `webhook-id` it carries, however often it is sent."""

    id: str
    event: str
    type: str
    data: dict[str, Any]
    state: Literal["waiting", "delivered", "failed"]
    next_at: str | None
    created_at: str
    attempts: list[Attempt]


class AuditEntry(TypedDict):
    """Who did what, in ids and counts; `sha256` covers the entry and `previous`, the hash of the one before."""

    number: int
    at: str
    by: str
    act: AuditAct
    what: str
    study_id: str | None
    subjects: dict[str, str]
    counts: dict[str, int]
    previous: str
    sha256: str


class Event(NamedTuple):
    """Something that happened in a study; `id` is where to go on after it."""

    name: str
    about: dict[str, Any]
    id: str


class Client:
    """A connection to a server. Close it, or use it in a `with`. One thread at a time.

    Args:
        url: of the server, without `/v1`.
        key: an API key, as the server showed it once.
        timeout_s: seconds without any answer after which a request is given up.
        transport: how requests are sent, for tests and proxies.

    Every method raises `ApiError` for what the server refuses (`ConflictError` where it does not fit what is there by
    now), with the server's code and details, and for a server that cannot be reached.
    """

    def __init__(
        self, url: str, *, key: str, timeout_s: float = 60, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/v1",
            headers={"Authorization": f"Bearer {key}", "User-Agent": "jtbd-client"},
            timeout=timeout_s,
            transport=transport,
        )
        self._kept: OrderedDict[str, tuple[str, Any]] = OrderedDict()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def studies(self) -> Iterator[Study]:
        """The studies that the key may read, oldest first."""
        return cast("Iterator[Study]", self._pages("/studies", "studies"))

    def find_study(self, name: str) -> Study:
        """The study of that name.

        Raises:
            LookupError: the key may read none of that name.
        """
        found = next((study for study in self.studies() if study["name"] == name), None)
        if found is None:
            raise LookupError(f"there is no study {name!r}")
        return found

    def create_study(self, name: str, *, job: str = "", executor: str = "") -> Study:
        """Make a study."""
        return cast("Study", self._post("/studies", {"name": name, "job": job, "executor": executor}))

    def upload(
        self,
        study: str,
        files: Iterable[File],
        *,
        kind: Literal["interview", "notes"] | None = None,
    ) -> list[UploadedFile]:
        """Add interviews from files: paths, or names with bytes. Many are sent in several requests, one by one.

        Returns:
            What became of each file; one that could not be read has an `error` and is no exception.
        """
        told: list[UploadedFile] = []
        for some in _batches(files):
            told += self._upload(study, some, {} if kind is None else {"kind": kind})
        return told

    def transcripts(self, study: str) -> Iterator[dict[str, Any]]:
        """The interviews of a study without their words, in the order they were added."""
        return self._pages(f"/studies/{study}/transcripts", "transcripts")

    def transcript(self, study: str, transcript: str, *, highlights: str | None = None) -> dict[str, Any]:
        """An interview with its turns; with what a run found in it where `highlights` is its id or `latest`."""
        parameters = {} if highlights is None else {"highlights": highlights}
        return cast("dict[str, Any]", self._get(f"/studies/{study}/transcripts/{transcript}", parameters))

    def start_run(self, study: str) -> Run:
        """Queue a run on all interviews of a study as they are now."""
        return cast("Run", self._post(f"/studies/{study}/runs", {}))

    def run(self, run: str) -> Run:
        """How far a run is."""
        return cast("Run", self._get(f"/runs/{run}", {}))

    def wait_for_run(self, run: str, *, every_s: float = 1.0, on_progress: Callable[[Run], None] | None = None) -> Run:
        """Wait until a run is done, failed or cancelled, and give it.

        Args:
            on_progress: called with the run after each look.
        """
        while True:
            found = self.run(run)
            if on_progress:
                on_progress(found)
            if found["state"] not in ("queued", "running"):
                return found
            time.sleep(every_s)

    def job_map(self, study: str, *, approved: bool = False) -> dict[str, Any]:
        """The job map as `jtbd-jobmap/1`; `approved` leaves out what nobody approved."""
        parameters = {"approved": "true"} if approved else {}
        return cast("dict[str, Any]", self._get(f"/studies/{study}/job-map", parameters))

    def needs(self, study: str, **wanted: Any) -> Iterator[Need]:
        """Needs in the order of their steps, page after page; by default those that are approved.

        Args:
            wanted: `stage`, `step`, `status`, `min_people`, `q` (words), `like` (a text, most alike first),
                `updated_since` (a moment with a time zone), and `attributes`, a mapping from the name of what is told
                of people to the value they must have.
        """
        return cast("Iterator[Need]", self._pages(f"/studies/{study}/needs", "needs", _parameters(wanted)))

    def job_steps(self, study: str, **wanted: Any) -> Iterator[JobStep]:
        """Steps in job order, page after page; see `needs`."""
        return cast("Iterator[JobStep]", self._pages(f"/studies/{study}/job-steps", "steps", _parameters(wanted)))

    def evidence(self, study: str, *, entry: str | None = None, ids: Sequence[str] = ()) -> list[Evidence]:
        """The quotes behind a step or need, or those of some ids."""
        parameters = {"ids": ",".join(ids)} | ({} if entry is None else {"entry": entry})
        return cast("list[Evidence]", self._get(f"/studies/{study}/evidence", parameters)["evidence"])

    def other_names(self, study: str, step: str) -> list[str]:
        """What else a step could be called, by the words of its quotes, best first."""
        return cast("list[str]", self._get(f"/studies/{study}/job-map/steps/{step}/names", {})["names"])

    def written_names(self, study: str, step: str) -> list[str]:
        """What a small language model of the server would call a step, from its quotes; takes some seconds."""
        return cast("list[str]", self._get(f"/studies/{study}/job-map/steps/{step}/written-names", {})["names"])

    def written_needs(self, study: str, quote: str) -> list[str]:
        """What a small language model of the server makes of a quote, by its id, as a need; takes some seconds."""
        return cast("list[str]", self._get(f"/studies/{study}/evidence/{quote}/written-needs", {})["needs"])

    def decide(self, study: str, kind: str, *, seen: Mapping[str, str] | None = None, **fields: Any) -> dict[str, Any]:
        """Make a decision on the job map, as in `decide(study, "edit", entry="step-…", text="…")`.

        Args:
            kind: as in `jtbd-decision/1`, whose other fields are `fields`.
            seen: revisions of the entries that were seen, by id; the decision is refused if one has changed since.

        Returns:
            The `decision`, the map's new `revision`, and the ids of the `entries` that changed.

        Raises:
            ConflictError: it does not fit what is there by now; `details` has both versions.
        """
        return cast(
            "dict[str, Any]", self._post(f"/studies/{study}/decisions", {"kind": kind, "seen": seen or {}, **fields})
        )

    def export(self, study: str, form: Format = "json", *, approved: bool = True) -> bytes:
        """The job map as a file."""
        parameters = {"approved": "true" if approved else "false"}
        return self._send("GET", f"/studies/{study}/exports/job-map.{form}", params=parameters).content

    def events(self, study: str, *, after: str | None = None) -> Iterator[Event]:
        """What happens in a study, as it happens, until the server ends it after some minutes.

        Args:
            after: the id of the last event that is known; what happened since comes first.
        """
        headers = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": after})
        try:
            with self._http.stream("GET", f"/studies/{study}/events", headers=headers) as response:
                if response.is_error:
                    response.read()
                    raise _error(response)
                yield from _events(response.iter_lines())
        except httpx.TransportError as error:
            raise _unreachable(error) from error

    def webhooks(self, study: str) -> list[Webhook]:
        """The webhooks of a study, oldest first. This and what follows take a key with the scope `manage`."""
        return cast("list[Webhook]", self._get(f"/studies/{study}/webhooks", {})["webhooks"])

    def add_webhook(self, study: str, url: str, *, events: Sequence[WebhookEvent] = ()) -> Webhook:
        """Have events sent to a URL, signed; all kinds of them unless told. Keep the `secret`: it is told only now.

        It is sent once: where the connection broke, look at `webhooks` before another try.
        """
        body = {"url": url, **({"events": list(events)} if events else {})}
        return cast("Webhook", self._send_once("POST", f"/studies/{study}/webhooks", body).json())

    def change_webhook(
        self,
        study: str,
        webhook: str,
        *,
        url: str | None = None,
        events: Sequence[WebhookEvent] = (),
        is_active: bool | None = None,
        new_secret: bool = False,
    ) -> Webhook:
        """Change what is named of a webhook; with `new_secret` the answer has one, and the old one signs no more."""
        told = {"url": url, "events": list(events) or None, "is_active": is_active, "new_secret": new_secret}
        body = {name: value for name, value in told.items() if value is not None}
        return cast("Webhook", self._send_once("PATCH", f"/studies/{study}/webhooks/{webhook}", body).json())

    def remove_webhook(self, study: str, webhook: str) -> None:
        """Take a webhook away, with the log of what was sent to it."""
        self._send_once("DELETE", f"/studies/{study}/webhooks/{webhook}")

    def test_webhook(self, study: str, webhook: str) -> Delivery:
        """Send an event of type `test`; `deliveries` says what came of it."""
        return cast("Delivery", self._send_once("POST", f"/studies/{study}/webhooks/{webhook}/test").json())

    def deliveries(self, study: str, webhook: str) -> Iterator[Delivery]:
        """What was sent to a webhook in the last 30 days and what came of each try, last first."""
        return cast("Iterator[Delivery]", self._pages(f"/studies/{study}/webhooks/{webhook}/deliveries", "deliveries"))

    def send_again(self, study: str, webhook: str, delivery: str) -> Delivery:
        """Send the event of a delivery once more, under the same `webhook-id`."""
        path = f"/studies/{study}/webhooks/{webhook}/deliveries/{delivery}/again"
        return cast("Delivery", self._send_once("POST", path).json())

    def audit_log(self, study: str, *, act: AuditAct | None = None) -> Iterator[AuditEntry]:
        """Who read, exported, changed or erased what in a study, last first; only acts of one kind, if it is named."""
        parameters = {} if act is None else {"act": act}
        return cast("Iterator[AuditEntry]", self._pages(f"/studies/{study}/audit", "entries", parameters))

    def _pages(self, path: str, name: str, parameters: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            page = self._get(path, {**(parameters or {}), **({} if cursor is None else {"page[cursor]": cursor})})
            yield from page[name]
            cursor = page["next"]
            if cursor is None:
                return

    def _get(self, path: str, parameters: Mapping[str, Any]) -> Any:
        """The answer, from memory where the server says that it did not change."""
        asked = json.dumps([path, parameters], sort_keys=True)
        etag, kept = self._kept.get(asked, ("", None))
        headers = {"If-None-Match": etag} if etag else {}
        response = self._send("GET", path, params=dict(parameters), headers=headers)
        if response.status_code != 304:
            etag, kept = response.headers.get("etag", ""), response.json()
        self._kept[asked] = (etag, kept)
        self._kept.move_to_end(asked)
        if len(self._kept) > _N_ANSWERS_KEPT:
            self._kept.popitem(last=False)
        return kept

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return self._send("POST", path, json=body, headers=headers).json()

    def _send_once(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """Send what takes no `Idempotency-Key`, so that it must not be sent again where the connection broke."""
        return _tried(lambda: self._http.request(method, path, json=body), is_repeatable=False)

    def _upload(self, study: str, files: Sequence[File], parameters: Mapping[str, str]) -> list[UploadedFile]:
        headers = {"Idempotency-Key": uuid.uuid4().hex}

        def send() -> httpx.Response:
            with ExitStack() as opened:
                parts = [
                    ("files", (one.name, opened.enter_context(one.open("rb"))) if isinstance(one, Path) else one)
                    for one in files
                ]
                path = f"/studies/{study}/uploads"
                return self._http.post(path, params=dict(parameters), files=parts, headers=headers)

        return cast("list[UploadedFile]", _tried(send).json()["files"])

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        return _tried(lambda: self._http.request(method, path, **options))


def _tried(send: Callable[[], httpx.Response], *, is_repeatable: bool = True) -> httpx.Response:
    """Send a request, and again while the server is busy, some times; if it is repeatable, also where it is cut off.

    Raises:
        ApiError: the server refused it, or cannot be reached.
    """
    for attempt in range(1, _N_TRIES + 1):
        pause_s = min(0.5 * 2**attempt, _LONGEST_PAUSE_S)
        try:
            response = send()
        except httpx.TransportError as broken:
            if attempt == _N_TRIES or not is_repeatable:
                raise _unreachable(broken) from broken
        else:
            if not response.is_error:
                return response
            error = _error(response)
            if (response.status_code not in _BUSY and error.code != _RUNNING) or attempt == _N_TRIES:
                raise error
            wanted = response.headers.get("retry-after", "")
            pause_s = min(float(wanted), _LONGEST_PAUSE_S) if wanted.isdecimal() else pause_s
        time.sleep(pause_s)
    raise AssertionError("the last try returns or raises")


def _unreachable(error: httpx.TransportError) -> ApiError:
    return ApiError(f"the server cannot be reached ({error})", status=None, code="unreachable")


def _error(response: httpx.Response) -> ApiError:
    try:
        told = response.json()["error"]
        code, message, details = str(told["code"]), str(told["message"]), dict(told.get("details") or {})
    except (ValueError, KeyError, TypeError):
        code, message, details = "http", f"{response.status_code} {response.reason_phrase}", {}
    kind = ConflictError if response.status_code == 409 else ApiError
    return kind(message, status=response.status_code, code=code, details=details)


def _batches(files: Iterable[File]) -> Iterator[list[File]]:
    batch: list[File] = []
    n_bytes = 0
    for one in files:
        size = one.stat().st_size if isinstance(one, Path) else len(one[1])
        if batch and (len(batch) >= FILES_PER_UPLOAD or n_bytes + size > BYTES_PER_UPLOAD):
            yield batch
            batch, n_bytes = [], 0
        batch.append(one)
        n_bytes += size
    if batch:
        yield batch


def _parameters(wanted: Mapping[str, Any]) -> dict[str, str]:
    """Filters as the query has them; those that are None are left out."""
    attributes: Mapping[str, Any] = wanted.get("attributes") or {}
    plain = {name: value for name, value in wanted.items() if value is not None and name != "attributes"}
    named = {f"attr[{name}]": value for name, value in attributes.items()}
    return {name: _text(value) for name, value in {**plain, **named}.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _events(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a stream; lines that only keep the connection alive are passed over."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name and name in ("event", "data", "id"):
            fields[name] = value.removeprefix(" ")
        elif not line and "data" in fields:
            yield Event(fields.get("event", "message"), json.loads(fields["data"]), fields.get("id", ""))
            fields = {}
