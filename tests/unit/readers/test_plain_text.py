"""Plain text to drafts: labels of every kind, timed lines, hard wraps, and no labels at all."""

from __future__ import annotations

import pytest

from jtbd_nlp.domain import Kind, Role, Transcript
from jtbd_nlp.errors import MalformedTranscriptError, TooLargeError
from jtbd_nlp.readers import read_bytes
from jtbd_nlp.readers.plain_text import CREDIT_SPEAKER, recognises


def _read(text: str, name: str = "p1.txt", kind: Kind | None = None) -> Transcript:
    (transcript,) = read_bytes(text.encode(), name=name, kind=kind)
    return transcript


def _said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(t.speaker, t.text) for t in transcript.turns]


TALK = [("Ann", "How do you cook rice?"), ("Bob", "I boil water."), ("Ann", "And then?"), ("Bob", "I wait.")]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{who}: {words}" for who, words in TALK),
        "\n\n".join(f"{who}: {words}" for who, words in TALK),
        "\n".join(f"{who}:\t{words}" for who, words in TALK),
        "\n".join(f"{who}:\n{words}\n" for who, words in TALK),
        "\n".join(f"{who}  0:0{i}\n{words}\n" for i, (who, words) in enumerate(TALK)),
        "\n".join(f"{who}  \n{words}\n" for who, words in TALK),
        "\n\n".join(f"{who}\n\n{words}" for who, words in TALK),
        "\n".join(f"{who} (00:0{i}):\n{words}\n" for i, (who, words) in enumerate(TALK)),
        "\n".join(f"[00:00:0{i}] {who}: {words}" for i, (who, words) in enumerate(TALK)),
        "\n".join(f"00:00:0{i}\n{who}: {words}\n" for i, (who, words) in enumerate(TALK)),
        "\n".join(f"{i}. {who}: {words}" for i, (who, words) in enumerate(TALK, 1)),
        "\n".join(f"[{who}] {words}" for who, words in TALK),
        "\n".join(f"<{who}> {words}" for who, words in TALK),
        "\n".join(f"12/03/2024, 14:0{i} - {who}: {words}" for i, (who, words) in enumerate(TALK)),
        "\n".join(f"**{who}:** {words}" for who, words in TALK),
        "\n\n".join(f"**{who}**: {words}" for who, words in TALK),
        "\n\n".join(f"*{who} (0:00:0{i})*: {words}" for i, (who, words) in enumerate(TALK)),
        "\n\n".join(f"### {who}\n\n{words}" for who, words in TALK),
    ],
)
def test_every_way_of_labelling_gives_the_same_turns(text: str) -> None:
    transcript = _read(text)
    assert _said(transcript) == TALK
    assert [t.role for t in transcript.turns] == [Role.INTERVIEWER, Role.PARTICIPANT] * 2


def test_times_beside_labels_are_kept() -> None:
    transcript = _read("Ann  0:05\nWhy?\n\nBob  1:02:03\nBecause.\n\nAnn  1:02:09\nOh?\n")
    assert [t.start for t in transcript.turns] == [5.0, 3723.0, 3729.0]
    assert transcript.format == "otter-txt"


def test_a_colon_inside_a_sentence_starts_no_turn() -> None:
    transcript = _read(
        "Ann: Here is the thing: why?\nBob: Two reasons.\nFirst: it is near.\nAnn: So?\nBob: Note: it is cheap.\n"
    )
    assert _said(transcript)[1] == ("Bob", "Two reasons.\nFirst: it is near.")
    assert _said(transcript)[3] == ("Bob", "Note: it is cheap.")


def test_hard_wrapped_lines_are_joined_with_spaces() -> None:
    text = (
        "ANN: I would like you to go back to the day on which you first thought about\n"
        "buying another mattress, and tell me where you were and who was with you, and\n"
        "what happened?\n\n"
        "BOB: We were in the bedroom and my wife said that her back hurt again, and so\n"
        "I said that we could look at what there is, some time during the week, maybe.\n\n"
        "ANN: And did\nyou?\n\nBOB: No.\n"
    )
    transcript = _read(text)
    assert all("\n" not in t.text for t in transcript.turns)
    assert transcript.turns[0].text.endswith("who was with you, and what happened?")


def test_paragraphs_and_bullets_of_a_turn_stay_apart() -> None:
    transcript = _read(
        "User: I do this:\n- open the file\n- read it\n\nThen I close it.\n\nAI: And why?\nUser: Habit.\n"
    )
    assert transcript.turns[0].text == "I do this:\nopen the file\nread it\nThen I close it."


def test_header_lines_are_left_out_and_said_so() -> None:
    text = (
        "Interview 4\nDate: 3 May\nInterviewer: Jane Doe\nParticipant: P4\n\n" + "Jane: I see.\nP4: Why is that?\n" * 3
    )
    transcript = _read(text)
    assert len(transcript.turns) == 6
    assert transcript.title == "Interview 4"
    assert any("4 lines before the first speaker" in w for w in transcript.warnings)
    assert {(t.speaker, t.role) for t in transcript.turns} == {("Jane", Role.INTERVIEWER), ("P4", Role.PARTICIPANT)}


