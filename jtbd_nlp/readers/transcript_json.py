"""Hop 1 for jtbd-transcript/1, the canonical format: turns and texts are kept exactly as they are."""

from __future__ import annotations

import re
from typing import Final

from jtbd_nlp.domain import TRANSCRIPT_SCHEMA, Kind, Role
from jtbd_nlp.errors import MalformedTranscriptError
from jtbd_nlp.readers import json_nodes
from jtbd_nlp.readers.drafts import Draft, DraftTurn
from jtbd_nlp.readers.json_nodes import Node

_MARK: Final = re.compile(rb'"schema"\s*:\s*"jtbd-transcript/', re.IGNORECASE)
_LONGEST_S: Final = 1e7


def recognises(content: bytes, *, name: str) -> bool:
    """Tell whether this JSON says that it is a jtbd-transcript, of whatever version."""
    del name
    if not json_nodes.looks_like_json(content):
        return False
    return _MARK.search(content.replace(b"\x00", b"") if b"\x00" in content[:64] else content) is not None


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read a jtbd-transcript/1. All but `schema`, `turns` and their `text` may be absent or null.

    Raises:
        MalformedTranscriptError: no JSON, another version, or a field against the format; names the turn.
        UndecodableTextError: neither UTF-8 nor UTF-16.
    """
    del name
    root = json_nodes.parse(content)
    schema = root.get("schema").value
    if schema != TRANSCRIPT_SCHEMA:
        raise MalformedTranscriptError(f"schema: {_shown(schema)}, but {TRANSCRIPT_SCHEMA} is what is read")
    turns = [_turn(node, index) for index, node in enumerate(root.get("turns").each())]
    if not turns:
        raise MalformedTranscriptError("turns: there are none")
    return [
        Draft(
            turns,
            format=TRANSCRIPT_SCHEMA,
            title=_string_or_none(root.get("title"), "title"),
            id=_string_or_none(root.get("id"), "id"),
            kind=_kind(root.get("kind")),
            source=_string_or_none(root.get("source"), "source"),
            is_canonical=True,
        )
    ]


def _turn(node: Node, index: int) -> DraftTurn:
    place = f"turn {index}"
    if not isinstance(node.value, dict):
        raise MalformedTranscriptError(f"{place}: an object is expected here")
    said = node.get("index").value
    if said is not None and (said != index or isinstance(said, bool)):
        raise MalformedTranscriptError(f"{place}: its index is {_shown(said)}; turns are numbered from 0 in order")
    start, end = _time(node, "start", place), _time(node, "end", place)
    if start is not None and end is not None and end < start:
        raise MalformedTranscriptError(f"{place}: ends before it starts ({end:g} < {start:g})")
    return DraftTurn(
        _string(node.get("text"), f"{place}: text"),
        speaker=_string_or_none(node.get("speaker"), f"{place}: speaker"),
        start=start,
        end=end,
        role=_role(node.get("role"), place),
    )


def _string(node: Node, place: str) -> str:
    if not isinstance(node.value, str):
        raise MalformedTranscriptError(f"{place}: a string is expected here")
    try:
        node.value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedTranscriptError(f"{place}: character {error.start} is half of a surrogate pair") from error
    return node.value


def _string_or_none(node: Node, place: str) -> str | None:
    return None if node.value is None else _string(node, place)


def _role(node: Node, place: str) -> Role | None:
    if node.value is None:
        return None
    try:
        return Role(_string(node, f"{place}: role"))
    except ValueError as error:
        known = ", ".join(role.value for role in Role)
        raise MalformedTranscriptError(f"{place}: role: {_shown(node.value)} is none of {known}") from error


def _kind(node: Node) -> Kind | None:
    if node.value is None:
        return None
    try:
        return Kind(_string(node, "kind"))
    except ValueError as error:
        known = ", ".join(kind.value for kind in Kind)
        raise MalformedTranscriptError(f"kind: {_shown(node.value)} is none of {known}") from error


def _time(node: Node, key: str, place: str) -> float | None:
    value = node.get(key).value
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LONGEST_S:
        raise MalformedTranscriptError(f"{place}: {key}: seconds or null are expected here")
    # Not rounded, and an integer stays one: a transcript read and written again is the same to the byte.
    return value


def _shown(value: object) -> str:
    return repr(value)[:40]
