"""Solutions and features that a team lists, as they are written and shown."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Name, Text
from jtbd_nlp.priorities.solutions import Solution, SolutionKind
from jtbd_nlp.priorities.strategy import Feature

Revision = Annotated[
    str | None,
    Field(
        max_length=64,
        description="Of the list; sent back with a list that was made from it, it keeps others' changes: 409 where the "
        "list is another by now. Without it any list is replaced.",
    ),
]

_SOLUTIONS: dict[str, Any] = {
    "revision": "9b1f4c02d7a6e358",
    "solutions": [{"id": "maps", "name": "Maps", "kind": "product", "aliases": ["the map app"]}],
}
_FEATURES: dict[str, Any] = {
    "revision": "4f53cda18c2baa0c",
    "features": [
        {"id": "watch", "name": "Watch face", "note": "Tells when to leave", "subjects": ["step-3f2a9b7c1d0e5f64"]}
    ],
}


class SolutionRow(Asked):
    """Something that people use."""

    id: Name
    name: Name
    kind: SolutionKind = "product"
    aliases: tuple[Name, ...] = Field(default_factory=tuple, max_length=50)


class Solutions(Asked):
    """What people use, in order; a write replaces the list."""

    model_config = ConfigDict(json_schema_extra={"example": _SOLUTIONS})

    revision: Revision = None
    solutions: list[SolutionRow] = Field(max_length=500)


class FeatureRow(Asked):
    """Something the team might build, and the ids of steps and needs it is for."""

    id: Name
    name: Name
    note: Text = ""
    subjects: tuple[Name, ...] = Field(default_factory=tuple, max_length=500)


class Features(Asked):
    """What the team might build, in order; a write replaces the list."""

    model_config = ConfigDict(json_schema_extra={"example": _FEATURES})

    revision: Revision = None
    features: list[FeatureRow] = Field(max_length=500)


def solutions_of(asked: Solutions) -> tuple[Solution, ...]:
    """The solutions as the core has them."""
    return tuple(Solution(**dict(row)) for row in asked.solutions)


def features_of(asked: Features) -> tuple[Feature, ...]:
    """The features as the core has them."""
    return tuple(Feature(**dict(row)) for row in asked.features)
