"""Learn which metric a need is about from labelled needs: their words and the statement written for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped, unused-ignore]  # no types
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]  # no types

from jtbd_nlp.domain import Direction
from jtbd_nlp.statements.need_metrics import MetricChooser, terms_of
from jtbd_nlp.statements.need_wording import metric_of

FEWEST_LABELS: Final = 20
FEWEST_USES: Final = 4
REGULARISATION: Final = 3.0
_JOINTS: Final = "of|that|it takes to|it takes|about|to|in|for|with|on|between|from"
_STATEMENT: Final = re.compile(rf"(minimize|increase) the ([a-z][a-z -]*?) ({_JOINTS})\b")
# Metrics that annotators use for one another; the commoner one stands for both.
_SAME: Final[dict[tuple[str, str], tuple[Direction, str]]] = {
    ("minimize", "difficulty"): ("minimize", "effort"),
    ("minimize", "effort spent"): ("minimize", "effort"),
    ("increase", "ease"): ("minimize", "effort"),
    ("minimize", "risk"): ("minimize", "likelihood"),
    ("minimize", "time spent"): ("minimize", "time"),
    ("minimize", "time wasted"): ("minimize", "time"),
    ("increase", "certainty"): ("minimize", "uncertainty"),
    ("increase", "knowledge"): ("increase", "understanding"),
}


def train_chooser(needs: Iterable[tuple[str, str]]) -> MetricChooser:
    """Fit the metric chooser on (words of the need, statement written for it).

    Statements that are not in ODI wording and metrics with fewer than `FEWEST_LABELS` needs are left out. The order of
    `needs` does not matter.

    Raises:
        ValueError: fewer than two metrics remain.
    """
    found = _with_metrics(needs)
    kept = _common_metrics(found)
    if len(kept) < 2:
        raise ValueError("needs of two metrics at least are needed to tell metrics apart")
    joints = {key: Counter(j for _, (d, n, j) in found if (d, n) == key).most_common(1)[0][0] for key in kept}
    rows = [(text, kept.index((d, n))) for text, (d, n, _) in found if (d, n) in joints]
    uses = Counter(term for text, _ in rows for term in set(terms_of(text)))
    terms = {term: i for i, term in enumerate(sorted(t for t, n in uses.items() if n >= FEWEST_USES))}
    fitted = LogisticRegression(C=REGULARISATION, max_iter=300).fit(_matrix(rows, terms), [k for _, k in rows])
    if fitted.coef_.shape[0] == 1:
        fitted.coef_, fitted.intercept_ = (
            np.vstack([-fitted.coef_, fitted.coef_]),
            np.r_[-fitted.intercept_, fitted.intercept_],
        )
    metrics = tuple(metric_of(direction, name, joints[direction, name]) for direction, name in kept)
    return MetricChooser(
        metrics, terms, np.ascontiguousarray(fitted.coef_.T, dtype=np.float32), fitted.intercept_.astype(np.float32)
    )


def has_enough_needs(needs: Iterable[tuple[str, str]]) -> bool:
    """Whether `train_chooser` can be fitted on these needs."""
    return len(_common_metrics(_with_metrics(needs))) >= 2


def _with_metrics(needs: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[Direction, str, str]]]:
    """The words of each need whose statement has a metric, with direction, metric and joint."""
    return [(text, key) for text, statement in sorted(set(needs)) if (key := _metric_key(statement)) is not None]


def _common_metrics(found: Iterable[tuple[str, tuple[Direction, str, str]]]) -> list[tuple[Direction, str]]:
    """The metrics with enough needs, sorted."""
    n_labels = Counter((direction, name) for _, (direction, name, _) in found)
    return sorted(key for key, n in n_labels.items() if n >= FEWEST_LABELS)


def _metric_key(statement: str) -> tuple[Direction, str, str] | None:
    match = _STATEMENT.match(statement.lower())
    if match is None:
        return None
    direction, name = _SAME.get((match[1], match[2]), ("minimize" if match[1] == "minimize" else "increase", match[2]))
    return direction, name, match[3]


def _matrix(rows: list[tuple[str, int]], terms: dict[str, int]) -> csr_matrix:
    columns = [sorted({terms[t] for t in terms_of(text) if t in terms}) for text, _ in rows]
    values = [1 / np.sqrt(len(c)) for c in columns for _ in c]
    starts = np.cumsum([0, *(len(c) for c in columns)])
    flat = [i for c in columns for i in c]
    return csr_matrix((values, flat, starts), shape=(len(rows), len(terms)))
