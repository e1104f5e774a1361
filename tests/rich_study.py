"""One analysis with all a reader may meet: stages thin and missing, needs, long quotes, other scripts."""

from __future__ import annotations

from dataclasses import replace

from jtbd_nlp.counter_evidence import tell_asked
from jtbd_nlp.domain import ActionStatement, Analysis, JobStep, LintFinding, Need, NeedStatement, Transcript, group_id
from tests.builders import (
    a_need,
    a_step,
    a_struggle,
    a_suggested_need,
    a_transcript,
    an_action,
    an_analysis,
    an_aside,
    people_asked,
)

LONG = (
    "sit down the evening before with the map open on the big screen and go through every single turn, and every "
    "place where I could leave the road again if the bridge is shut, which it is, you know, twice a month, "
    "and then I write the three names I must not forget on the back of an envelope and put it on the dashboard"
)


def rich_transcripts() -> tuple[Transcript, ...]:
    """Five interviews: with times, with guesses while reading, in other scripts, hostile, almost silent."""
    ana = a_transcript(
        "Thanks for coming. Before we start: how do you know when you have to leave the house?",
        "Well, um, I look up how long the drive takes at that hour, and then I figure out what time I need to leave. "
        "It takes me ages to find out whether the ferry runs.",
        "And the evening before?",
        f"Oh, I {LONG}. My kids laugh about it, but it has saved me more than once.",
        "What happens on the way?",
        "I drive along the coast road. I keep an eye on the clock at every village. When there is a jam I turn off "
        "and take the old road over the hill. I never know if I will still be in time.",
        name="ana-commuter",
        start=3.0,
    )
    ben = a_transcript(
        ("Moderator", "Tell me about the last delivery."),
        (
            "Ben",
            (
                "I check the parcels against the list first. Then I work out when I have to set off. I pack the van in "
                "the order of the stops, that's half the battle. Then I just drive the round."
            ),
        ),
        ("Moderator", "How did you know it was going well?"),
        (
            "Ben",
            (
                "I compare the clock with the list after every fifth stop. If a customer calls I swap two stops. "
                "It's annoying how often I have to type the address in again."
            ),
        ),
        name="ben-courier",
        warnings=(
            "No speaker labels: turns come from blank lines and roles were guessed from questions.",
            "3 turns had no time; they were left without.",
        ),
    )
    chie = a_transcript(
        ("Moderator", "どうやって出発時間を決めますか。"),
        ("千恵さん", "電車の時刻を調べてから、家を出る時間を決めます。乗り換えが心配です。"),
        ("Moderator", "And you, how do you prepare?"),
        ("سلمى", "أخطط الطريق في المساء ثم أجهز حقيبتي."),
        name="chie-and-salma",
    )
    eve = a_transcript(
        ("Moderator", "Do you plan the <b>stops</b>?"),
        (
            "<script>alert('x')</script>",
            'I plan the stops & "park" near <img src=x onerror=alert(1)> the *station* | =HYPERLINK("http://x").',
        ),
        ("Moderator", "And then?"),
        (
            "<script>alert('x')</script>",
            "=SUM(A1:A9) is how I work out when to leave [bold]every[/bold] day. I follow the satnav.",
        ),
        name="eve-tourist",
    )
    finn = a_transcript("How do you get there?", "Dunno. I just go, really. And then I'm there.", name="finn")
    return (ana, ben, chie, eve, finn)


