"""Is this a jtbd-analysis/1 document? Asked before a stored analysis is used."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any, Final, get_args

from jtbd_nlp.domain import ANALYSIS_SCHEMA, NeedKind
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.stages import STAGES

_TEXT: Final = (str,)
_TEXT_OR_NONE: Final = (str, NoneType)
_WHOLE: Final = (int,)
_NUMBER: Final = (int, float)
_CLAIM: Final = (bool,)
_LIST: Final = (list,)
_MAPPING: Final = (dict,)

Fields = Mapping[str, tuple[type, ...]]

_TOP: Final[Fields] = {
    "study": _MAPPING,
    "manifest": _MAPPING,
    "transcripts": _LIST,
    "statements": _LIST,
    "steps": _LIST,
    "needs": _LIST,
    "stages": _LIST,
    "coverage": _MAPPING,
    "saturation": _MAPPING,
}
_PARTS: Final[Mapping[str, Fields]] = {
    "study": {"name": _TEXT, "job": _TEXT, "executor": _TEXT},
    "manifest": {"version": _TEXT, "settings": _MAPPING, "models": _LIST, "inputs": _LIST},
    "coverage": {"share": _NUMBER, "by_transcript": _MAPPING, "largest_unexplained": _LIST},
    "saturation": {"steps": _LIST, "needs": _LIST, "expected_new_needs": _NUMBER, "interval": _LIST},
}
_ROWS: Final[Mapping[str, Fields]] = {
    "manifest.models": {"name": _TEXT, "version": _TEXT, "sha256": _TEXT},
    "manifest.inputs": {"transcript": _TEXT, "sha256": _TEXT},
    "transcripts": {
        "id": _TEXT,
        "title": _TEXT,
        "format": _TEXT,
        "n_turns": _WHOLE,
        "n_words": _WHOLE,
        "participants": _LIST,
        "warnings": _LIST,
    },
    "statements": {
        "id": _TEXT,
        "transcript": _TEXT,
        "turn": _WHOLE,
        "start": _WHOLE,
        "end": _WHOLE,
        "quote": _TEXT,
        "speaker": _TEXT,
        "kind": _TEXT,
        "actor": _TEXT_OR_NONE,
        "verb": _TEXT_OR_NONE,
        "object": _TEXT_OR_NONE,
        "context": _TEXT_OR_NONE,
        "negated": _CLAIM,
        "modality": _TEXT,
        "tense": _TEXT,
        "habitual": _CLAIM,
        "led": _CLAIM,
        "phrase": _TEXT,
        "stage": _TEXT,
        "stage_probability": _NUMBER,
        "step": _TEXT_OR_NONE,
        "membership": _NUMBER,
        "confidence": _NUMBER,
    },
    "steps": {
        "id": _TEXT,
        "phrase": _TEXT,
        "stage": _TEXT,
        "stage_probabilities": _MAPPING,
        "position": _WHOLE,
        "confidence": _NUMBER,
        "n_participants": _WHOLE,
        "n_statements": _WHOLE,
        "statements": _LIST,
        "needs": _LIST,
        "lint": _LIST,
    },
    "needs": {
        "id": _TEXT,
        "statement": _TEXT,
        "direction": _TEXT,
        "metric": _TEXT,
        "object": _TEXT,
        "context": _TEXT_OR_NONE,
        "step": _TEXT_OR_NONE,
        "n_participants": _WHOLE,
        "statements": _LIST,
        "origin": _TEXT,
        "lint": _LIST,
    },
    "stages": {
        "stage": _TEXT,
        "n_steps": _WHOLE,
        "n_participants": _WHOLE,
        "status": _TEXT,
        "nearest": _LIST,
        "ask": _TEXT,
    },
}
# Fields that were added to the format later: analyses of before lack them, those that have them are checked.
_ADDED: Final[Mapping[str, Fields]] = {
    "statements": {
        "direction": _TEXT,
        "metric": _TEXT,
        "measured": _TEXT,
        "need_kind": _TEXT,
        "action_variable": _TEXT,
        "circumstance": _TEXT_OR_NONE,
        "is_met": _CLAIM,
        "wording": _NUMBER,
    },
    "steps": {"n_against": _WHOLE, "counter": _LIST, "need_quotes": _LIST},
    "needs": {
        "kind": _TEXT,
        "action_variable": _TEXT,
        "is_met": _CLAIM,
        "contradicts": _LIST,
        "derived_from": _LIST,
    },
    "stages": {"asked": _MAPPING},
}
_NEED_KINDS: Final = frozenset(get_args(NeedKind))
_ORIGINS: Final = frozenset({"said", "suggested"})
_NAMES: Final[Mapping[type, str]] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    NoneType: "null",
}


def read_analysis_document(content: bytes, *, place: str) -> dict[str, Any]:
    """Parse and check a stored analysis.

    Args:
        content: the file's bytes.
        place: what messages call the file.

    Raises:
        AnalysisError: it is no JSON, or no jtbd-analysis/1; see `check_analysis_document`.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise AnalysisError(f"{place}: is no JSON: {fault}") from fault
    try:
        check_analysis_document(document)
    except AnalysisError as fault:
        raise AnalysisError(f"{place}: {fault}") from fault
    checked: dict[str, Any] = document
    return checked


def check_analysis_document(document: object) -> None:
    """Make sure that `document` (parsed JSON) is a jtbd-analysis/1 with all its fields; more fields are fine.

    Raises:
        AnalysisError: it is of another schema, or a field is missing or of the wrong type; the message names the
            field, as in `statements[3].turn`.
    """
    if not isinstance(document, dict):
        raise AnalysisError("the analysis must be a JSON object")
    if document.get("schema") != ANALYSIS_SCHEMA:
        raise AnalysisError(f"schema: must be {ANALYSIS_SCHEMA!r}, not {str(document.get('schema'))[:60]!r}")
    _check_fields(document, _TOP, place="")
    for name, fields in _PARTS.items():
        _check_fields(document[name], fields, place=f"{name}.")
    for name, fields in _ROWS.items():
        for place, row in _rows(document, name):
            if not isinstance(row, dict):
                raise AnalysisError(f"{place}: must be an object")
            _check_fields(row, fields, place=f"{place}.")
            added = {field: types for field, types in _ADDED.get(name, {}).items() if field in row}
            _check_fields(row, added, place=f"{place}.")
            if name == "needs":
                _check_need(row, place)
            if "stage" in fields and row["stage"] not in STAGES:
                raise AnalysisError(f"{place}.stage: must be one of {', '.join(STAGES)}")


def _check_need(row: Mapping[str, object], place: str) -> None:
    for field, allowed in (("origin", _ORIGINS), ("kind", _NEED_KINDS)):
        if field in row and row[field] not in allowed:
            raise AnalysisError(f"{place}.{field}: must be one of {', '.join(sorted(allowed))}")


def _rows(document: dict[str, object], name: str) -> Iterator[tuple[str, object]]:
    rows: object = document
    for key in name.split("."):
        rows = rows[key] if isinstance(rows, dict) else None
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        yield f"{name}[{number}]", row


def _check_fields(values: object, fields: Fields, *, place: str) -> None:
    if not isinstance(values, dict):
        raise AnalysisError(f"{place.removesuffix('.')}: must be an object")
    for field, types in fields.items():
        if field not in values:
            raise AnalysisError(f"{place}{field}: is missing")
        # bool is a subclass of int in Python, but true is no number of turns.
        if not isinstance(values[field], types) or (isinstance(values[field], bool) and bool not in types):
            wanted = " or ".join(_NAMES[t] for t in types)
            raise AnalysisError(f"{place}{field}: must be {wanted}")
