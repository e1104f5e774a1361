"""JSON of unknown origin, walked step by step so that a fault names the place where it stands.

Used by the readers of JSON formats; knows none of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from jtbd_nlp.errors import MalformedTranscriptError, UndecodableTextError
from jtbd_nlp.readers import clock


def looks_like_json(content: bytes) -> bool:
    """Tell whether `content` begins as a JSON object or list does, in UTF-8, UTF-16 or UTF-32."""
    head = content[:256].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return head[:1] == b"{" or (head[:1] == b"[" and head[1:].lstrip(b"\x00 \t\r\n")[:1] in (b"{", b"[", b"]", b""))


def parse(content: bytes) -> Node:
    """Parse a whole JSON file.

    Raises:
        UndecodableTextError: the bytes are no UTF-8, UTF-16 or UTF-32.
        MalformedTranscriptError: they are no JSON, or it is nested beyond reason; names the line.
    """
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
        return Node(json.loads(text), "")
    except UnicodeDecodeError as error:
        raise UndecodableTextError(f"byte {error.start}: the JSON is neither UTF-8 nor UTF-16") from error
    except json.JSONDecodeError as error:
        is_cut_off = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        fault = "the JSON is cut off" if is_cut_off else f"no valid JSON: {error.msg}"
        raise MalformedTranscriptError(fault, line=error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise MalformedTranscriptError("the JSON is nested too deeply or holds an absurd number") from error


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and where it stands, e.g. `results.items[3]`; a missing value is None."""

    value: object
    place: str

    def get(self, *keys: str) -> Node:
        """The value under the first of `keys` that is there; Node(None) where none is or this is no object."""
        if isinstance(self.value, dict):
            for key in keys:
                if self.value.get(key) is not None:
                    return Node(self.value[key], f"{self.place}.{key}".lstrip("."))
        return Node(None, f"{self.place}.{keys[0]}".lstrip("."))

    def each(self) -> list[Node]:
        """The members of a list; an absent one is an error too.

        Raises:
            MalformedTranscriptError: this is no list.
        """
        if not isinstance(self.value, list):
            raise MalformedTranscriptError(f"{self.place or 'top level'}: a list is expected here")
        return [Node(value, f"{self.place}[{i}]") for i, value in enumerate(self.value)]

    def each_if_any(self) -> list[Node]:
        """The members of a list, or none where this is no list."""
        return self.each() if isinstance(self.value, list) else []

    def first(self) -> Node:
        """First member of a list, or Node(None)."""
        return Node(self.value[0] if isinstance(self.value, list) and self.value else None, f"{self.place}[0]")

    def last(self) -> Node:
        """Last member of a list, or Node(None)."""
        return Node(self.value[-1] if isinstance(self.value, list) and self.value else None, f"{self.place}[-1]")

    def has(self, *keys: str) -> bool:
        """Tell whether this is an object with all of `keys`, also with null under them."""
        return isinstance(self.value, dict) and all(key in self.value for key in keys)

    def text(self) -> str:
        """The string, with surrogates that have no partner replaced.

        Raises:
            MalformedTranscriptError: this is no string.
        """
        if not isinstance(self.value, str):
            raise MalformedTranscriptError(f"{self.place or 'top level'}: a text is expected here")
        if self.value.isascii():
            return self.value
        return self.value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def seconds(self, *, per_second: float = 1.0) -> float | None:
        """The time in seconds, None where it is null or absent; `per_second` is 1000 for milliseconds.

        Raises:
            MalformedTranscriptError: something is there that is no time.
        """
        if self.value is None or self.value == "":
            return None
        time = clock.seconds(self.value)
        if time is None:
            raise MalformedTranscriptError(f"{self.place}: {type(self.value).__name__} is not a time")
        return round(time / per_second, 6)