def rich_analysis() -> Analysis:
    """A map of seven steps, five needs, one that is only suggested, and a loose quote, over `rich_transcripts`."""
    transcripts = rich_transcripts()
    ana, ben, chie, eve, finn = transcripts
    leave = [
        an_action(
            ana, "figure out what time I need to leave", phrase="determine the departure time", stage="understand"
        ),
        an_action(ben, "work out when I have to set off", phrase="determine the departure time", stage="understand"),
        an_action(chie, "家を出る時間を決めます", phrase="determine the departure time", stage="understand"),
        an_action(
            eve,
            "=SUM(A1:A9) is how I work out when to leave [bold]every[/bold] day",
            phrase="determine the departure time",
            stage="understand",
            confidence=0.5,
        ),
        an_action(
            ana, "look up how long the drive takes at that hour", phrase="look up the travel time", stage="understand"
        ),
    ]
    route = [
        an_action(ana, LONG, phrase="plan the route and its alternatives"),
        an_action(chie, "أخطط الطريق في المساء", phrase="plan the route"),
        an_action(
            eve,
            'plan the stops & "park" near <img src=x onerror=alert(1)> the *station*',
            phrase="plan the stops",
            led=True,
        ),
    ]
    pack = [
        an_action(ben, "pack the van in the order of the stops", phrase="load the vehicle"),
        an_action(chie, "أجهز حقيبتي", phrase="prepare the bag"),
    ]
    drive = [
        an_action(ben, "drive the round", phrase="travel to the destination", stage="execute"),
        an_action(ana, "drive along the coast road", phrase="travel to the destination", stage="execute"),
        an_action(eve, "follow the satnav", phrase="follow the directions", stage="execute"),
    ]
    check = [
        an_action(
            ana, "keep an eye on the clock at every village", phrase="check progress against the time", stage="assess"
        ),
        an_action(
            ben,
            "compare the clock with the list after every fifth stop",
            phrase="check progress against the time",
            stage="assess",
        ),
    ]
    parcels = [
        an_action(ben, "check the parcels against the list", phrase="check the load against the list", stage="assess")
    ]
    change = [
        an_action(ana, "turn off and take the old road over the hill", phrase="change the route", stage="revise"),
        an_action(ana, "take the old road over the hill", phrase="take another road", stage="revise"),
    ]
    alone = [
        an_action(finn, "I just go, really", phrase="go", stage="execute", confidence=0.41),
        an_action(ben, "swap two stops", phrase="change the order of the stops", stage="revise"),
        an_action(finn, "then I'm there", phrase="arrive", stage="conclude", confidence=0.3),
    ]
    ferry = a_need(
        ana,
        "It takes me ages to find out whether the ferry runs",
        measured="find out whether the ferry runs",
        stage="understand",
    )
    connection = a_need(
        chie, "乗り換えが心配です", metric="likelihood", measured="missing a connection", stage="understand"
    )
    in_time = a_need(
        ana,
        "I never know if I will still be in time",
        direction="increase",
        metric="certainty",
        measured="arriving in time",
        stage="assess",
    )
    address = a_need(
        ben,
        "It's annoying how often I have to type the address in again",
        metric="number",
        measured="times an address is entered",
        stage="execute",
    )
    battle = a_need(ben, "that's half the battle", metric="effort", measured="load the vehicle", stage="plan")
    loose = a_need(ana, "it has saved me more than once", metric="number", measured="times", confidence=0.6)
    drafts = [
        (leave, [ferry, connection]),
        (route, []),
        (pack, [battle]),
        (drive, [address]),
        (check, [in_time]),
        (parcels, []),
        (change, []),
    ]
    steps, needs = _linked(drafts, n_asked=people_asked(transcripts))
    # What stands beside the counted evidence: a denial, words of struggle, two needs that contradict each other.
    steps[2] = replace(steps[2], counter=(an_aside(finn, "I just go, really", phrase="prepare the trip"),), n_against=1)
    struggle = a_struggle(ben, "type the address in again", measured="enter the address")
    suggested = Need(
        id=group_id("need", [struggle.id]),
        statement=struggle.phrase,
        direction="minimize",
        metric="effort",
        object="enter the address",
        context="when a customer calls",
        step=steps[3].id,
        stage="execute",
        n_participants=1,
        statements=(),
        origin="suggested",
        action_variable="enter the address",
        asides=(struggle,),
    )
    needs[0] = replace(needs[0], contradicts=(needs[1].id,), action_variable="find out whether the ferry runs")
    needs[1] = replace(needs[1], contradicts=(needs[0].id,), kind="emotional", is_met=True)
    steps[3] = replace(steps[3], needs=(*steps[3].needs, suggested.id))
    needs.append(suggested)
    actions = [*leave, *route, *pack, *drive, *check, *parcels, *change, *alone]
    statements: list[ActionStatement | NeedStatement] = [*actions, ferry, connection, in_time, address, battle, loose]
    analysis = an_analysis(
        transcripts,
        statements,
        steps,
        needs,
        nearest={"conclude": [alone[2].id], "revise": [alone[1].id]},
        loose={loose.id: steps[1].id},
    )
    return replace(analysis, stages=tell_asked(analysis.stages, transcripts, statements))


def _linked(
    drafts: list[tuple[list[ActionStatement], list[NeedStatement]]], *, n_asked: int
) -> tuple[list[JobStep], list[Need]]:
    steps: list[JobStep] = []
    needs: list[Need] = []
    for position, (actions, wanted) in enumerate(drafts, start=1):
        plain = a_step(actions)
        of_step = [a_suggested_need([need], step=plain.id) for need in wanted]
        lint = [LintFinding("one-action", "Two actions are joined by 'and'; split the step.")] if position == 2 else []
        steps.append(a_step(actions, position=position, n_asked=n_asked, needs=[n.id for n in of_step], lint=lint))
        needs += of_step
    return steps, needs
