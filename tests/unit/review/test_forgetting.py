"""What an erasure takes from a map, told beforehand; and what remains of the state a map began with."""

from __future__ import annotations

from dataclasses import replace

from jtbd_nlp.forgetting import Forgotten, without
from jtbd_nlp.review import AddComment, AddStep, Approve, EntryState, Review, fold
from jtbd_nlp.review.forgetting import Oblivion, forget, tell_loss
from tests.reviewed_study import DEEDS, a_place, a_run, an_interview, made

P1 = an_interview("p1")
P2 = an_interview("p2", deeds=DEEDS[:3])
RUN = a_run(P1, P2, n_steps=6)
STEPS = [s.id for s in RUN.steps]
NEED, OTHER_NEED = (n.id for n in RUN.needs)
OF_P1 = Forgotten(transcripts=frozenset({"p1"}))


def test_the_loss_tells_what_stays_without_support_what_weakens_and_what_goes() -> None:
    job_map = fold(RUN, [made(Approve, 1, entry=STEPS[0]), made(Approve, 2, entry=STEPS[5])])
    loss = tell_loss(job_map, OF_P1)
    assert (loss.lost_support, loss.weakened) == ((STEPS[5],), (STEPS[0],))
    assert set(loss.gone) == {STEPS[3], STEPS[4]}
    assert loss.n_statements == sum(s.evidence.transcript == "p1" for s in RUN.statements)
    nothing = tell_loss(job_map, Forgotten())
    assert (nothing.n_statements, nothing.lost_support, nothing.weakened, nothing.gone) == (0, (), (), ())


def test_a_state_keeps_what_was_decided_on_and_forgets_the_rest_of_the_erased() -> None:
    review = Review.start(RUN).read(
        [
            made(AddStep, 1, phrase="warm up", stage="plan", evidence=(a_place(P1), a_place(P2))),
            made(AddComment, 2, entry=None, text="as p1 says"),
        ]
    )
    gone = frozenset(s.id for s in RUN.statements if s.evidence.transcript == "p1")
    after = without(RUN, OF_P1, {"p2": P2})
    what = Oblivion(
        forgotten=OF_P1, mask=lambda text: text.replace("p1", "██"), gone=gone, decided={STEPS[4], OTHER_NEED}
    )
    state = forget(review.state, after, what)
    by_hand = next(s for s in state.steps.values() if s.origin == "added")
    assert set(state.steps) == {*STEPS[:3], STEPS[4], by_hand.id}
    assert state.steps[STEPS[4]].members == ()
    assert len(by_hand.members) == len(state.chosen) == 1
    assert [c.text for c in state.comments] == ["as ██ says"]
    assert all(gone.isdisjoint(e.members) for e in state.entries)
    shown = Review.start(after, state=state).job_map()
    assert {e.id for e in shown.entries if e.state is EntryState.LOST_SUPPORT} == {STEPS[4]}


def test_places_in_a_masked_transcript_follow_its_new_hash() -> None:
    added = made(AddStep, 1, phrase="warm up", stage="plan", evidence=(a_place(P2),))
    state = Review.start(RUN).read([added]).state
    masked = replace(P2, title="█")
    what = Oblivion(forgotten=Forgotten(), mask=str, hashes={P2.sha256: masked.sha256})
    after = replace(RUN, transcripts=(P1, masked))
    job_map = Review.start(after, state=forget(state, after, what)).job_map()
    assert [s.state for s in job_map.steps if s.origin == "added"] == [EntryState.APPROVED]