def test_the_heading_that_names_the_interviewer_decides() -> None:
    heading = "Interview of March 5. Interviewer is Ann Lee and Eva N Poe.\n\n"
    talk = "Ann Lee: I see.\nTom Roe: Why? Do you know?\nEva Poe: Yes.\n" * 2
    roles = {t.speaker: t.role for t in _read(heading + talk).turns}
    assert roles == {"Ann Lee": Role.INTERVIEWER, "Eva Poe": Role.INTERVIEWER, "Tom Roe": Role.PARTICIPANT}


def test_initials_after_a_full_name_are_the_same_speaker() -> None:
    text = (
        "*Ann Lee (0:01)*: How do you start?\n\n*Tom Roe (0:05)*: I light the oven.\n\n"
        "*AL (0:09)*: And then?\n\n*TR (0:12)*: I bake.\n"
    )
    transcript = _read(text, "x.md")
    assert [t.speaker for t in transcript.turns] == ["Ann Lee", "Tom Roe", "Ann Lee", "Tom Roe"]
    assert any("'TR' and 'Tom Roe'" in w for w in transcript.warnings)


def test_automatic_credits_are_nobodys_words() -> None:
    transcript = _read("Ann: Why?\n\nBob: So.\n\nAnn: Oh?\n\nBob: Yes.\n\nTranscribed by https://example.org\n")
    assert (transcript.turns[-1].speaker, transcript.turns[-1].role) == (CREDIT_SPEAKER, Role.OTHER)
    assert transcript.turns[-2].text == "Yes."


def test_timed_lines_without_names_become_cues_and_turns() -> None:
    text = (
        "00:00:00 How do you get to work?\n\n00:00:03 I take the bus,\n\n00:00:05 most of the time.\n\n"
        "00:00:09 What do you do when it is late?\n\n00:00:12 I walk.\n"
    )
    transcript = _read(text)
    assert [(t.start, t.text) for t in transcript.turns] == [
        (0.0, "How do you get to work?"),
        (3.0, "I take the bus, most of the time."),
        (9.0, "What do you do when it is late?"),
        (12.0, "I walk."),
    ]
    assert [t.speaker for t in transcript.turns] == ["Speaker 1", "Speaker 2"] * 2
    assert any("guessed" in w for w in transcript.warnings)


def test_blank_lines_make_turns_where_nobody_is_named() -> None:
    transcript = _read(
        "How do you get there?\n\nI take the bus.\n\nAnd what do you do when it is late?\n\nI call my boss.\n"
    )
    assert [t.role.value for t in transcript.turns] == ["interviewer", "participant"] * 2
    assert any("guessed" in w for w in transcript.warnings)


def test_a_text_without_dialogue_is_one_participants() -> None:
    transcript = _read(
        "I get up at six.\n\nThen I make coffee, and I read.\n\nI go to work by bus. It takes an hour.\n"
    )
    assert transcript.participants == ("Speaker",)
    assert transcript.kind is Kind.INTERVIEW
    assert any("no dialogue" in w for w in transcript.warnings)


def test_speech_cut_into_lines_is_joined_again() -> None:
    lines = [
        "so I get up at",
        "six and make coffee.",
        "Then I read the",
        "news on my phone,",
        "and after that",
        "I go.",
        "It takes",
        "an hour.",
    ] * 2
    transcript = _read("\n".join(lines))
    assert transcript.turns[0].text.startswith("so I get up at six and make coffee. Then I read the news")


NOTES = (
    "P4 opens the app and looks for the total.\nShe cannot find it.\nThen she asks her colleague.\n"
    "He tells her to check the mail.\nP4 writes the number down.\nShe types it.\n"
)


def test_prose_about_people_is_notes() -> None:
    transcript = _read(NOTES)
    assert transcript.kind is Kind.NOTES
    assert [t.text for t in transcript.turns] == NOTES.strip().split("\n")


def test_the_users_word_on_the_kind_counts_before_the_guess() -> None:
    assert _read(NOTES, kind=Kind.INTERVIEW).kind is Kind.INTERVIEW
    assert _read("I get up.\n\nI go.\n", kind=Kind.NOTES).kind is Kind.NOTES


def test_json_is_no_plain_text() -> None:
    assert not recognises(b'{"a": 1}', name="a.txt")
    assert recognises(b"[laughs] So I said", name="a.txt")


def test_no_words_is_malformed() -> None:
    with pytest.raises(MalformedTranscriptError, match="no words"):
        _read("--- ... ---\n\n!!!\n")


def test_an_endless_line_is_refused() -> None:
    with pytest.raises(TooLargeError, match="line 1 has"):
        _read("a " * 600_000)
