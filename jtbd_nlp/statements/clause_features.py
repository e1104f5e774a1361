"""Features of a clause: a fixed vector of cheap, named numbers for a learned filter.

Part of hop 2. Knows words and grammar; knows nothing of what is learned from them.
"""

from __future__ import annotations

from typing import Final

from jtbd_nlp.domain import Kind
from jtbd_nlp.statements.clause_fields import Fields
from jtbd_nlp.statements.extents import Extent
from jtbd_nlp.statements.trees import Tree

FEATURE_NAMES: Final[tuple[str, ...]] = ()


def features_of(tree: Tree, extent: Extent, fields: Fields, kind: Kind) -> tuple[float, ...]:
    """One number for each of FEATURE_NAMES."""
    return ()
