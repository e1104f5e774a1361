"""Blind reviews: nobody sees what others decide until it is revealed; what all agree on is adopted, the rest shown."""

from __future__ import annotations

import pytest

from api.services import reviews
from api.store.database import Database, Stamp
from api.store.errors import NotFoundError
from jtbd_nlp.errors import ReviewError
from tests.api.store.conftest import later
from tests.kept_review import NAME, keep_review
from tests.reviewed_study import an_interview

P1, P2 = an_interview("p1"), an_interview("p2")


def decide(database: Database, stamp: Stamp, by: str, **body: object) -> reviews.Decided:
    return reviews.decide(database, NAME, body, later(stamp, by=by))


def wordings(database: Database, viewer: str | None) -> list[str]:
    return [s.wording for s in reviews.job_map(database, NAME, viewer=viewer).steps]


def test_in_a_blind_review_each_analyst_sees_only_what_they_decided(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    first, second, third = (s.id for s in reviews.job_map(database, NAME).steps)
    decide(database, stamp, "ana", kind="edit", entry=third, text="before")
    reviews.begin_blind(database, NAME, stamp)
    revision = reviews.revision(database, NAME)
    decide(database, stamp, "ana", kind="edit", entry=first, text="ana's")
    decide(database, stamp, "ben", kind="edit", entry=first, text="ben's")
    decide(database, stamp, "ben", kind="reject", entry=second)
    assert wordings(database, "ana") == ["ana's", "do deed 1", "before"]
    assert wordings(database, "ben") == ["ben's", "do deed 1", "before"]
    assert wordings(database, "eve") == wordings(database, None) == ["do deed 0", "do deed 1", "before"]
    assert reviews.revision(database, NAME) == revision
    assert [d.by for d in reviews.decision_log(database, NAME)] == ["ana"]
    assert reviews.undo(database, NAME, later(stamp, by="ana")).job_map.entry(first).wording == "do deed 0"


def test_while_it_is_open_nothing_is_told_and_no_other_begins(database: Database, stamp: Stamp) -> None:
    kept = keep_review(database, stamp, [P1])
    run = reviews.begin_blind(database, NAME, stamp)
    decide(database, stamp, "ben", kind="approve", entry=reviews.job_map(database, NAME).steps[0].id)
    with pytest.raises(ReviewError):
        reviews.agreement(database, NAME)
    with pytest.raises(ReviewError):
        reviews.begin_blind(database, NAME, stamp)
    outcome = reviews.blind_outcome(database, NAME)
    assert (outcome.is_open, outcome.analysts, outcome.disputed) == (True, ("ben",), ())
    kept.run()
    assert reviews.reviewed(database, NAME).run_id == run


def test_what_all_agree_on_is_adopted_and_the_rest_is_left_to_settle(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    first, second, third = (s.id for s in reviews.job_map(database, NAME).steps)
    need, other = (n.id for n in reviews.job_map(database, NAME).needs)
    reviews.begin_blind(database, NAME, stamp)
    for by in ("ana", "ben"):
        decide(database, stamp, by, kind="edit", entry=first, text="look it up")
        decide(database, stamp, by, kind="move_step", step=first, stage="assess")
        decide(database, stamp, by, kind="reject", entry=need)
        decide(database, stamp, by, kind="edit", entry=second, text=f"{by}'s words")
    decide(database, stamp, "ana", kind="approve", entry=third)
    outcome = reviews.reveal(database, NAME, later(stamp, by="cas"))
    assert [c.entry for c in outcome.agreed] == [first, need]
    assert [(c.entry, sorted(c.verdicts)) for c in outcome.disputed] == [(second, ["ana", "ben"]), (third, ["ana"])]
    now = reviews.job_map(database, NAME)
    assert (now.entry(first).wording, now.state.steps[first].stage) == ("look it up", "assess")
    assert [now.entry(e).review.value for e in (need, second, other)] == ["rejected", "suggested", "suggested"]
    assert {d.by for d in reviews.decision_log(database, NAME)} == {"cas"}
    decide(database, stamp, "ben", kind="edit", entry=second, text="ben's words")
    assert [c.entry for c in reviews.blind_outcome(database, NAME).disputed] == [third]


def test_what_all_merge_and_split_alike_is_so_on_the_map_of_all(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    steps = reviews.job_map(database, NAME).steps
    first, second, third = (s.id for s in steps)
    need = reviews.job_map(database, NAME).needs[0].id
    decide(database, stamp, "cas", kind="move_need", need=need, step=third)
    reviews.begin_blind(database, NAME, stamp)
    for by in ("ana", "ben"):
        decide(database, stamp, by, kind="merge", into=second, entries=[first])
        decide(database, stamp, by, kind="edit", entry=second, text="look it up and go")
        part = {"step": third, "statements": list(steps[2].statements[:1]), "phrase": "wait", "needs": [need]}
        decide(database, stamp, by, kind="split", **part)
        decide(database, stamp, by, kind="approve", entry=third)
    outcome = reviews.reveal(database, NAME, later(stamp, by="cas"))
    assert [c.entry for c in outcome.agreed[:4]] == [first, second, third, need]
    assert outcome.disputed == ()
    now = reviews.job_map(database, NAME)
    assert [s.wording for s in now.steps] == ["look it up and go", "do deed 2", "wait"]
    assert set(now.entry(second).statements) == {*steps[0].statements, *steps[1].statements}
    assert [s.statements for s in now.steps[1:]] == [steps[2].statements[1:], steps[2].statements[:1]]
    assert [s.review.value for s in now.steps] == ["edited", "approved", "approved"]
    assert now.state.needs[need].step == now.steps[2].id
    assert [rule.rule.kind for rule in reviews.rules(database, NAME)] == ["must link", "cannot link"]


def test_agreement_is_measured_on_the_sheets_of_a_blind_review(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    first, second, _ = (s.id for s in reviews.job_map(database, NAME).steps)
    reviews.begin_blind(database, NAME, stamp)
    for by in ("ana", "ben"):
        decide(database, stamp, by, kind="approve", entry=first)
        decide(database, stamp, by, kind="reject", entry=second)
    reviews.reveal(database, NAME, later(stamp, by="cas"))
    found = reviews.agreement(database, NAME)
    assert found.analysts == ("ana", "ben")
    assert found.codes["ana"] == {first: "understand", second: "rejected"}
    assert (found.between_analysts["all"].alpha, found.between_analysts["all"].n_steps) == (1.0, 2)
    with_machine = found.with_machine["all"].alpha
    assert with_machine is not None
    assert with_machine < 1


def test_without_a_blind_review_each_analysts_decisions_are_taken_apart(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1, P2])
    first, *_ = (s.id for s in reviews.job_map(database, NAME).steps)
    need, _ = (n.id for n in reviews.job_map(database, NAME).needs)
    decide(database, stamp, "ana", kind="edit", entry=first, text="one")
    decide(database, stamp, "ben", kind="move_step", step=first, stage="plan")
    decide(database, stamp, "ben", kind="move_need", need=need, step=None)
    found = reviews.agreement(database, NAME)
    assert found.codes == {"ana": {first: "understand"}, "ben": {first: "plan"}}
    assert found.needs.codes == {"ana": {}, "ben": {need: "no step"}}


def test_there_is_nothing_to_reveal_without_a_blind_review(database: Database, stamp: Stamp) -> None:
    keep_review(database, stamp, [P1])
    with pytest.raises(NotFoundError):
        reviews.reveal(database, NAME, stamp)
    with pytest.raises(NotFoundError):
        reviews.blind_outcome(database, NAME)
