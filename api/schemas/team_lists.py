"""Solutions and features that a team lists, as they are written and shown."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from api.schemas.bases import Asked, Name, Text
from api.store.team_lists import revision_of
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
    aliases: list[Name] = Field(default_factory=list, max_length=50)


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
    subjects: list[Name] = Field(default_factory=list, max_length=500)


class Features(Asked):
    """What the team might build, in order; a write replaces the list."""

    model_config = ConfigDict(json_schema_extra={"example": _FEATURES})

    revision: Revision = None
    features: list[FeatureRow] = Field(max_length=500)


def solutions_of(asked: Solutions) -> tuple[Solution, ...]:
    """The solutions as the core has them."""
    return tuple(Solution(id=s.id, name=s.name, kind=s.kind, aliases=tuple(s.aliases)) for s in asked.solutions)


def solution_rows(solutions: tuple[Solution, ...]) -> dict[str, Any]:
    """The solutions as they are answered."""
    return {
        "revision": revision_of(solutions),
        "solutions": [{"id": s.id, "name": s.name, "kind": s.kind, "aliases": list(s.aliases)} for s in solutions],
    }


def features_of(asked: Features) -> tuple[Feature, ...]:
    """The features as the core has them."""
    return tuple(Feature(id=f.id, name=f.name, subjects=tuple(f.subjects), note=f.note) for f in asked.features)


def feature_rows(features: tuple[Feature, ...]) -> dict[str, Any]:
    """The features as they are answered."""
    return {
        "revision": revision_of(features),
        "features": [{"id": f.id, "name": f.name, "note": f.note, "subjects": list(f.subjects)} for f in features],
    }
