"""The core's frozen values as plain JSON values and back, without loss: equal in, equal out, to the last digit.

Exports round and rearrange; what is kept must not. Fields are told from the dataclasses themselves: a field that is
added with a default can be read from bodies that were written before there was one.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """A frozen value as mappings, lists, strings, numbers, booleans and None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value) if f.init}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(inner) for inner in value]
    return value


def from_plain(kind: type[T], plain: object) -> T:
    """The value of a type from what `to_plain` made of it.

    Raises:
        ValueError: a field without a default is missing, or is of another shape.
    """
    value: T = _read(kind, plain)
    return value


def _read(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        rest = [option for option in get_args(kind) if option is not types.NoneType]
        if plain is None or len(rest) != 1:
            return plain
        return _read(rest[0], plain)
    if origin is tuple:
        return _read_tuple(get_args(kind), plain)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _read(get_args(kind)[1], inner) for key, inner in plain.items()}
    if origin is Literal or not isinstance(kind, type):
        return plain
    if is_dataclass(kind):
        return _read_dataclass(kind, plain)
    if kind is datetime:
        return datetime.fromisoformat(plain)
    return kind(plain) if issubclass(kind, Enum) else plain


def _read_tuple(kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        raise ValueError("a list is expected")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], inner) for inner in plain)
    return tuple(_read(kind, inner) for kind, inner in zip(kinds, plain, strict=True))


def _read_dataclass(kind: type, plain: Any) -> Any:
    if not isinstance(plain, Mapping):
        raise ValueError(f"a {kind.__name__} is expected")
    hints = _hints(kind)
    given = {}
    for field in fields(kind):
        if not field.init:
            continue
        if field.name in plain:
            given[field.name] = _read(hints[field.name], plain[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ValueError(f"a {kind.__name__} without {field.name!r}")
    return kind(**given)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
