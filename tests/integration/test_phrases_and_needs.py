"""Clauses of the real parser written as job steps and needs: one sentence a rule, near misses beside it."""

from __future__ import annotations

from functools import cache

import pytest
from spacy.tokens import Doc

from jtbd_nlp.domain import Kind, NeedPhrase
from jtbd_nlp.lint import lint_need
from jtbd_nlp.statements.clauses import Clause, find_clauses
from jtbd_nlp.statements.needs import need_phrase, thrv_form
from jtbd_nlp.statements.parsing import load_parser, parse_turns
from jtbd_nlp.statements.phrases import step_phrase
from jtbd_nlp.statements.wording import MAX_WORDS, PRONOUNS

pytestmark = pytest.mark.model


@cache
def parsed(text: str) -> Doc:
    return parse_turns(parser(), [text])[0]


@cache
def parser():  # type: ignore[no-untyped-def]  # spaCy's Language, loaded once
    return load_parser()


def clause(text: str, part: str, *, negated: bool = False) -> tuple[Doc, Clause]:
    """The clause that is exactly `part` of `text`."""
    doc, start = parsed(text), text.index(part)
    span = doc.char_span(start, start + len(part), alignment_mode="expand")
    assert span is not None
    return doc, Clause(
        start=start,
        end=start + len(part),
        head=span.root.i,
        construction="test",
        actor=None,
        verb=None,
        object=None,
        context=None,
        negated=negated,
        modality="none",
        tense="present",
        habitual=False,
    )


def step(text: str, part: str, *, negated: bool = False) -> str:
    return step_phrase(*clause(text, part, negated=negated))


