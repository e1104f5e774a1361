"""Who interviews, who takes part, who stands aside."""

from __future__ import annotations

import pytest

from jtbd_nlp.domain import Role, Transcript
from jtbd_nlp.readers import read_bytes
from jtbd_nlp.readers.roles import Utterance, asks, assign_roles, correct_roles

INTERVIEWER, PARTICIPANT, OTHER = Role.INTERVIEWER, Role.PARTICIPANT, Role.OTHER
ANSWER = "I take the bus most days, and when it is late I walk to the next stop and I call my boss."


def _roles(*said: tuple[str | None, str]) -> dict[str, Role]:
    named, _ = assign_roles([Utterance(who, text) for who, text in said])
    return dict(named)


def test_who_asks_interviews_whatever_the_names() -> None:
    assert _roles(("X", "How do you get there?"), ("Y", ANSWER), ("X", "And then, what do you do?"), ("Y", ANSWER)) == {
        "X": INTERVIEWER,
        "Y": PARTICIPANT,
    }


def test_the_participant_may_speak_first() -> None:
    assert _roles(("Y", ANSWER), ("X", "How do you get there?"), ("Y", ANSWER), ("X", "What do you do?")) == {
        "Y": PARTICIPANT,
        "X": INTERVIEWER,
    }


def test_a_role_word_outweighs_a_participant_who_asks() -> None:
    roles = _roles(
        ("Host", "I like that."),
        ("Guest", f"{ANSWER} Right?"),
        ("Host", "I see."),
        ("Guest", f"{ANSWER} What do you think?"),
    )
    assert roles == {"Guest": PARTICIPANT, "Host": INTERVIEWER}


def test_two_researchers_by_name_are_told_apart_by_their_questions() -> None:
    roles = _roles(
        ("Researcher 1", "How do you work?"),
        ("Researcher 2", ANSWER),
        ("Researcher 1", "And then?"),
        ("Researcher 2", ANSWER),
    )
    assert roles == {"Researcher 1": INTERVIEWER, "Researcher 2": PARTICIPANT}


def test_two_hosts_interview_one_guest() -> None:
    roles = _roles(
        ("Ann", "Welcome to the show! How do you start your day?"),
        ("Tom", ANSWER),
        ("Eva", "Can you tell us more about what you do then?"),
        ("Tom", ANSWER),
        ("Ann", "What would you change?"),
        ("Tom", ANSWER),
    )
    assert roles == {"Ann": INTERVIEWER, "Eva": INTERVIEWER, "Tom": PARTICIPANT}


def test_a_focus_group_has_many_participants() -> None:
    roles = _roles(
        ("Moderator", "What do you use?"),
        ("P1", ANSWER),
        ("P2", ANSWER),
        ("P3", ANSWER),
        ("Moderator", "Why?"),
        ("P2", "I like it."),
    )
    assert roles == {"Moderator": INTERVIEWER, "P1": PARTICIPANT, "P2": PARTICIPANT, "P3": PARTICIPANT}


def test_where_nobody_asks_all_take_part() -> None:
    utterances = [Utterance(who, ANSWER) for who in ("Ann", "Tom", "Eva", "Ann")]
    named, warnings = assign_roles(utterances)
    assert {role for _, role in named} == {PARTICIPANT}
    assert any("nobody seems to ask" in w for w in warnings)


@pytest.mark.parametrize("label", ["Technician", "Observer", "Narrator", "Transcriber", "Sponsor", "Note-taker"])
def test_third_parties_by_role_word_stand_aside(label: str) -> None:
    assert (
        _roles(
            ("Ann", "How do you do it?"), ("Tom", ANSWER), (label, "Sound is fine."), ("Ann", "Why?"), ("Tom", ANSWER)
        )[label]
        is OTHER
    )


def test_somebody_who_only_says_goodbye_stands_aside() -> None:
    talk = [("MEL", "How do you do it, and what would you change?"), ("DON", ANSWER * 3)] * 10
    assert _roles(*talk, ("MIRA", "My pleasure!"))["MIRA"] is OTHER


def test_one_speaker_alone_is_a_participant() -> None:
    assert _roles(("Ann", ANSWER), ("Ann", "Why do I do that?")) == {"Ann": PARTICIPANT}


def test_roles_the_file_states_are_kept() -> None:
    named, _ = assign_roles(
        [Utterance("X", "How do you do it?", PARTICIPANT), Utterance("Y", ANSWER, INTERVIEWER), Utterance("Z", ANSWER)]
    )
    assert dict(named) == {"X": PARTICIPANT, "Y": INTERVIEWER, "Z": PARTICIPANT}


def test_unlabelled_dialogue_is_guessed_turn_by_turn_and_said_so() -> None:
    said = [
        "How do you get there?",
        ANSWER,
        "And what do you do then?",
        ANSWER,
        "This show is brought to you by a bank.",
    ]
    named, warnings = assign_roles([Utterance(None, text) for text in said])
    assert named == [
        ("Speaker 1", INTERVIEWER),
        ("Speaker 2", PARTICIPANT),
        ("Speaker 1", INTERVIEWER),
        ("Speaker 2", PARTICIPANT),
        ("Speaker 3", OTHER),
    ]
    assert any("guessed" in w for w in warnings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("And what did you do then?", True),
        ("So, what is it?", True),
        ("I was tired. You know?", True),
        ("Why me? I never knew.", False),
        ("How do I call the web?", False),
        ("I went home.", False),
        ("", False),
    ],
)
def test_a_turn_asks_if_it_ends_by_asking_somebody(text: str, expected: bool) -> None:
    assert asks(text) is expected


def _transcript() -> Transcript:
    (transcript,) = read_bytes(b"Ann: Why?\nBob: So.\nAnn: Oh?\nBob: Yes.", name="p1.txt")
    return transcript


def test_roles_can_be_corrected() -> None:
    before = _transcript()
    after = correct_roles(before, {"Ann": PARTICIPANT, "Bob": INTERVIEWER})
    assert after.participants == ("Ann",)
    assert [t.text for t in after.turns] == [t.text for t in before.turns]
    assert after.sha256 != before.sha256


def test_correcting_an_unknown_speaker_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="'Eve'"):
        correct_roles(_transcript(), {"Eve": PARTICIPANT})
