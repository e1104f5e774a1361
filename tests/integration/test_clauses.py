"""Sentence by sentence: which candidates the real parser's trees give, and what each says of itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from jtbd_nlp.domain import Kind
from jtbd_nlp.statements.clauses import Clause, find_clauses
from jtbd_nlp.statements.extents import MAX_WORDS
from jtbd_nlp.statements.parsing import load_parser, parse_turns

pytestmark = pytest.mark.model
MUMBLE = ("I", "go", "try", "to", "and", "find", "it", ",", "?", "\n", "not", "uh", "--", "(", "writing")


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_parser()


def clauses_of(nlp: Language, text: str) -> list[Clause]:
    return find_clauses(parse_turns(nlp, [text])[0], kind=Kind.INTERVIEW)


def clause_of(nlp: Language, text: str, quote: str) -> Clause:
    found = [c for c in clauses_of(nlp, text) if text[c.start : c.end] == quote]
    assert found, f"{quote!r} is none of {[text[c.start : c.end] for c in clauses_of(nlp, text)]}"
    return found[0]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("I call them and then write it down.", ["call them", "write it down"]),
        ("I need to find a slot in the calendar.", ["find a slot in the calendar"]),
        ("I usually sign up for the class on Monday.", ["sign up for the class on Monday"]),
        ("I had to figure out how to get there.", ["figure out how to get there"]),
        ("We are trying to book a room.", ["book a room", "trying to book a room"]),
        ("I asked it to draft the letter.", ["asked it to draft the letter", "draft the letter"]),
        ("They helped me find a room.", ["find a room", "helped me find a room"]),
        ("I go and pick them up from school.", ["pick them up from school"]),
        ("Finding a slot takes hours.", ["Finding a slot"]),
        ("Logging in to see the balance.", ["Logging in to see the balance", "see the balance"]),
        ("Check the tyres first.", ["Check the tyres first"]),
        (
            "Identifiers are taken out before we share the file.",
            ["taken out before we share the file", "share the file"],
        ),
        ("Well, what if we put in a circle?", ["what if we put in a circle"]),
        ("I, uh, I went, I go to the store every day.", ["go to the store every day"]),
        ("She checks the chart before the round.", ["checks the chart before the round"]),
        ("If the train is late, I take a taxi.", ["take a taxi"]),
        ("so i went to the website and i looked for the form", ["went to the website", "looked for the form"]),
        ("I keep track of the mileage by writing it in a book.", ["writing it in a book"]),
        ("I use it for lesson planning.", ["lesson planning"]),
        ("I paid the bill because they had sent a letter and it said I owed it.", ["paid the bill"]),
    ],
)
def test_actions_begin_at_the_verb_and_end_with_what_belongs_to_it(
    nlp: Language, text: str, quotes: Sequence[str]
) -> None:
    found = [text[c.start : c.end] for c in clauses_of(nlp, text)]
    assert set(quotes) <= set(found), found


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("It takes forever to get an answer.", "It takes forever to get an answer"),
        ("Honestly, I don't know how much is owed.", "I don't know how much is owed"),
        ("I don't know how much is owed.", "how much is owed"),
        ("There's no register to go by.", "There's no register to go by"),
        ("It's hard to tell which form applies.", "It's hard to tell which form applies"),
        ("I think it's too slow.", "it's too slow"),
        ("I could not trust the numbers.", "I could not trust the numbers"),
        ("I need to find a slot in the calendar.", "I need to find a slot in the calendar"),
        ("Just some sort of online portal.", "Just some sort of online portal"),
    ],
)
def test_needs_are_whole_clauses_with_their_subject(nlp: Language, text: str, quote: str) -> None:
    assert quote in [text[c.whole_start : c.end] for c in clauses_of(nlp, text)]


@pytest.mark.parametrize("text", ["", " ", "Okay.", "You know.", "I mean, I guess.", "...", "Mm."])
def test_filler_gives_no_clause(nlp: Language, text: str) -> None:
    assert clauses_of(nlp, text) == []


@pytest.mark.parametrize(
    ("text", "quote", "verb", "thing"),
    [
        ("I sign up for the class.", "sign up for the class", "sign up for", "the class"),
        ("I looked for the receipt.", "looked for the receipt", "look for", "the receipt"),
        ("I log in on Monday.", "log in on Monday", "log in", None),
        ("I write it down.", "write it down", "write down", "it"),
        ("I had to figure out how to get there.", "figure out how to get there", "figure out", "how to get there"),
        ("We are trying to book a room.", "trying to book a room", "book", "a room"),
        ("The identifiers are taken out.", "taken out", "take out", "The identifiers"),
        ("These are the forms that I use every day.", "use every day", "use", "the forms"),
        ("I keep the mileage in a book.", "keep the mileage in a book", "keep", "the mileage"),
    ],
)
def test_verb_and_object(nlp: Language, text: str, quote: str, verb: str, thing: str | None) -> None:
    clause = clause_of(nlp, text, quote)
    assert (clause.verb, clause.object) == (verb, thing)


@pytest.mark.parametrize(
    ("text", "quote", "actor"),
    [
        ("I call them and then write it down.", "write it down", "I"),
        ("I asked it to draft the letter.", "draft the letter", "it"),
        ("The nurse checks the chart.", "checks the chart", "The nurse"),
        ("The letter was written by my boss.", "written by my boss", "my boss"),
        ("The identifiers are taken out.", "taken out", None),
        ("Check the tyres first.", "Check the tyres first", None),
        ("I keep track of it by writing it in a book.", "writing it in a book", "I"),
    ],
)
def test_actor(nlp: Language, text: str, quote: str, actor: str | None) -> None:
    assert clause_of(nlp, text, quote).actor == actor


@pytest.mark.parametrize(
    ("text", "quote", "modality"),
    [
        ("I find a slot.", "find a slot", "none"),
        ("I need to find a slot in the calendar.", "find a slot in the calendar", "need"),
        ("I have to find a slot in the calendar.", "find a slot in the calendar", "need"),
        ("I must find a slot.", "find a slot", "need"),
        ("I want to find a slot in the calendar.", "find a slot in the calendar", "want"),
        ("I'd like to check it twice.", "check it twice", "want"),
        ("I like to check it twice.", "check it twice", "none"),
        ("We are trying to book a room.", "book a room", "try"),
        ("I'm able to see the balance.", "see the balance", "can"),
        ("I could see the balance.", "see the balance", "can"),
        ("I should call the office.", "call the office", "should"),
        ("I would call the office.", "call the office", "would"),
    ],
)
def test_modality(nlp: Language, text: str, quote: str, modality: str) -> None:
    assert clause_of(nlp, text, quote).modality == modality


@pytest.mark.parametrize(
    ("text", "quote", "tense"),
    [
        ("I call the office.", "call the office", "present"),
        ("I called the office.", "called the office", "past"),
        ("I have called the office.", "called the office", "past"),
        ("I had to figure out how to get there.", "figure out how to get there", "past"),
        ("I am calling the office.", "calling the office", "present"),
        ("I will call the office.", "call the office", "future"),
        ("I'm going to ask for help.", "ask for help", "future"),
        ("I went home and called them.", "called them", "past"),
        ("I started calling the office.", "calling the office", "past"),
    ],
)
def test_tense(nlp: Language, text: str, quote: str, tense: str) -> None:
    assert clause_of(nlp, text, quote).tense == tense


@pytest.mark.parametrize(
    ("text", "quote", "habitual"),
    [
        ("I call them and then write it down.", "write it down", True),
        ("I usually called the office.", "called the office", True),
        ("I used to print everything.", "print everything", True),
        ("I called the office every day.", "called the office every day", True),
        ("I called the office.", "called the office", False),
        ("I am calling the office.", "calling the office", False),
        ("I would call the office.", "call the office", False),
    ],
)
def test_habit(nlp: Language, text: str, quote: str, habitual: bool) -> None:
    assert clause_of(nlp, text, quote).habitual is habitual


@pytest.mark.parametrize(
    ("text", "quote", "negated"),
    [
        ("I don't use it for research.", "use it for research", True),
        ("I never print the form.", "print the form", True),
        ("I don't want to use the old form at all.", "use the old form at all", True),
        ("We no longer use paper.", "use paper", True),
        ("I send it without encrypting the file.", "encrypting the file", True),
        ("There's no register to go by.", "'s no register to go by", True),
        ("I use it for research, not for fun.", "use it for research", False),
        ("I know I can't, so I print the form.", "print the form", False),
    ],
)
def test_negation(nlp: Language, text: str, quote: str, negated: bool) -> None:
    assert clause_of(nlp, text, quote).negated is negated


def test_a_clause_does_not_run_over_a_line_break(nlp: Language) -> None:
    text = "I print the form\nand the letter that they sent\nI call the office"
    assert not any("\n" in text[c.whole_start : c.end] for c in clauses_of(nlp, text))


def test_unpunctuated_speech_gives_clauses_of_bounded_length(nlp: Language) -> None:
    text = "so i get up and i um i check the traffic and then i call them and " * 60
    clauses = clauses_of(nlp, text)
    assert len(clauses) > 100
    assert max(len(text[c.whole_start : c.end].split()) for c in clauses) <= MAX_WORDS


def test_a_long_turn_gives_the_clauses_of_its_sentences_at_their_places(nlp: Language) -> None:
    sentence = "I call the office. "
    text = sentence * 1_000
    starts = [c.start for c in clauses_of(nlp, text)]
    assert starts == [i * len(sentence) + 2 for i in range(1_000)]


def test_what_is_parsed_beside_a_turn_does_not_change_it(nlp: Language) -> None:
    texts = ["I went to the office and called them.", "It takes hours, you know, to find it.", "Okay."]
    alone = [find_clauses(parse_turns(nlp, [text])[0], kind=Kind.INTERVIEW) for text in texts]
    assert [find_clauses(doc, kind=Kind.INTERVIEW) for doc in parse_turns(nlp, texts)] == alone
    assert [find_clauses(doc, kind=Kind.INTERVIEW) for doc in parse_turns(nlp, texts[::-1])] == alone[::-1]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(max_size=200)
    | st.lists(
        st.sampled_from(["I", "go", "try", "to", "and", "find", "it", ",", "?", "\n", "not", "uh", "--", "("]),
        max_size=60,
    ).map(" ".join)
)
def test_any_text_gives_clauses_inside_it(nlp: Language, text: str) -> None:
    for clause in clauses_of(nlp, text):
        assert 0 <= clause.whole_start <= clause.start < clause.end <= len(text)
