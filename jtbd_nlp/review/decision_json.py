"""Decisions as JSON, `jtbd-decision/1`, for whoever stores them or sends them.

    {"schema": "jtbd-decision/1", "kind": "split", "id": "d-17", "run": "run-2", "by": "ana",
     "at": "2026-05-04T10:12:00+00:00", "seen": {"step-3f2a": "9c01d2e45f6a"},
     "step": "step-3f2a", "statements": ["…"], "phrase": "confirm the departure time", "needs": []}

`kind` is one of `kind_names()`; the keys after `seen` are the fields of that kind's class in `decisions`. Evidence is
`{"transcript": "p07", "sha256": "…", "turn": 12, "start": 14, "end": 50}`, by place and without the words. `seen`, and
what has a default, may be left out. An unknown key is a fault: a decision that is half understood would do something
else.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, get_type_hints

from jtbd_nlp.domain import Span
from jtbd_nlp.errors import MalformedDecisionError
from jtbd_nlp.review.decisions import KINDS, ChosenSpan, ReviewDecision
from jtbd_nlp.stages import STAGES

DECISION_SCHEMA: Final = "jtbd-decision/1"

_CLASSES: Final = {kind.kind: kind for kind in KINDS}
_OF_EVIDENCE: Final = ("transcript", "sha256", "turn", "start", "end")


def kind_names() -> tuple[str, ...]:
    """The kinds of decisions there are, as `kind` names them."""
    return tuple(_CLASSES)


def to_json(decision: ReviewDecision) -> dict[str, Any]:
    """Write a decision as plain values, keys in a fixed order; `from_json` gives an equal decision back."""
    written: dict[str, Any] = {"schema": DECISION_SCHEMA, "kind": decision.kind}
    for field in dataclasses.fields(decision):
        value = getattr(decision, field.name)
        written[field.name] = dict(value) if field.name == "seen" else _plain(value)
    return written


def to_bytes(decision: ReviewDecision) -> bytes:
    """Write a decision as one line of UTF-8 JSON."""
    return json.dumps(to_json(decision), ensure_ascii=False).encode("utf-8")


def from_bytes(content: bytes, *, place: str = "decision") -> ReviewDecision:
    """Read what `to_bytes` wrote; see `from_json`."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise MalformedDecisionError(f"{place}: is no JSON: {fault}") from fault
    return from_json(document, place=place)


def from_json(document: object, *, place: str = "decision") -> ReviewDecision:
    """Read a decision from parsed JSON.

    Args:
        document: what `to_json` gives.
        place: what messages call it.

    Raises:
        MalformedDecisionError: it is no jtbd-decision/1; the message names the field, as in
            `decision.evidence[1].turn: must be a whole number from 0`.
    """
    if not isinstance(document, dict):
        raise MalformedDecisionError(f"{place}: must be a JSON object")
    if document.get("schema") != DECISION_SCHEMA:
        raise MalformedDecisionError(f"{place}.schema: must be {DECISION_SCHEMA!r}")
    kind = document.get("kind")
    found = _CLASSES.get(kind) if isinstance(kind, str) else None
    if found is None:
        raise MalformedDecisionError(f"{place}.kind: must be one of {', '.join(_CLASSES)}")
    values = {key: value for key, value in document.items() if key not in ("schema", "kind")}
    return found(**_arguments(found, values, place))


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case ChosenSpan(transcript, sha256, Span(turn, start, end)):
            return dict(zip(_OF_EVIDENCE, (transcript, sha256, turn, start, end), strict=True))
        case tuple():
            return [_plain(member) for member in value]
        case _:
            return value


def _arguments(kind: type[ReviewDecision], values: Mapping[str, object], place: str) -> dict[str, Any]:
    types = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in values:
        if key not in fields:
            raise MalformedDecisionError(f"{place}.{key}: a decision to {kind.kind} has no such field")
    arguments = {}
    for name, field in fields.items():
        if name in values:
            read = _stage if name == "stage" else _READERS[types[name]]
            arguments[name] = read(values[name], f"{place}.{name}")
        elif field.default is dataclasses.MISSING:
            raise MalformedDecisionError(f"{place}.{name}: is missing")
    return arguments


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MalformedDecisionError(f"{place}: must be text that is not blank")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise MalformedDecisionError(f"{place}: holds half a character (a lone surrogate)") from fault
    return value


def _text_or_none(value: object, place: str) -> str | None:
    return None if value is None else _text(value, place)


def _stage(value: object, place: str) -> str:
    if value not in STAGES:
        raise MalformedDecisionError(f"{place}: must be one of {', '.join(STAGES)}")
    return str(value)


def _whole(value: object, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MalformedDecisionError(f"{place}: must be a whole number from 0")
    return value


def _time(value: object, place: str) -> datetime:
    try:
        time = datetime.fromisoformat(_text(value, place))
    except ValueError as fault:
        raise MalformedDecisionError(f"{place}: must be a time as in 2026-05-04T10:12:00+00:00") from fault
    if time.tzinfo is None:
        raise MalformedDecisionError(f"{place}: must have a time zone, as in 2026-05-04T10:12:00+00:00")
    return time


def _members(value: object, place: str) -> list[tuple[object, str]]:
    if not isinstance(value, list):
        raise MalformedDecisionError(f"{place}: must be a list")
    return [(member, f"{place}[{i}]") for i, member in enumerate(value)]


def _texts(value: object, place: str) -> tuple[str, ...]:
    return tuple(_text(member, where) for member, where in _members(value, place))


def _seen(value: object, place: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise MalformedDecisionError(f"{place}: must be an object of revisions by entry id")
    return tuple((entry, _text(revision, f"{place}.{entry}")) for entry, revision in value.items())


def _evidence(value: object, place: str) -> tuple[ChosenSpan, ...]:
    return tuple(_chosen_span(member, where) for member, where in _members(value, place))


def _chosen_span(value: object, place: str) -> ChosenSpan:
    if not isinstance(value, dict):
        raise MalformedDecisionError(f"{place}: must be an object")
    for key in _OF_EVIDENCE:
        if key not in value:
            raise MalformedDecisionError(f"{place}.{key}: is missing")
    turn, start, end = (_whole(value[key], f"{place}.{key}") for key in ("turn", "start", "end"))
    if start >= end:
        raise MalformedDecisionError(f"{place}: must start before it ends")
    transcript, sha256 = (_text(value[key], f"{place}.{key}") for key in ("transcript", "sha256"))
    return ChosenSpan(transcript, sha256, Span(turn, start, end))


_READERS: Final[Mapping[object, Callable[[object, str], object]]] = {
    str: _text,
    str | None: _text_or_none,
    datetime: _time,
    tuple[str, ...]: _texts,
    tuple[tuple[str, str], ...]: _seen,
    tuple[ChosenSpan, ...]: _evidence,
}
