"""Fields of a clause: who does what to what, when, and whether it is so, wanted or tried.

Part of hop 2. Knows English grammar; knows nothing of features or learned judgement.
"""

from __future__ import annotations

from dataclasses import dataclass

from jtbd_nlp.domain import Modality, Tense
from jtbd_nlp.statements.extents import Extent
from jtbd_nlp.statements.trees import Tree


@dataclass(frozen=True, slots=True)
class Fields:
    """What a Clause says of itself, before features."""

    actor: str | None
    verb: str | None
    object: str | None
    context: str | None
    negated: bool
    modality: Modality
    tense: Tense
    habitual: bool


def fields_of(tree: Tree, extent: Extent) -> Fields:
    """Read the fields off the tree."""
    return Fields(None, tree.lemmas[extent.head], None, None, False, "none", "present", False)
