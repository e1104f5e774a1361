"""The core's frozen values as plain JSON values and back, without loss: equal in, equal out, to the last digit.

Exports round and rearrange; what is kept must not. Fields are told from the dataclasses themselves: a field that is
added with a default can be read from bodies that were written before there was one.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any], Any]


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
    wanted: Any = kind
    value: T = _as(_reader(wanted), plain)
    return value


def _as(read: Reader | None, plain: Any) -> Any:
    return plain if read is None else read(plain)


@cache
def _reader(kind: Any) -> Reader | None:
    """What reads values of a type, put together once for all of them; None where they are read as they are."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        rest = [option for option in inner if option is not types.NoneType]
        read = _reader(rest[0]) if len(rest) == 1 else None
        return None if read is None else lambda plain: None if plain is None else read(plain)
    if origin is tuple:
        return _tuple_reader(inner)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        of_values = _reader(inner[1])
        return lambda plain: {key: _as(of_values, value) for key, value in plain.items()}
    if origin is Literal or not isinstance(kind, type):
        return None
    if is_dataclass(kind):
        return lambda plain: _read_dataclass(kind, plain)
    if kind is datetime:
        return datetime.fromisoformat
    return kind if issubclass(kind, Enum) else None


def _tuple_reader(kinds: tuple[Any, ...]) -> Reader:
    is_long = len(kinds) == 2 and kinds[1] is Ellipsis
    of_any = _reader(kinds[0]) if is_long else None
    of_each = () if is_long else tuple(_reader(kind) for kind in kinds)

    def read(plain: Any) -> tuple[Any, ...]:
        if not isinstance(plain, list):
            raise ValueError("a list is expected")
        if is_long:
            return tuple(plain) if of_any is None else tuple(map(of_any, plain))
        return tuple(_as(one, value) for one, value in zip(of_each, plain, strict=True))

    return read


def _read_dataclass(kind: type, plain: Any) -> Any:
    if not isinstance(plain, Mapping):
        raise ValueError(f"a {kind.__name__} is expected")
    given = {}
    for name, read, is_needed in _field_readers(kind):
        if name in plain:
            given[name] = _as(read, plain[name])
        elif is_needed:
            raise ValueError(f"a {kind.__name__} without {name!r}")
    return kind(**given)


@cache
def _field_readers(kind: Any) -> tuple[tuple[str, Reader | None, bool], ...]:
    """Of each field that is given: its name, what reads it, and whether it has no default."""
    hints = get_type_hints(kind)
    return tuple(
        (field.name, _reader(hints[field.name]), field.default is MISSING and field.default_factory is MISSING)
        for field in fields(kind)
        if field.init
    )
