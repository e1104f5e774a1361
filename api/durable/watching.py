"""What workers do about each other and about what people ask for: take up, take over, call off, clear away.

Every worker looks every second or so. What it does may be done by several at once: all of it is told from what the
store and DBOS hold, and done under their locks.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbos import DBOS, SetWorkflowID
from dbos import WorkflowStatus as Status

from api.durable import tasks
from api.durable.workflows import RUNS, UNENDED, Analyse, Hands, workflow_id
from api.store import runs, workers
from api.store.database import Stamp
from api.store.runs import Attempt


def look_around(hands: Hands, analyse: Analyse, version: str) -> None:
    """Take up runs that are queued, take over from the dead, and clear away what is over."""
    with hands.database.reading() as session:
        unfinished = runs.unfinished(session)
        living = workers.alive(session, hands.pace.lease_s)
    take_over({worker.id for worker in living})
    leading = {s.workflow_id: s for s in _statuses(name="analyse")}
    for attempt in unfinished:
        _attend(hands, analyse, attempt, leading.get(workflow_id(attempt.run_id, attempt.attempt)), version, living)
    wanted = {workflow_id(a.run_id, a.attempt) for a in unfinished}
    _clear(hands, [s for s in leading.values() if s.workflow_id not in wanted])


def take_over(living: set[str]) -> None:
    """Queue again what dead workers were at; the living take it up where it stopped.

    DBOS does that for a worker that comes back under its name, and leaves it to others for one that does not.
    """
    dead = {s.executor_id for s in _statuses(status=["PENDING"])} - living
    if dead:
        # Within a condition on the row: of several workers that do so at once, and of one that does it too late, only
        # the first has an effect. `resume_workflow`, its public brother, has no such condition.
        DBOS._recover_pending_workflows([executor for executor in dead if executor])


def _attend(
    hands: Hands,
    analyse: Analyse,
    attempt: Attempt,
    status: Status | None,
    version: str,
    living: Iterable[workers.Worker],
) -> None:
    """See to it that somebody works on a run."""
    if status is None:
        with SetWorkflowID(workflow_id(attempt.run_id, attempt.attempt)):
            DBOS.enqueue_workflow(RUNS, analyse, attempt.run_id, attempt.attempt)
    elif status.status in ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"):
        # It may have come to its end between the two looks; `fail` looks again, as does `_requeue`.
        tasks.fail(hands.database, attempt.run_id, attempt.attempt, f"the workers gave it up ({status.status.lower()})")
    elif status.status not in UNENDED:
        _requeue(hands, attempt, "the studies were restored from a backup")
    elif status.app_version not in {version, *(worker.version for worker in living)}:
        _requeue(hands, attempt, "taken over from a worker of another version")


def _requeue(hands: Hands, attempt: Attempt, reason: str) -> None:
    with hands.database.writing() as session:
        if runs.find_attempt(session, attempt.run_id, attempt.attempt, lock=True) is not None:
            runs.requeue(session, attempt.run_id, Stamp.now(tasks.BY), reason=reason)


def _clear(hands: Hands, over: Iterable[Status]) -> None:
    """Call off what is left of attempts that are not wanted any more, and forget them."""
    for status in over:
        run_id = status.workflow_id.rpartition(".")[0]
        unended = _statuses(workflow_id_prefix=f"{status.workflow_id}.", status=list(UNENDED))
        unended += [status] if status.status in UNENDED else []
        if unended:
            DBOS.cancel_workflows([s.workflow_id for s in unended])
            hands.process.interrupt({run_id})
        else:
            DBOS.delete_workflows([status.workflow_id], delete_children=True)


def _statuses(**wanted: object) -> list[Status]:
    return DBOS.list_workflows(load_input=False, load_output=False, **wanted)  # type: ignore[arg-type]  # passed on
