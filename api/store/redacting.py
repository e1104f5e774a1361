"""Taking what is forgotten out of plain JSON values of any form: bodies of decisions, rules and surveys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jtbd_nlp.forgetting import MASK, Forgotten, mask_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """By what words of the erased are known in bodies of any form.

    `turns` are (transcript, turn) that the erased spoke, `ids` those of their statements and asides, `words` what they
    said, `names` what they are called. `hashes` gives the new hash of each transcript that was masked, by its old one.
    """

    forgotten: Forgotten
    turns: frozenset[tuple[str, int]] = frozenset()
    ids: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    hashes: Mapping[str, str] = field(default_factory=dict)


def redact_plain(plain: Any, traces: Traces) -> Any:
    """Plain JSON values of an unknown form without what is forgotten.

    A mapping that quotes it (`transcript`, with `speaker` or `turn` where others speak too) becomes None, or leaves its
    list; so do ids of statements that are gone. In strings, what was said and who said it is masked; hashes of
    transcripts that were masked become the new ones.
    """
    if isinstance(plain, Mapping):
        if quotes(plain, traces):
            return None
        # A transcript keeps its name, though it may be that of a person in it.
        return {key: inner if key == "transcript" else redact_plain(inner, traces) for key, inner in plain.items()}
    if isinstance(plain, list):
        redacted = [redact_plain(inner, traces) for inner in plain]
        return [new for old, new in zip(plain, redacted, strict=True) if new is not None or old is None]
    if isinstance(plain, str):
        if plain in traces.ids:
            return None
        if plain in traces.hashes:
            return traces.hashes[plain]
        for said in sorted((w for w in traces.words if w in plain), key=lambda text: (-len(text), text)):
            plain = plain.replace(said, MASK * len(said))
        return mask_names(plain, traces.names)
    return plain


def quotes(plain: Mapping[str, Any], traces: Traces) -> bool:
    """Whether a mapping of an unknown form quotes what is forgotten."""
    place, speaker = plain.get("transcript"), plain.get("speaker")
    if not isinstance(place, str):
        return False
    span = plain.get("span")
    turn = span.get("turn") if isinstance(span, Mapping) else plain.get("turn")
    return (
        place in traces.forgotten.transcripts
        or (isinstance(speaker, str) and (place, speaker) in traces.forgotten.people)
        or (isinstance(turn, int) and (place, turn) in traces.turns)
    )


def strings(plain: Any) -> Iterable[str]:
    """All strings in plain JSON values; keys of mappings are none."""
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, Mapping):
        for inner in plain.values():
            yield from strings(inner)
    elif isinstance(plain, list):
        for inner in plain:
            yield from strings(inner)
