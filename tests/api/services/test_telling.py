"""What is decided and what runs end is told to other programs, together with the change or not at all."""

from __future__ import annotations

import pytest

from api.services import reviews
from api.store import outbox
from api.store.database import Database, Stamp
from jtbd_nlp.errors import DecisionNotAllowedError
from tests.api.store.conftest import later
from tests.kept_review import NAME, KeptReview, keep_review
from tests.reviewed_study import an_interview


@pytest.fixture
def kept(database: Database, stamp: Stamp) -> KeptReview:
    return keep_review(database, stamp, [an_interview("p1"), an_interview("p2")])


def events(kept: KeptReview) -> list[outbox.Event]:
    with kept.database.reading() as session:
        return list(outbox.events(session, kept.study))


def test_a_run_that_is_done_is_told_with_its_numbers(kept: KeptReview) -> None:
    done, changed = events(kept)
    assert (done.kind, changed.kind) == ("run.completed", "jobmap.changed")
    assert (done.about["number"], done.about["n_transcripts"], done.about["run"]) == (1, 2, changed.about["run"])


def test_approving_is_told_once_and_by_id(kept: KeptReview, stamp: Stamp) -> None:
    step = reviews.job_map(kept.database, NAME).steps[0]
    body = {"kind": "approve", "entry": step.id, "seen": {step.id: step.revision}}
    decided = reviews.decide(kept.database, NAME, body, later(stamp))
    approved, changed = events(kept)[2:]
    assert (approved.kind, approved.about["entry"]) == ("step.approved", step.id)
    assert (changed.kind, changed.about["decision"]) == ("jobmap.changed", decided.decision.id)
    comment = {"kind": "comment", "entry": step.id, "text": "see p1"}
    reviews.decide(kept.database, NAME, comment, later(stamp, 2))
    assert [event.kind for event in events(kept)[4:]] == ["jobmap.changed"]
    assert not any("see p1" in str(event.about) for event in events(kept))


def test_a_decision_that_is_refused_tells_nobody(kept: KeptReview, stamp: Stamp) -> None:
    before = events(kept)
    step = reviews.job_map(kept.database, NAME).steps[0]
    with pytest.raises(DecisionNotAllowedError):
        reviews.decide(
            kept.database, NAME, {"kind": "approve", "entry": step.id, "seen": {step.id: "old"}}, later(stamp)
        )
    assert events(kept) == before


def test_a_blind_sheet_tells_nobody(kept: KeptReview, stamp: Stamp) -> None:
    reviews.begin_blind(kept.database, NAME, later(stamp))
    before = events(kept)
    step = reviews.job_map(kept.database, NAME, viewer=stamp.by).steps[0]
    body = {"kind": "approve", "entry": step.id, "seen": {step.id: step.revision}}
    reviews.decide(kept.database, NAME, body, later(stamp, 2))
    assert events(kept) == before
