"""Analysis to CSV files: one row a step, need, statement and stage, for sorting and counting in a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from jtbd_nlp.domain import Analysis
from jtbd_nlp.export.canonical import analysis_document

# A cell that begins so is run as a formula by Excel, LibreOffice and Google Sheets (OWASP, CSV Injection), the
# full-width forms by some of them; a leading apostrophe makes it text.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# fmt: off
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "steps": (
        "position", "stage", "stage8", "phrase", "n_participants", "participants_low", "participants_high",
        "n_statements", "confidence", "best_quote", "speaker", "transcript", "turn", "start", "end", "needs",
        "lint", "id", "n_against", "counter_quote", "n_need_quotes",
    ),
    "needs": (
        "stage", "stage8", "step_phrase", "statement", "direction", "metric", "object", "context",
        "n_participants", "n_statements", "origin", "best_quote", "speaker", "transcript", "turn", "start",
        "end", "lint", "step", "id", "kind", "action_variable", "is_met", "contradicts",
    ),
    "statements": (
        "transcript", "turn", "start", "end", "speaker", "kind", "quote", "phrase", "stage", "stage8",
        "stage_probability", "step_phrase", "membership", "confidence", "actor", "verb", "object", "context",
        "negated", "modality", "tense", "habitual", "led", "direction", "metric", "measured", "step", "id",
        "need_kind", "action_variable", "circumstance", "is_met", "wording", "need",
    ),
    "stages": (
        "stage", "stage8", "status", "n_steps", "n_participants", "ask", "nearest_quote", "speaker",
        "transcript", "turn", "start", "end", "asked", "n_asked", "n_silent", "question",
    ),
}
# fmt: on

Row = dict[str, object]


def analysis_csv(analysis: Analysis) -> dict[str, bytes]:
    """Write steps.csv, needs.csv, statements.csv and stages.csv; keys are the file names.

    A need statement whose `need` is empty is a loose quote; those that may tell a need are counted at their step in
    `n_need_quotes`.
    UTF-8 with a byte order mark, without which Excel garbles other scripts; comma-separated, a header line. Text that
    a spreadsheet would run as a formula gets an apostrophe in front; `start` and `end` still lead to what was said.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    document = analysis_document(analysis)
    rows = {name: _rows(document, name) for name in _COLUMNS}
    by_id = {row["id"]: row for row in rows["statements"]}
    phrases = {row["id"]: row["phrase"] for row in rows["steps"]}
    for step in rows["steps"]:
        low, high = _listed(step["participants_interval"])
        step |= {"participants_low": low, "participants_high": high, "needs": len(_listed(step["needs"]))}
        step |= _first_quote(step["statements"], by_id, "best_quote") | {"lint": _lint(step["lint"])}
        step["n_need_quotes"] = len(_listed(step["need_quotes"]))
        step["counter_quote"] = next((aside["quote"] for aside in _listed(step["counter"])), None)
    for need in rows["needs"]:
        need |= _first_quote(need["statements"], by_id, "best_quote") | {"lint": _lint(need["lint"])}
        need |= _first_aside(need["derived_from"]) | {"contradicts": "; ".join(_listed(need["contradicts"]))}
        need["step_phrase"] = phrases.get(need["step"])
    need_of = {i: need["id"] for need in rows["needs"] for i in _listed(need["statements"])}
    for statement in rows["statements"]:
        statement["need"] = need_of.get(statement["id"])
        statement["step_phrase"] = phrases.get(statement["step"])
    for stage in rows["stages"]:
        stage |= _first_quote(stage["nearest"], by_id, "nearest_quote") | _asked(stage["asked"])
    return {f"{name}.csv": csv_bytes(rows[name], columns) for name, columns in _COLUMNS.items()}


def csv_bytes(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """Write rows as `analysis_csv` does: these columns, text that would run as a formula guarded."""
    import pandas as pd  # half a second, which only who writes a table should wait for

    guarded = [{column: _guarded(row.get(column)) for column in columns} for row in rows]
    # Whole numbers stay whole beside empty cells only as objects.
    table = pd.DataFrame(guarded, columns=list(columns), dtype=object)
    return table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _guarded(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.lstrip(" \u00a0\u3000").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _first_quote(statements: object, by_id: Mapping[object, Row], quote_column: str) -> Row:
    listed = _listed(statements)
    if not listed:
        return {}
    first = by_id[listed[0]]
    return {quote_column: first["quote"]} | {c: first[c] for c in ("speaker", "transcript", "turn", "start", "end")}


def _first_aside(asides: object) -> Row:
    """The words that a suggested need derives from stand where a said need has its best quote."""
    listed = _listed(asides)
    if not listed:
        return {}
    first = listed[0]
    return {"best_quote": first["quote"]} | {c: first[c] for c in ("speaker", "transcript", "turn", "start", "end")}


def _asked(asked: object) -> Row:
    if not isinstance(asked, dict):
        raise TypeError(f"an object is wanted, not {type(asked).__name__}")
    return {
        "asked": asked["verdict"],
        "n_asked": asked["n_participants"],
        "n_silent": len(asked["silent"]),
        "question": next((question["quote"] for question in asked["questions"]), None),
    }


def _lint(findings: object) -> str:
    return "; ".join(finding["message"] for finding in _listed(findings))


def _rows(document: Mapping[str, object], name: str) -> list[Row]:
    return [dict(row) for row in _listed(document[name])]


def _listed(value: object) -> list:  # type: ignore[type-arg]  # plain JSON values
    if not isinstance(value, list):
        raise TypeError(f"a list is wanted, not {type(value).__name__}")
    return value