def need(text: str) -> NeedPhrase:
    return need_phrase(*clause(text, text.rstrip(".")))


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        # chains of verbs are unwrapped, deeds that look like chains are not
        ("I try to find a parking spot.", "try to find a parking spot", "find a parking spot"),
        ("I end up calling a cab.", "end up calling a cab", "call a cab"),
        ("Then I go ahead and pack the bags.", "pack the bags", "pack the bags"),
        ("I learned how to bake bread.", "learned how to bake bread", "learn how to bake bread"),
        # having a tool do it is doing it, having a person do it is not
        ("I asked ChatGPT to draft the letter.", "asked ChatGPT to draft the letter", "draft the letter"),
        ("I use a spreadsheet to track my mileage.", "use a spreadsheet to track my mileage", "track the mileage"),
        (
            "I asked the landlord to fix the heater.",
            "asked the landlord to fix the heater",
            "ask the landlord to fix the heater",
        ),
        # light verbs and idioms
        (
            "I did a lot of research on roofing companies.",
            "did a lot of research on roofing companies",
            "research roofing companies",
        ),
        ("We had to make a decision about the venue.", "make a decision about the venue", "decide on the venue"),
        (
            "I got in touch with the insurance company.",
            "got in touch with the insurance company",
            "contact the insurance company",
        ),
        ("I keep track of the expenses.", "keep track of the expenses", "track the expenses"),
        ("I take a look at the menu.", "take a look at the menu", "look at the menu"),
        # hedges, adverbs, means and names go
        ("I just kind of look for cheap flights online.", "look for cheap flights online", "find cheap flights"),
        ("I quickly compare the prices on Zillow.", "quickly compare the prices on Zillow", "compare the prices"),
        ("I pay the rent via email transfer.", "pay the rent via email transfer", "pay the rent"),
        # passives, fragments, shared objects
        ("Names are taken out before we publish.", "Names are taken out", "take out names"),
        ("Copy and paste the numbers.", "Copy and paste the numbers", "copy the numbers"),
        # pronouns
        ("I wrote the invoice and then I sent it to the client.", "sent it to the client", "send the invoice"),
        ("The customer started the process, so I called her.", "called her", "call the customer"),
        # a preposition whose object stands before it
        ("The notes were looked at by us.", "looked at by us", "look at the notes"),
        ("These are the notes that I worked on.", "worked on", "work on the notes"),
        # how long or when is not what it is done to
        ("I wait ten minutes.", "wait ten minutes", "wait"),
        ("I ring the afternoon before the visit.", "ring the afternoon before the visit", "ring"),
        ("I spend two days on the report.", "spend two days on the report", "spend days on the report"),
        # indirect questions and "make sure"
        (
            "I need to figure out what time I need to leave.",
            "figure out what time I need to leave",
            "determine what time to leave",
        ),
        (
            "I see if the pharmacy has the medicine.",
            "see if the pharmacy has the medicine",
            "see whether the pharmacy has the medicine",
        ),
        ("I make sure that the address is right.", "make sure that the address is right", "check the address"),
        ("I make sure the doors are locked.", "make sure the doors are locked", "ensure that the doors are locked"),
        (
            "I need to know how long to bake the bread.",
            "know how long to bake the bread",
            "determine how long to bake the bread",
        ),
        ("I decide whether I like the chairs.", "decide whether I like the chairs", "decide on the chairs"),
        ("I see if I can find a cheaper flight.", "see if I can find a cheaper flight", "find a flight"),
        ("What are the deadlines?", "What are the deadlines", "determine the deadlines"),
        ("Where are the keys?", "Where are the keys", "determine where the keys are"),
        ("I make sure that there is a doctor.", "make sure that there is a doctor", "ensure a doctor"),
        ("I make sure I lock the door.", "make sure I lock the door", "lock the door"),
        # chances and time taken are no deeds, telling a tool is specifying
        ("I take the time to check the tyres.", "take the time to check the tyres", "check the tyres"),
        ("I have the chance to ask the doctor.", "have the chance to ask the doctor", "ask the doctor"),
        ("I give the app the dates.", "give the app the dates", "specify the dates"),
        # a tool that serves the deed is left out
        ("I ask the app for recipes.", "ask the app for recipes", "get recipes"),
        ("I use it for meal planning.", "use it for meal planning", "plan meal"),
        (
            "I asked the app to give me a list of hotels.",
            "asked the app to give me a list of hotels",
            "get a list of hotels",
        ),
        ("I use an app to double-check the total.", "use an app to double-check the total", "double-check the total"),
        ("I ask the bank for a loan.", "ask the bank for a loan", "ask the bank for a loan"),
        # going, and what changes
        ("I have gone to talk to a lot of neighbours.", "gone to talk to a lot of neighbours", "talk to neighbours"),
        ("I go in and, like, check the meter.", "go in and, like, check the meter", "check the meter"),
        ("We take the kids up to the school.", "take the kids up to the school", "take the kids to the school"),
        (
            "How can we make the queue shorter?",
            "How can we make the queue shorter",
            "determine how to shorten the queue",
        ),
        # what leads somewhere and back, and what is ruled out
        ("I looked down the line and there's nothing.", "looked down the line", "look down the line"),
        ("So I bring the van back, I write the miles.", "bring the van back", "bring back the van"),
        ("I go back to the shop.", "go back to the shop", "go back to the shop"),
        ("I move the chairs back.", "move the chairs back", "move the chairs"),
        ("I look far, not on the car in front of me.", "look far, not on the car", "look"),
        ("We looked round those venues.", "looked round those venues", "look round the venues"),
        ("We counted back from the race.", "counted back from the race", "count back from the race"),
        ("We opened on the Thursday.", "opened on the Thursday", "open"),
        ("I get back to the suggestions.", "get back to the suggestions", "get back to the suggestions"),
        ("So we figured the tram.", "figured the tram", "work out the tram"),
        # putting is nothing without its place
        ("I put a drill through a pipe.", "put a drill through a pipe", "put a drill through a pipe"),
        ("I put a bell on her.", "put a bell on her", "put on a bell"),
        ("I put the form in the drawer.", "put the form in the drawer", "put the form in the drawer"),
        ("I put the price in the spreadsheet.", "put the price in the spreadsheet", "put in the price"),
        ("I put the claim in, the delay thing.", "put the claim in, the delay thing", "put in the claim"),
        (
            "I put the enemies on the map screen.",
            "put the enemies on the map screen",
            "put the enemies on the map screen",
        ),
        ("I put the form there in the morning.", "put the form there in the morning", "put the form"),
        # empty words that something stands behind
        ("I check things like tyres.", "check things like tyres", "check tyres"),
        ("I check things on the way.", "check things on the way", "check"),
        ("I do the tax stuff on Fridays.", "do the tax stuff", "do the tax"),
        ("I fenced off the bar bit.", "fenced off the bar bit", "fence off the bar"),
        ("I do the whole thing again.", "do the whole thing", "do"),
        ("I got the, the sewing tape.", "got the, the sewing tape", "get the sewing tape"),
        ("I took a, a big van.", "took a, a big van", "take a van"),
        (
            "I explore ways of engaging the pupils.",
            "explore ways of engaging the pupils",
            "explore ways to engage the pupils",
        ),
        ("I see what I have to pay.", "see what I have to pay", "see what to pay"),
        # articles, and numbers that go
        ("I need an hour for the drive.", "need an hour for the drive", "need an hour for the drive"),
        ("I leave room for one whole train.", "leave room for one whole train", "leave room for a train"),
        ("I take the one bag upstairs.", "take the one bag", "take the bag"),
        ("I review a 30 page contract.", "review a 30 page contract", "review a contract"),
        ("I prepare 5 interview questions.", "prepare 5 interview questions", "prepare interview questions"),
        # an object left unsaid is the one spoken of before, and only of verbs that need one
        ("I take the draft and then I edit.", "edit", "edit the draft"),
        ("I take the draft and then I rest.", "rest", "rest"),
        # hyphens, names, short forms
        ("I ask follow-up questions.", "ask follow-up questions", "ask follow-up questions"),
        ("I work on Elm every day.", "work on Elm every day", "work on Elm"),
        (
            "I explain the info to the guests.",
            "explain the info to the guests",
            "explain the information to the guests",
        ),
        # helping people is a deed of its own
        (
            "I help my customers understand the contract.",
            "help my customers understand the contract",
            "help the customers understand the contract",
        ),
    ],
)
def test_a_clause_is_written_as_a_step(text: str, part: str, expected: str) -> None:
    assert step(text, part) == expected


