"""Which events come of what people decide: written to the outbox in the transaction that stores the decision."""

from __future__ import annotations

from collections.abc import Collection

from api.store import outbox
from api.store.database import Session, Stamp
from jtbd_nlp.review import MapStep, ReviewState


def tell_decided(
    session: Session,
    study_id: str,
    decision_id: str,
    run_id: str,
    *,
    before: ReviewState,
    after: ReviewState,
    changed: Collection[str],
    stamp: Stamp,
) -> None:
    """Tell that the map changed, and of each step and need that is approved now and was not before.

    Args:
        run_id: the run whose map it is.
        changed: ids of the entries that are not what they were.
    """
    was_approved = {entry.id for entry in before.entries if entry.is_approved}
    about = {"run": run_id, "decision": decision_id}
    for entry in after.entries:
        if entry.id in changed and entry.is_approved and entry.id not in was_approved:
            kind: outbox.EventKind = "step.approved" if isinstance(entry, MapStep) else "need.approved"
            outbox.add(session, study_id, kind, {**about, "entry": entry.id, "revision": entry.revision}, stamp)
    outbox.add(session, study_id, "jobmap.changed", {**about, "n_entries": len(changed)}, stamp)
