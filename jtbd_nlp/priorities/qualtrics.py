"""A questionnaire for Qualtrics: text in its advanced import format, one question a rating, under the rating's id.

The format knows no branches and no draw: who may answer and which block comes is set in the survey flow by hand, as
`qualtrics_notes` says. Values of choices must be numbers there.

Source: Qualtrics support, "Import and Export Surveys", advanced format TXT.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jtbd_nlp.priorities.questionnaire import Question, Questionnaire, numeric_codes

_KINDS: Final = {
    "choice": "MC:SingleAnswer:Vertical",
    "number": "TE:SingleLine",
    "date": "TE:SingleLine",
    "text": "TE:SingleLine",
}


def qualtrics_text(questionnaire: Questionnaire) -> bytes:
    """The survey as text to import, UTF-8; blocks are Qualtrics blocks, to be put into a randomizer there."""
    lines = ["[[AdvancedFormat]]", ""]
    lines += _block("Before you begin", [*questionnaire.of_part("screening"), *questionnaire.of_part("solution")])
    for block in questionnaire.plan.blocks:
        subjects = set(block.subjects)
        lines += _block(f"Part {block.number}", [q for q in questionnaire.ratings if q.subject in subjects])
    lines += _block("About you", [*questionnaire.of_part("pay"), *questionnaire.of_part("profile")])
    return ("\r\n".join(lines).rstrip() + "\r\n").encode("utf-8")


def qualtrics_notes(questionnaire: Questionnaire) -> tuple[str, ...]:
    """What has to be set by hand after the import."""
    notes = []
    ends = [(q.id, c.text) for q in questionnaire.questions for c in q.choices if c.ends]
    notes += [f'In the survey flow, end the survey where {question} is "{text}".' for question, text in ends]
    if len(questionnaire.plan.blocks) > 1:
        notes.append(
            "In the survey flow, put the blocks named Part into a randomizer that presents "
            f"{questionnaire.plan.n_each} of them evenly."
        )
    return tuple(notes)


def _block(name: str, questions: list[Question]) -> Iterator[str]:
    if not questions:
        return
    yield f"[[Block:{name}]]"
    yield ""
    aspect = questions[0].aspect
    for q in questions:
        if q.aspect != aspect:
            yield "[[PageBreak]]"
            yield ""
            aspect = q.aspect
        yield from _question(q)


def _question(q: Question) -> Iterator[str]:
    kind = _KINDS[q.form] if q.part != "rating" else "MC:SingleAnswer:Horizontal"
    yield f"[[Question:{kind}]]"
    yield f"[[ID:{q.id}]]"
    yield _plain(q.text)
    if q.choices:
        yield "[[AdvancedChoices]]"
        for choice, code in zip(q.choices, numeric_codes(q.choices), strict=True):
            yield f"[[Choice:{code}]]"
            yield _plain(choice.text)
    yield ""


def _plain(text: str) -> str:
    """On one line, without what the format would read as an order."""
    return " ".join(text.split()).replace("[[", "[ [").replace("]]", "] ]").replace("${", "$ {")
