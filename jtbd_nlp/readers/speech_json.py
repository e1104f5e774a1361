"""Hop 1 for JSON: exports of speech recognisers and transcript editors, chats, and plain lists of what was said.

The tool is told by the keys of the file (`speech_engines.py`); anything else that holds a list of
`{speaker, text[, start, end]}`, whatever these keys are called, is read as such a list.
"""

from __future__ import annotations

import re
from typing import Final

from jtbd_nlp.domain import TRANSCRIPT_SCHEMA
from jtbd_nlp.errors import MalformedTranscriptError, UnsupportedFormatError
from jtbd_nlp.readers import json_nodes, plain_text, transcript_json
from jtbd_nlp.readers.drafts import Draft, DraftTurn
from jtbd_nlp.readers.json_nodes import Node
from jtbd_nlp.readers.speech_engines import ENGINES
from jtbd_nlp.readers.spoken_words import speaker_name

_SPEAKER_KEYS: Final = (
    "speaker", "speaker_name", "speakerName", "speaker_label", "speakerLabel", "speaker_id", "speakerId",
    "name", "participant", "author", "user_name", "username", "user", "role", "from", "sender", "who",
)  # fmt: skip
_TEXT_KEYS: Final = ("text", "content", "transcript", "utterance", "message", "body", "sentence", "words", "value")
_START_KEYS: Final = (
    "start", "start_time", "startTime", "start_s", "begin", "start_ms", "startMs", "time", "timestamp", "ts", "offset",
)  # fmt: skip
_END_KEYS: Final = ("end", "end_time", "endTime", "end_s", "stop", "end_ms", "endMs", "end_ts")
_MILLISECONDS: Final = re.compile(r".*ms", re.IGNORECASE)
# Nobody takes this long for a word on average: the numbers must be milliseconds.
_SLOWEST_S_PER_WORD: Final = 30.0
_DEEPEST_LIST: Final = 4


def recognises(content: bytes, *, name: str) -> bool:
    """Tell whether this is JSON of any kind but a jtbd-transcript/1."""
    del name
    return json_nodes.looks_like_json(content) and not transcript_json.recognises(content, name="")


def read(content: bytes, *, name: str) -> list[Draft]:
    """Read one recording's transcript.

    Raises:
        UnsupportedFormatError: this JSON is of no shape that is known, or describes how another file is laid out.
        MalformedTranscriptError: no JSON, a known shape that is broken, or one without a word in it.
        UndecodableTextError: neither UTF-8 nor UTF-16.
    """
    del name
    root = json_nodes.parse(content)
    engine = next((engine for engine in ENGINES if engine.matches(root)), None)
    if engine is not None:
        return [_draft(engine.turns(root), format=f"{engine.name}-json", title=None)]
    if _describes_a_file(root):
        raise UnsupportedFormatError("the JSON lists the paragraphs of another file, not who said what")
    if root.has("text") and isinstance(root.get("text").value, str) and not root.get("segments").each_if_any():
        return [plain_text.read_text(root.get("text").text(), format="text-json")]
    listed = _list_of_turns(root, _DEEPEST_LIST)
    if listed is None:
        raise UnsupportedFormatError(f"no transcript in this JSON; known are {known_shapes()}")
    title = root.get("title", "name").value
    return [_draft(_turns(listed), format="turns-json", title=title if isinstance(title, str) else None)]


def known_shapes() -> str:
    """The JSON shapes that are read, as a phrase for a message."""
    tools = ", ".join(engine.title for engine in ENGINES)
    return f"{TRANSCRIPT_SCHEMA}, {tools}, and lists of {{speaker, text, start, end}}"


def _draft(turns: list[DraftTurn], *, format: str, title: str | None) -> Draft:  # noqa: A002 - the field's own name
    spoken = [turn for turn in turns if turn.text]
    if not spoken:
        raise MalformedTranscriptError("the recording's JSON holds no words")
    return Draft(spoken, format=format, title=title)


def _describes_a_file(root: Node) -> bool:
    return root.has("paragraphs", "platform") and isinstance(root.get("paragraphs").first().value, str)


def _list_of_turns(node: Node, depth: int) -> list[Node] | None:
    """The first list, breadth before depth, whose members are objects with a text."""
    level = [node]
    for _ in range(depth):
        for candidate in level:
            members = candidate.each_if_any()
            if members and any(_text_of(member) is not None for member in members):
                return members
        level = [child for parent in level for child in _children(parent)]
    return None


def _children(node: Node) -> list[Node]:
    if not isinstance(node.value, dict):
        return []
    return [Node(child, f"{node.place}.{key}".lstrip(".")) for key, child in node.value.items()]


def _text_of(node: Node) -> Node | None:
    found = next((node.get(key) for key in _TEXT_KEYS if isinstance(node.get(key).value, str)), None)
    has_company = any(node.get(*keys).value is not None for keys in (_SPEAKER_KEYS, _START_KEYS))
    return found if found is not None and has_company else None


def _turns(members: list[Node]) -> list[DraftTurn]:
    turns = []
    for member in members:
        text = _text_of(member)
        if text is None:
            continue
        start, end = _time(member, _START_KEYS), _time(member, _END_KEYS)
        turns.append(DraftTurn(" ".join(text.text().split()), _speaker(member), start, end))
    _milliseconds_to_seconds(turns)
    for turn in turns:
        turn.is_cue = turn.speaker is None and turn.start is not None
    return turns


def _speaker(member: Node) -> str | None:
    named = member.get(*_SPEAKER_KEYS)
    if isinstance(named.value, dict):
        named = named.get("name", "display_name", "displayName", "id")
    return speaker_name(named.text() if isinstance(named.value, str) else named.value)


def _time(member: Node, keys: tuple[str, ...]) -> float | None:
    """A time under one of `keys`; a date or anything else that is no time within the recording counts as none."""
    key = next((key for key in keys if member.get(key).value is not None), None)
    if key is None:
        return None
    try:
        return member.get(key).seconds(per_second=1000 if _MILLISECONDS.fullmatch(key) else 1)
    except MalformedTranscriptError:
        return None


def _milliseconds_to_seconds(turns: list[DraftTurn]) -> None:
    times = [time for turn in turns for time in (turn.start, turn.end) if time is not None]
    n_words = sum(len(turn.text.split()) for turn in turns)
    if not times or any(time != int(time) for time in times):
        return
    if max(times) - min(times) <= _SLOWEST_S_PER_WORD * max(n_words, 1):
        return
    for turn in turns:
        turn.start = None if turn.start is None else turn.start / 1000
        turn.end = None if turn.end is None else turn.end / 1000
