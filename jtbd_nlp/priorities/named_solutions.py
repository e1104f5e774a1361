"""What interviews name as things people use, as a list for analysts to edit: products and brands, and workarounds.

Reads names by how they are spoken of, not by a model: a name counts where somebody uses it, opens it, buys from it or
calls it a tool, and not where it is asked, texted or says something, as people are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from jtbd_nlp.domain import Role, Transcript
from jtbd_nlp.priorities.solutions import Solution, solution_id, solution_patterns

# One or more capitalised words after a word and a space: not at the beginning of a sentence.
_NAME: Final = re.compile(r"(?<=[a-z,;] )[A-Z][\w&'’.-]*\w(?: [A-Z][\w&'’-]*\w)*")
_POSSESSIVE: Final = re.compile(r"['’]s$")
_NO_NAMES: Final = frozenset(
    f"""Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August
    September October November December Christmas Easter English German French Spanish God OK TV PM AM
    {" ".join(f"I{mark}{end}" for mark in "'’" for end in ("m", "d", "ll", "ve"))}""".split()
)
_THINGS: Final = (
    "apps?|websites?|sites?|software|tools?|librar(?:y|ies)|platforms?|plug-?ins?|add-?ons?|extensions?|packages?|"
    "engines?|servers?|services?|systems?|programs?|spreadsheets?|files?|forms?|templates?|calendars?|maps?|"
    "accounts?|subscriptions?|machines?|devices?|brands?|products?|stores?|shops?|licen[cs]es?|logins?"
)
# What is used: "we use Slack", "copied it into Notion", "bought it at Costco", "a tool called Twine", "the Uber app".
# Not: "I talked to Slack".
_USED: Final = (
    (
        r"\b(?:us(?:e|es|ed|ing)|via|into|onto|open(?:s|ed|ing)?|install(?:s|ed|ing)?|download(?:s|ed|ing)?|"
        r"switch(?:ed|ing)? to|sign(?:ed)? up (?:for|to|with)|log(?:ged|s|ging)? in(?:to)?(?: to)?|subscribed? to)"
        r"(?: the| my| our| a| an)? NAME"
    ),
    (
        r"\b(?:bought|buy|buying|order(?:s|ed|ing)?|shop(?:s|ped|ping)?|purchased?|got)\b[^.?!;]{0,25}"
        r"\b(?:at|from|on|through)(?: the)? NAME"
    ),
    rf"\b(?:{_THINGS}) (?:that is |that's |that was )?(?:called|named) NAME",
    rf"NAME(?:['’]s)? (?:{_THINGS})\b",
)
# Told twice, "on Steam" is where something is done; told once it may be what a lesson is on.
_USED_ON: Final = (r"\bon(?: the)? NAME",)
_SAYS: Final = (
    "says|said|say|asks|asked|told|tells|thinks|thought|texts|texted|answers|answered|knows|knew|wants|wanted|"
    "laughs|laughed|joined|met"
)
_KIN: Final = (
    "friends?|neighbou?rs?|daughters?|sons?|sisters?|brothers?|wife|husband|partner|mum|mom|dad|mother|father|aunt|"
    "uncle|colleagues?|boss|manager|cousin|Mr|Mrs|Ms|Dr|Professor"
)
# Who is a person: "our neighbour Deb", "tell Brenda", "it hinges on Deb", "Jolene, she's on the other unit".
_SOMEBODY: Final = (
    rf"\b(?:{_KIN})\.?,? NAME",
    (
        r"\b(?:ask(?:s|ed|ing)?|tell(?:s|ing)?|told|text(?:s|ed|ing)?|thank(?:s|ed)?|met|meet(?:ing)?|marry|married|saw|"
        r"hinges on|depends on|rely on|relies on|count on|counts on|wait(?:ed|ing)? (?:for|on)|me and|me,? or) NAME"
    ),
    rf"NAME(?: (?:and|or) [A-Z]\w+)? (?:\w+ly )?(?:{_SAYS})\b",
    r"NAME,? (?:and )?(?:she|he|who)\b",
    rf"NAME,? (?:is|was|['’]s) (?:a|an|my|our|the) (?:\w+ )?(?:{_KIN})\b",
    r"\bsaid,? NAME,",
)
# Subjects and places: "teaching about Ancient Greece", "a studio out of Boston".
_ABOUT: Final = (r"\b(?:about|taught|teach(?:es|ing)?|learn(?:ed|ing)?|in|near|over|from|out of|across|of) NAME",)

WORKAROUNDS: Final = tuple(
    Solution(id=solution_id(name), name=name, kind="workaround", aliases=aliases)
    for name, aliases in (
        ("app", ("apps",)),
        ("map", ("sat nav", "satnav", "GPS")),
        ("calendar", ()),
        ("spreadsheet", ("spreadsheets", "Excel", "excel sheet")),
        (
            "pen and paper",
            ("a piece of paper", "pen and pencil", "notebook", "by hand", "write it down", "wrote it down"),
        ),
        ("checklist", ("checklists", "to-do list", "to do list")),
        ("sticky notes", ("post-it", "post-its", "sticky note")),
        ("alarm", ("alarms", "set a timer", "set a reminder")),
        ("phone call", ("phone calls", "ring up", "call them", "called them", "on the phone")),
        ("group chat", ("WhatsApp", "text message", "text messages")),
        ("email to oneself", ("email myself", "e-mail myself")),
        ("asking somebody", ("ask a friend", "ask a colleague", "ask my", "ask the neighbour", "ask the neighbor")),
        ("photograph", ("take a photo", "take the photo", "took a photo", "take a picture", "took a picture")),
    )
)


def suggest_solutions(transcripts: Iterable[Transcript], *, min_mentions: int = 2) -> tuple[Solution, ...]:
    """Names that participants speak of as things they use, and everyday workarounds.

    A name is suggested when it comes at least `min_mentions` times, in mid-sentence with a capital letter and never
    without, somebody uses it at least once, and nobody speaks of it as of a person more often than that. The most often
    named come first. It is a list to edit: what is named in no telling way is not in it, and a place may be.
    """
    transcripts = tuple(transcripts)
    texts = [_bare(turn.text) for t in transcripts for turn in t.turns if turn.role is Role.PARTICIPANT]
    speakers = {word for t in transcripts for turn in t.turns for word in re.findall(r"\w+", turn.speaker)}
    names = Counter(
        _POSSESSIVE.sub("", found[0])
        for text in texts
        for found in _NAME.finditer(text)
        if not speakers & set(found[0].split()) and found[0] not in _NO_NAMES
    )
    lower = Counter(word for text in texts for word in re.findall(r"\b[a-z][\w-]+", text))
    often = [name for name, n in names.most_common() if n >= min_mentions and lower[name.lower()] == 0]
    made = [Solution(id=solution_id(name), name=name, kind="product") for name in often if _is_used(name, texts)]
    made += [w for w in WORKAROUNDS if any(p.search(text) for p in solution_patterns(w) for text in texts)]
    return tuple({solution.id: solution for solution in made}.values())


def _bare(text: str) -> str:
    """Without the marks of emphasis that some transcripts put around titles."""
    return re.sub(r"(?<!\w)[_*]+|[_*]+(?!\w)", "", text)


def _is_used(name: str, spoken: Iterable[str]) -> bool:
    texts = [text for text in spoken if name in text]
    n_on = _count(_USED_ON, name, texts)
    n_used = _count(_USED, name, texts) + (n_on if n_on > 1 else 0)
    return n_used > 0 and n_used >= _count(_SOMEBODY, name, texts) and 2 * n_used >= _count(_ABOUT, name, texts)


def _count(cues: Iterable[str], name: str, texts: Sequence[str]) -> int:
    whole = rf"(?<!\w){re.escape(name)}(?!\w)"
    patterns = [re.compile(cue.replace("NAME", whole)) for cue in cues]
    return sum(len(pattern.findall(text)) for text in texts for pattern in patterns)
