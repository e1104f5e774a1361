"""What several answers share: the base of all schemas, moments, and short texts that people type."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

NAME_MAX: Final = 300
TEXT_MAX: Final = 4000

Name = Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
Text = Annotated[str, Field(max_length=TEXT_MAX)]


class Schema(BaseModel):
    """An answer. Keys may be added later: a reader ignores those it does not know."""

    model_config = ConfigDict(extra="allow", from_attributes=True)


class Asked(BaseModel):
    """The body of a request. A key that is not known is a fault: half understood it would do something else."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Listed(Schema):
    """What all pages of lists have: the cursor of the next page, null on the last."""

    next: str | None = Field(description="Give it as `page[cursor]` for the next page; null on the last.")


def examples() -> dict[str, Any]:
    """The example of every body that has one, by the name of its schema."""
    kinds: list[type[BaseModel]] = [Schema, Asked]
    found = {}
    for kind in kinds:
        kinds += kind.__subclasses__()
        extra = kind.model_config.get("json_schema_extra")
        if isinstance(extra, dict) and "example" in extra:
            found[kind.__name__] = extra["example"]
    return found


def moment(value: datetime | None) -> str | None:
    """A moment as answers say it, in UTC: `2026-05-04T10:12:00.123456Z`."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
