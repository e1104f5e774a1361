"""A questionnaire for LimeSurvey: a survey archive (.lss) and a tab-separated structure (.txt).

Both have the same groups: who may answer, what people use, a group for every block and the person. Ratings on one
aspect are one array whose subquestion codes are the ratings' ids, so answers come back under them. A hidden equation
draws the block where there are several.

Groups and questions need no ids in the tab-separated form: whoever reads it numbers them. Source: LimeSurvey manual,
"Tab Separated Value survey structure"; LimeSurvey's own readers (`TSVImportSurvey`, `XMLImportSurvey`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import escape

from jtbd_nlp.priorities.question_wording import STEMS, what_to_do
from jtbd_nlp.priorities.questionnaire import ASPECT_ORDER, Choice, Question, Questionnaire, rating_choices, short_codes

LANGUAGE: Final = "en"
DRAWN: Final = "block"
# LimeSurvey's letters for kinds of questions.
ARRAY, LIST, NUMBER, LONG_TEXT, DATE, EQUATION = "F", "L", "N", "T", "D", "*"
_SID: Final = 100_000  # LimeSurvey gives another where this one is taken
_DB_VERSION: Final = 366  # the layout of version 3, which every later version reads
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMS: Final = {"choice": LIST, "number": NUMBER, "text": LONG_TEXT, "date": DATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question as LimeSurvey has them; `rows` are (code, text) of an array's lines."""

    code: str
    type: str
    text: str
    choices: tuple[Choice, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    is_required: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One page of questions, shown where `relevance` holds."""

    name: str
    entries: tuple[Entry, ...]
    relevance: str = "1"


def limesurvey_groups(questionnaire: Questionnaire) -> tuple[Group, ...]:
    """The pages of the survey in order; those without a question are left out."""
    start = tuple(_entry(q) for q in questionnaire.of_part("screening"))
    if len(questionnaire.plan.blocks) > 1:
        n = len(questionnaire.plan.blocks)
        draw = f"{{if(is_empty({DRAWN}.NAOK), rand(1,{n}), {DRAWN}.NAOK)}}"
        start = (*start, Entry(code=DRAWN, type=EQUATION, text=draw, is_hidden=True))
    groups = [
        Group(name="Before you begin", entries=start),
        Group(name="What you use today", entries=tuple(_entry(q) for q in questionnaire.of_part("solution"))),
        *_rating_groups(questionnaire),
        Group(name="What it is worth", entries=tuple(_entry(q) for q in questionnaire.of_part("pay"))),
        Group(name="About you", entries=tuple(_entry(q) for q in questionnaire.of_part("profile"))),
    ]
    admitted = _admitted(questionnaire)
    kept = [group for group in groups if group.entries]
    return tuple(g if i == 0 else replace(g, relevance=_both(admitted, g.relevance)) for i, g in enumerate(kept))


def _rating_groups(questionnaire: Questionnaire) -> Iterator[Group]:
    plan = questionnaire.plan
    for block in plan.blocks:
        entries = []
        for aspect in ASPECT_ORDER:
            ratings = questionnaire.ratings_of(block.number, aspect)
            if ratings:
                subjects = [questionnaire.basis.subject(str(q.subject)) for q in ratings]
                rows = tuple((q.id, what_to_do(s)) for q, s in zip(ratings, subjects, strict=True))
                code = f"{aspect}{block.number}"
                entries.append(
                    Entry(code=code, type=ARRAY, text=STEMS[aspect], choices=rating_choices(aspect), rows=rows)
                )
        firsts = [k + 1 for k in range(len(plan.blocks)) if block.number in plan.blocks_of(k)]
        relevance = "1" if len(plan.blocks) == 1 else " or ".join(f"{DRAWN}.NAOK == {k}" for k in firsts)
        yield Group(name=f"Part {block.number}", entries=tuple(entries), relevance=relevance)


def _admitted(questionnaire: Questionnaire) -> str:
    """Who ended the survey by an answer sees no more pages."""
    ends = [
        (q.id, code)
        for q in questionnaire.questions
        for c, code in zip(q.choices, short_codes(q.choices), strict=True)
        if c.ends
    ]
    return " and ".join(f'{q}.NAOK != "{code}"' for q, code in ends) or "1"


def _both(one: str, other: str) -> str:
    kept = [c for c in (one, other) if c != "1"]
    return " and ".join(f"({c})" for c in kept) if len(kept) > 1 else (kept[0] if kept else "1")


def _entry(q: Question) -> Entry:
    codes = short_codes(q.choices)
    choices = tuple(replace(c, code=code) for c, code in zip(q.choices, codes, strict=True))
    return Entry(code=q.id, type=_FORMS[q.form], text=q.text, choices=choices, is_required=q.is_required)


_TSV_COLUMNS: Final = (
    *("class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other"),
    *("default", "same_default", "hidden", "hide_tip"),
)


def limesurvey_tsv(questionnaire: Questionnaire) -> bytes:
    """The survey as LimeSurvey's tab-separated structure; save it under a name that ends in .txt to import it."""
    target = io.StringIO()
    writer = csv.DictWriter(target, _TSV_COLUMNS, delimiter="\t", lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerow({"class": "S", "name": "sid", "text": str(_SID)})
    writer.writerow({"class": "S", "name": "format", "text": "G"})
    writer.writerow({"class": "S", "name": "language", "text": LANGUAGE})
    writer.writerow({"class": "SL", "name": "surveyls_title", "text": _line(questionnaire.title), "language": LANGUAGE})
    writer.writerow(
        {"class": "SL", "name": "surveyls_welcometext", "text": _line(questionnaire.intro), "language": LANGUAGE}
    )
    for group in limesurvey_groups(questionnaire):
        writer.writerow(
            {"class": "G", "name": group.name, "relevance": group.relevance, "language": LANGUAGE, "text": ""}
        )
        for entry in group.entries:
            writer.writerows(_tsv_rows(entry))
    return target.getvalue().encode("utf-8-sig")


def _tsv_rows(entry: Entry) -> Iterator[dict[str, str]]:
    yield {
        "class": "Q",
        "type/scale": entry.type,
        "name": entry.code,
        "relevance": "1",
        "text": _line(entry.text),
        "language": LANGUAGE,
        "mandatory": "Y" if entry.is_required else "N",
        "hidden": "1" if entry.is_hidden else "",
    }
    for code, text in entry.rows:
        yield {
            "class": "SQ",
            "type/scale": "0",
            "name": code,
            "relevance": "1",
            "text": _line(text),
            "language": LANGUAGE,
        }
    for choice in entry.choices:
        yield {
            "class": "A",
            "type/scale": "0",
            "name": choice.code,
            "text": _line(choice.text),
            "language": LANGUAGE,
        }


def _line(text: str) -> str:
    """On one line, without what XML cannot hold and with braces that LimeSurvey does not compute.

    Its own equation is left alone.
    """
    one = " ".join(_NOT_IN_XML.sub(" ", text).split())
    return one if one.startswith("{if(") else one.replace("{", "(").replace("}", ")")


Row = dict[str, str]


def limesurvey_lss(questionnaire: Questionnaire) -> bytes:
    """The survey as LimeSurvey's own archive of a structure."""
    tables = _lss_tables(questionnaire)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<document>",
        " <LimeSurveyDocType>Survey</LimeSurveyDocType>",
        f" <DBVersion>{_DB_VERSION}</DBVersion>",
        f" <languages><language>{LANGUAGE}</language></languages>",
    ]
    for name, rows in tables.items():
        if rows:
            lines += _lss_table(name, rows)
    lines.append("</document>")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _lss_tables(questionnaire: Questionnaire) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {
        name: [] for name in ("answers", "groups", "questions", "subquestions", "question_attributes")
    }
    next_id = iter(range(1, 1_000_000))
    for group_order, group in enumerate(limesurvey_groups(questionnaire)):
        gid = str(group_order + 1)
        tables["groups"].append(_lss_group(gid, group_order, group))
        for order, entry in enumerate(group.entries):
            qid = str(next(next_id))
            tables["questions"].append(_lss_question(entry, qid, gid, order))
            for place, (code, text) in enumerate(entry.rows):
                sub = Entry(code=code, type="T", text=text)
                tables["subquestions"].append(_lss_question(sub, str(next(next_id)), gid, place, parent=qid))
            for place, choice in enumerate(entry.choices):
                tables["answers"].append(_lss_answer(choice, qid, place))
            if entry.is_hidden:
                tables["question_attributes"].append({"qid": qid, "attribute": "hidden", "value": "1"})
    tables["surveys"] = [_lss_survey()]
    tables["surveys_languagesettings"] = [
        {
            "surveyls_survey_id": str(_SID),
            "surveyls_language": LANGUAGE,
            "surveyls_title": _line(questionnaire.title),
            "surveyls_welcometext": _line(questionnaire.intro),
            "surveyls_dateformat": "6",
            "surveyls_numberformat": "0",
        }
    ]
    return tables


def _lss_group(gid: str, order: int, group: Group) -> Row:
    return {
        "gid": gid,
        "sid": str(_SID),
        "group_name": group.name,
        "group_order": str(order),
        "description": "",
        "language": LANGUAGE,
        "randomization_group": "",
        "grelevance": group.relevance,
    }


def _lss_question(entry: Entry, qid: str, gid: str, order: int, *, parent: str = "0") -> Row:
    return {
        "qid": qid,
        "parent_qid": parent,
        "sid": str(_SID),
        "gid": gid,
        "type": entry.type,
        "title": entry.code,
        "question": _line(entry.text),
        "preg": "",
        "help": "",
        "other": "N",
        "mandatory": "Y" if entry.is_required else "N",
        "question_order": str(order),
        "language": LANGUAGE,
        "scale_id": "0",
        "same_default": "0",
        "relevance": "1",
    }


def _lss_answer(choice: Choice, qid: str, place: int) -> Row:
    return {
        "qid": qid,
        "code": choice.code,
        "answer": _line(choice.text),
        "sortorder": str(place),
        "assessment_value": "0",
        "language": LANGUAGE,
        "scale_id": "0",
    }


def _lss_survey() -> Row:
    return {
        "sid": str(_SID),
        "admin": "",
        "active": "N",
        "anonymized": "Y",
        "format": "G",
        "savetimings": "Y",
        "language": LANGUAGE,
        "datestamp": "Y",
        "usecookie": "N",
        "allowsave": "Y",
        "ipaddr": "N",
        "refurl": "N",
        "showprogress": "Y",
        "allowprev": "Y",
    }


def _lss_table(name: str, rows: list[Row]) -> Iterator[str]:
    yield f" <{name}>"
    yield "  <fields>"
    yield from (f"   <fieldname>{field}</fieldname>" for field in rows[0])
    yield "  </fields>"
    yield "  <rows>"
    for row in rows:
        yield "   <row>"
        yield from _cells(row.items())
        yield "   </row>"
    yield "  </rows>"
    yield f" </{name}>"


def _cells(cells: Iterable[tuple[str, str]]) -> Iterator[str]:
    for field, value in cells:
        yield f"    <{field}>{escape(value)}</{field}>"
