"""Field notes: whose deeds count when an observer writes about people in the third person.

Part of hop 2. The judge learned from people who speak of themselves and gives "She calls the pharmacy" a fifth of the
odds of "I call the pharmacy", hardly more than "The app saves the file". Knows features of clauses, no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from jtbd_nlp.statements.clause_features import FEATURE_NAMES
from jtbd_nlp.statements.encoder import Floats
from jtbd_nlp.statements.judgement import Candidate

_IS_OBSERVED: Final = FEATURE_NAMES.index("is_observed")
_IS_PRODUCT: Final = FEATURE_NAMES.index("actor_product")
# Set by hand, for want of labelled notes, so that the median of made-up sentences about people is judged as the same
# sentences with "I" are, and those about programs and papers as hardly a statement.
PEOPLE_ODDS: Final = 5.0
PRODUCT_ODDS: Final = 0.2


def weigh_observed(candidates: Sequence[Candidate], probabilities: Floats) -> Floats:
    """Judge the candidates of a note anew: people's deeds count as the executor's, those of programs and papers do not.

    Only candidates of kind action change; others keep their probability. Same shape and order as `probabilities`.
    """
    factors = np.ones(len(candidates))
    for i, c in enumerate(candidates):
        if c.kind == "action" and c.clause.features:
            # A note without a verb ("regular contact") and what is not done are no surer deeds for being a note.
            is_observed = c.clause.features[_IS_OBSERVED] and c.clause.verb is not None and not c.clause.negated
            is_product = c.clause.features[_IS_PRODUCT]
            factors[i] = PEOPLE_ODDS if is_observed else PRODUCT_ODDS if is_product else 1.0
    odds = factors * probabilities.astype(np.float64) / np.maximum(1.0 - probabilities.astype(np.float64), 1e-9)
    changed = np.where(factors == 1.0, probabilities, odds / (1.0 + odds))
    return np.asarray(changed, dtype=np.float32)
