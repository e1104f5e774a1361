"""Nothing in an advert is taken for what a participant does, although the voice is taken for theirs."""

from __future__ import annotations

import pytest

from jtbd_nlp.config import Settings
from jtbd_nlp.domain import Study
from jtbd_nlp.engine import load_engine
from jtbd_nlp.pipeline import analyze
from tests.builders import a_transcript

pytestmark = pytest.mark.model

ADVERT = (
    "This portion of Bread Talk is brought to you by Crumbly. They find broken ovens and report errors in minutes. "
    "Go to crumbly.com and order a sensor."
)


def test_an_advert_gives_no_statement_and_the_talk_around_it_does() -> None:
    talk = ("How do you start?", f"I check the oven before I load the trays. {ADVERT} I weigh the flour twice.")
    study = Study(name="bread", job="bake the bread for the day", executor="baker")
    analysis = analyze([a_transcript(*talk)], study=study, settings=Settings(), engine=load_engine())
    quotes = " | ".join(s.evidence.quote for s in analysis.statements)
    assert "check the oven" in quotes
    assert "weigh the flour" in quotes
    assert not any(words in quotes for words in ("report errors", "find broken", "order a sensor"))
