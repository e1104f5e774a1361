"""Labels and proposals side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jtbd_nlp.domain import Role
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.scorecard.sides import lay_side_by_side
from tests.scored_study import ANN, BEN, a_document, a_study, figures_of


def text_of(transcript_id: str, turn: int, start: int, end: int) -> str:
    return {"ann": ANN, "ben": BEN}[transcript_id].turns[turn].text[start:end]


def test_every_label_and_every_proposal_is_in_one_pair_as_it_fits() -> None:
    pairs = lay_side_by_side(a_study(), a_document()).pairs
    found = [(text_of(*pair.place), pair.kind, pair.fit, pair.across) for pair in pairs]
    assert found == [
        ("plan the route", "action", "matched", ""),
        ("check the traffic", "action", "matched", ""),
        ("leave early", "action", "missed", ""),
        ("drink a coffee", "action", "invented", ""),
        ("plan the trip at home", "action", "edges", ""),
        ("check the clock", "action", "matched", ""),
        ("look at the map twice", "action", "matched", ""),
        ("tip the driver", "action", "invented", ""),
        ("takes ages to park", "need", "missed", ""),
        ("tip the driver", "need", "invented", ""),
    ]


def test_matches_are_those_of_the_figures() -> None:
    study, document = a_study(), a_document()
    figures, sides = figures_of(study, document), lay_side_by_side(study, document)
    for kind in ("action", "need"):
        n_matched = sum(pair.fit == "matched" for pair in sides.of_kind(kind))
        assert n_matched == round(figures[f"{kind}.span_recall"] * figures[f"{kind}.gold"])
        assert n_matched == round(figures[f"{kind}.span_precision"] * figures[f"{kind}.predicted"])


def test_what_lies_over_the_same_words_on_the_other_side_is_told() -> None:
    study = a_study()
    as_need = [
        replace(label, kind="need") if label.text == "check the clock" else label for label in study.labels["ben"]
    ]
    sides = lay_side_by_side(replace(study, labels={**study.labels, "ben": tuple(as_need)}), a_document())
    across = {(p.fit, p.kind): p.across for p in sides.pairs if text_of(*p.place) == "check the clock"}
    assert across == {("invented", "action"): "need", ("missed", "need"): "action"}


def test_what_an_interviewer_says_is_on_neither_side() -> None:
    study = a_study()
    turned = tuple(replace(t, role=Role.INTERVIEWER) for t in BEN.turns)
    ben = replace(BEN, turns=turned)
    document = a_document()
    document["manifest"] = {"inputs": [{"transcript": t.id, "sha256": t.sha256} for t in (ANN, ben)]}
    sides = lay_side_by_side(replace(study, transcripts=(ANN, ben)), document)
    assert {pair.transcript for pair in sides.pairs} == {"ann"}


@pytest.mark.parametrize(
    ("inputs", "fault"),
    [
        ([{"transcript": "ann", "sha256": ANN.sha256}], "arrive: the analysis has read nothing of ben"),
        (
            [{"transcript": "ann", "sha256": "0" * 64}, {"transcript": "ben", "sha256": BEN.sha256}],
            "arrive: the analysis has read another version of ann",
        ),
    ],
)
def test_an_analysis_of_other_interviews_is_refused(inputs: list[dict[str, str]], fault: str) -> None:
    with pytest.raises(AnalysisError, match=fault):
        lay_side_by_side(a_study(), a_document() | {"manifest": {"inputs": inputs}})
