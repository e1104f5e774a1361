"""What remains of transcripts and analyses when somebody is to be forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtbd_nlp.domain import Role
from jtbd_nlp.forgetting import MASK, Forgotten, mask_names, names_in, without, without_people
from jtbd_nlp.quoting import check_quotes
from tests.builders import a_transcript
from tests.rich_study import rich_analysis


@pytest.mark.parametrize(
    ("speaker", "names"),
    [
        ("Maria Lopez", ("Maria Lopez", "Lopez", "Maria")),
        ("Ms. Ito", ("Ms. Ito", "Ito")),
        ("千恵さん", ("千恵さん",)),
        ("Speaker 2", ()),
        ("P7", ()),
        ("Al", ()),
    ],
)
def test_a_speaker_is_called_by_the_whole_name_and_its_parts(speaker: str, names: tuple[str, ...]) -> None:
    assert names_in(speaker) == names


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("As Maria said,", "As █████ said,"),
        ("Maria's list", "█████'s list"),
        ("Marian said", "Marian said"),
        ("maria said", "maria said"),
    ],
)
def test_names_are_masked_as_whole_words_and_as_they_are_written(text: str, masked: str) -> None:
    assert mask_names(text, ["Maria"]) == masked


@given(st.text(), st.lists(st.text(min_size=1), max_size=4))
def test_masking_changes_no_length(text: str, names: list[str]) -> None:
    assert len(mask_names(text, names)) == len(text)


def test_a_forgotten_speaker_says_nothing_and_is_no_participant() -> None:
    talk = a_transcript(("Moderator", "Eva, how?"), ("Eva", "I walk."), ("Tom", "Eva walks, I drive."))
    after = without_people(talk, ["Eva"])
    assert [(t.speaker, t.role, t.text) for t in after.turns] == [
        ("Moderator", Role.INTERVIEWER, "███, how?"),
        (MASK, Role.OTHER, "███████"),
        ("Tom", Role.PARTICIPANT, "███ walks, I drive."),
    ]
    assert after.participants == ("Tom",)


@pytest.mark.parametrize("name", [t.id for t in rich_analysis().transcripts])
def test_an_analysis_without_one_transcript_holds_together_and_does_not_name_it(name: str) -> None:
    rich = rich_analysis()
    remaining = {t.id: t for t in rich.transcripts if t.id != name}
    after = without(rich, Forgotten(transcripts=frozenset({name})), remaining)
    check_quotes(after)
    assert set(after.statement_steps) == {s.id for s in rich.statements if s.evidence.transcript != name}
    assert set(after.coverage.by_transcript) == set(remaining)
    assert f"'{name}'" not in repr(after)
    assert {s.id for s in after.steps} <= {s.id for s in rich.steps}
    assert all(step.statements for step in after.steps)


def test_without_everybody_nothing_is_proposed() -> None:
    rich = rich_analysis()
    after = without(rich, Forgotten(transcripts=frozenset(t.id for t in rich.transcripts)), {})
    assert (after.transcripts, after.statements, after.steps, after.needs) == ((), (), (), ())
    assert {stage.status for stage in after.stages} == {"missing"}


def test_forgetting_nobody_changes_no_proposal() -> None:
    rich = rich_analysis()
    after = without(rich, Forgotten(), {t.id: t for t in rich.transcripts})
    assert (after.statements, [s.phrase for s in after.steps]) == (rich.statements, [s.phrase for s in rich.steps])