def test_not_doing_is_written_as_avoiding() -> None:
    assert (
        step("I don't touch the thermostat.", "touch the thermostat", negated=True) == "avoid touching the thermostat"
    )


def test_a_clause_without_verb_or_noun_gives_no_step() -> None:
    assert step("Well, yes, absolutely.", "absolutely") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It takes ages to find the right form.", "minimize the time it takes to find the form"),
        ("Finding a slot takes hours.", "minimize the time it takes to find a slot"),
        ("It's hard to find a parking spot.", "minimize the effort it takes to find a parking spot"),
        ("The tickets are expensive.", "minimize the cost of the tickets"),
        ("I don't know which form applies.", "minimize the uncertainty about which form applies"),
        ("The ledgers did not match.", "increase the likelihood that the ledgers match"),
        ("The bus is always late.", "minimize the likelihood that the bus is late"),
        ("We keep losing invoices.", "minimize the likelihood of losing invoices"),
        ("I couldn't find the entrance.", "increase the likelihood of finding the entrance"),
        ("There are too many forms.", "minimize the number of forms"),
        ("I want the report to be short.", "increase the likelihood that the report is short"),
    ],
)
def test_a_clause_is_written_as_a_need(text: str, expected: str) -> None:
    assert need(text).statement == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It takes ages to find the right form.", "find the form"),
        ("I don't know which form applies.", "determine which form applies"),
        ("The bus is always late.", "determine whether the bus is late"),
        ("The ledgers did not match.", "ensure that the ledgers match"),
        ("We keep losing invoices.", "avoid losing invoices"),
        ("I couldn't find the entrance.", "find the entrance"),
    ],
)
def test_a_need_can_be_written_as_action_and_variable(text: str, expected: str) -> None:
    assert thrv_form(need(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I always worry about missing the flight.", "emotional"),
        ("The tickets are expensive.", "financial"),
        ("Installing the update takes hours.", "consumption_chain"),
        ("The bus is always late.", "functional"),
    ],
)
def test_needs_of_other_kinds_are_told_apart(text: str, expected: str) -> None:
    assert need(text).kind == expected


TALK = (
    "Yeah so, um, every morning I, uh, I get up and I check the weather and the traffic, because my boss hates it when "
    "I'm late. I used to take the bus but it was never on time, so now I drive, and I pick up two of my colleagues on "
    "the way. What I do is I text them when I leave. If there's a jam I look for another way around, or I call the "
    "office to tell them I'll be late. Parking takes forever. Honestly it's a nightmare to find anything near the door."
)


def test_every_clause_of_talk_gives_short_steps_and_whole_needs() -> None:
    doc = parsed(TALK)
    found = find_clauses(doc, kind=Kind.INTERVIEW)
    assert len(found) > 10
    for one in found:
        words = step_phrase(doc, one).split()
        assert len(words) <= MAX_WORDS
        assert not PRONOUNS.intersection(words)
        statement = need_phrase(doc, one).statement
        assert not {"need-direction", "need-metric", "need-object"} & {f.rule for f in lint_need(statement)}


def test_the_same_clause_is_written_alike_twice() -> None:
    doc = parsed(TALK)
    found = find_clauses(doc, kind=Kind.INTERVIEW)
    assert [step_phrase(doc, c) for c in found] == [step_phrase(doc, c) for c in found]
