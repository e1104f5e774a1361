"""What goes on in a study, sent as it happens (server-sent events)."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Final

import anyio
from anyio import to_thread
from fastapi import APIRouter, Header, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.routes.wiring import Act, Caller, may
from api.services.pulse import MAP_CHANGED, Pulse, Watch
from api.store.errors import NotFoundError, StoreError

router = APIRouter(tags=["events"])

# Whatever process did it, watchers hear of it within two of these, and a little.
LOOK_EVERY_S: Final = 0.5
PING_EVERY_S: Final = 15
# Then the watcher comes again, and is asked again whether they may.
MOST_S: Final = 600

_EXAMPLE: Final = (
    'event: run.progress\ndata: {"run":"run_0192","number":2,"state":"running","phase":"reading","n_read":5,'
    '"n_transcripts":12}\n\nevent: jobmap.changed\ndata: {"run":"run_0192","number":2,"revision":"9c01d2e45f6a"}\n\n'
)


@router.get(
    "/studies/{study_id}/events",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "Events until the watcher leaves, or for ten minutes",
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        }
    },
)
async def watch_study(
    study_id: str,
    request: Request,
    caller: Annotated[Caller, may(Act.READ)],
    last: Annotated[str | None, Header(alias="Last-Event-ID", description="Go on after this event.")] = None,
) -> EventSourceResponse:
    """What goes on in a study: `run.progress`, `run.completed`, `transcript.added`, `transcript.erased` and
    `jobmap.changed`, each with ids and counts.

    First comes what a watcher must know to begin with: runs that are open, and the revision of the job map. Who comes
    again with `Last-Event-ID`, as browsers do by themselves, hears what happened meanwhile.
    """
    watch: Watch = request.app.state.watch
    before = None if last is None else Pulse.unpacked(last)
    stopping = anyio.Event()
    return EventSourceResponse(
        _events(watch, study_id, before, viewer=caller.name, stopping=stopping),
        ping=PING_EVERY_S,
        headers={"X-Accel-Buffering": "no"},
        shutdown_event=stopping,
        shutdown_grace_period=4 * LOOK_EVERY_S,
    )


async def _events(
    watch: Watch, study_id: str, before: Pulse | None, *, viewer: str, stopping: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
    begun, revision = time.monotonic(), None
    while time.monotonic() - begun < MOST_S and not stopping.is_set():
        try:
            now = await to_thread.run_sync(watch.look, study_id)
            found = await to_thread.run_sync(partial(watch.tell, study_id, before, now, viewer=viewer))
        except NotFoundError:
            return
        except StoreError:  # busy or away for a moment
            await anyio.sleep(LOOK_EVERY_S)
            continue
        for one in found:
            if one.event == MAP_CHANGED:
                if one.about["revision"] == revision is not None:
                    continue
                revision = one.about["revision"]
            content = json.dumps(one.about, separators=(",", ":"))
            yield ServerSentEvent(content, event=one.event, id=now.packed())
        before = now
        await anyio.sleep(LOOK_EVERY_S)
