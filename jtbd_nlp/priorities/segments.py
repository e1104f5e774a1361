"""Segments of people who struggle alike: factor analysis of their ratings, clusters of people, and an honest no.

Noise yields clusters too. So segments are reported only where people come out together again when others are drawn
(bootstrap, adjusted Rand), and where they are clearer than in made-up answers that have the same shares and the same
correlations but no segments. Library: scikit-learn for factors, clusters and both measures.

Source: METHOD §6; Ulwick (rate, factor, cluster); Dolnicar and Leisch 2010, doi:10.1007/s11002-009-9083-4 (stability).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types
from sklearn import config_context  # type: ignore[import-untyped, unused-ignore]  # scikit-learn ships no types
from sklearn.cluster import KMeans  # type: ignore[import-untyped, unused-ignore]
from sklearn.decomposition import FactorAnalysis  # type: ignore[import-untyped, unused-ignore]
from sklearn.metrics import adjusted_rand_score, pairwise_distances, silhouette_score  # type: ignore[import-untyped, unused-ignore]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]  # ships no types

from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.question_wording import Aspect
from jtbd_nlp.priorities.shares import Matrix, n_answered, n_top, share_of, wilson

Verdict = Literal["segments", "no stable segments", "not enough answers"]
# fmt: off
TRIAL_COLUMNS: Final = (
    "n_segments",
    "stability",      # mean adjusted Rand index of bootstrap samples with the segments of all; 1 is always the same
    "clarity",        # mean silhouette in the space of factors
    "clarity_by_chance", "clarity_spread",   # mean and deviation of the same where there are no segments
    "excess",         # clarity above chance, in deviations
    "smallest",       # share of people in the smallest segment
)
PROFILE_COLUMNS: Final = (
    "segment", "question", "text", "answer", "n", "n_answered",
    "share", "share_low", "share_high",      # of the segment's people who answered, Wilson
    "share_of_everybody", "p_value",         # of chi-square over all segments and answers of the question
)
# fmt: on
_MAX_SILHOUETTE: Final = 1000  # beyond, silhouettes of a drawn thousand
_SHRINK: Final = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSettings:
    """How segments are looked for.

    Args:
        aspect: whose ratings; difficulty finds people who struggle alike.
        fewest, most: numbers of segments tried.
        n_draws: bootstrap samples for stability.
        n_null: sets of answers without segments to compare with; p cannot fall below 1 / (n_null + 1).
        min_stability: mean adjusted Rand index from which segments are stable.
        max_p: largest probability that answers without segments look as clear.
        min_rated: share of steps and needs a respondent must have rated; the others are in no segment.
        min_people: fewest such respondents.
        max_factors: most factors.
        seed: of everything drawn.
    """

    aspect: Aspect = "difficulty"
    fewest: int = 2
    most: int = 6
    n_draws: int = 30
    n_null: int = 39
    min_stability: float = 0.75
    max_p: float = 0.05
    min_rated: float = 0.8
    min_people: int = 100
    max_factors: int = 6
    seed: int = 20_260_504


@dataclass(frozen=True, eq=False, kw_only=True)
class Segmentation:
    """What came of looking for segments.

    Args:
        verdict, reason: the outcome, and why in a sentence.
        members: respondents by name of segment, largest first; empty unless the verdict is "segments".
        trials: one row a number of segments tried; columns are TRIAL_COLUMNS.
        p_value: probability that answers without segments look as clear; NaN where nothing was tried.
        loadings: of the factors; index subject, one column a factor.
        level_share: share of what sets the segments apart that is only how high people answer throughout; high values
            speak for response style rather than for struggles with different steps.
    """

    verdict: Verdict
    reason: str
    members: Mapping[str, tuple[str, ...]]
    trials: pd.DataFrame
    p_value: float
    loadings: pd.DataFrame
    level_share: float


def find_segments(answers: Answers, settings: SegmentSettings | None = None) -> Segmentation:
    """Look for segments of people by what they rate alike, from two to six of them, or tell that there are none."""
    settings = settings or SegmentSettings()
    subjects, people, ratings = _complete(answers, settings)
    if len(people) < settings.min_people or len(subjects) < 3:
        return _nothing(
            "not enough answers",
            f"{len(people)} respondents rated at least {settings.min_rated:.0%} of {len(subjects)} steps and needs on "
            f"{settings.aspect}; at least {settings.min_people} of three are needed (blocks split what one rates)",
        )
    # Thousands of small sums: threads that wait for each other take fifty times as long on a busy machine.
    # The same sums are asked for a thousand times: looking through their arguments each time takes as long as they do.
    with threadpool_limits(limits=1), config_context(assume_finite=True, skip_parameter_validation=True):
        n_factors = _number_of_factors(ratings, settings)
        trials, p_value, labels_by_k, factors = _tried(ratings, n_factors, settings)
    loadings = pd.DataFrame(
        factors.components_.T, index=subjects, columns=[f"factor {i + 1}" for i in range(n_factors)]
    )
    stable = trials[trials["stability"] >= settings.min_stability]
    if stable.empty or p_value > settings.max_p:
        return _nothing("no stable segments", _why_not(trials, p_value, settings), trials, p_value, loadings)
    row = stable.iloc[int(stable["excess"].to_numpy().argmax())]
    best = int(row["n_segments"])
    labels = labels_by_k[best]
    return Segmentation(
        verdict="segments",
        reason=(
            f"{best} segments: drawn again they come out the same (adjusted Rand {row['stability']:.2f}), and answers "
            f"without segments look as clear with probability {p_value:.3f}"
        ),
        members=_named(labels, people),
        trials=trials,
        p_value=p_value,
        loadings=loadings,
        level_share=_level_share(ratings, labels),
    )


def profile_segments(answers: Answers, members: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Who the people of each segment are: their answers about themselves and what they use.

    Returns:
        One row a segment, question and answer, for questions with choices; numbers are cut at their quartiles. Columns
        are PROFILE_COLUMNS. Segments were not made from these answers, so p_value is a fair test, question by question.
    """
    asked = [*answers.questionnaire.of_part("solution"), *answers.questionnaire.of_part("profile")]
    rows = []
    for question in asked:
        said = _in_classes(answers, question.id)
        counts = pd.DataFrame({name: said.reindex(list(who)).value_counts() for name, who in members.items()})
        counts = counts.reindex(sorted(counts.index, key=str)).fillna(0)
        if counts.empty or len(counts) > _MAX_ANSWERS:
            continue
        p_value = _independence(counts)
        everybody = said.value_counts(normalize=True)
        for name in counts.columns:
            n = counts[name].sum()
            low, high = wilson(counts[name].to_numpy(), np.full(len(counts), n))
            for place, (answer, k) in enumerate(counts[name].items()):
                rows.append(
                    {
                        "segment": name,
                        "question": question.id,
                        "text": question.text,
                        "answer": answer,
                        "n": int(k),
                        "n_answered": int(n),
                        "share": k / n if n else np.nan,
                        "share_low": low[place],
                        "share_high": high[place],
                        "share_of_everybody": everybody.get(answer, 0.0),
                        "p_value": p_value,
                    }
                )
    return pd.DataFrame(rows, columns=list(PROFILE_COLUMNS))


_MAX_ANSWERS: Final = 12


def who_struggles_where(answers: Answers, members: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The effort of each step by segment: index step ids in job order, one column a segment; shares in [0, 1]."""
    steps = answers.questionnaire.basis.steps
    columns = {}
    for name, who in members.items():
        ratings = answers.of(who).ratings([step.id for step in steps], "difficulty")
        columns[name] = share_of(n_top(ratings), n_answered(ratings))
    return pd.DataFrame(columns, index=pd.Index([step.id for step in steps], name="step"))


def _complete(answers: Answers, settings: SegmentSettings) -> tuple[list[str], list[str], Matrix]:
    """Subjects that were asked, people who rated most of them, and their ratings with gaps at the subject's mean."""
    subjects = [s.id for s in answers.questionnaire.basis.subjects]
    ratings = answers.ratings(subjects, settings.aspect)
    asked = np.asarray((~np.isnan(ratings)).any(axis=0), dtype=np.bool_)
    ratings = ratings[:, asked]
    rated = (~np.isnan(ratings)).mean(axis=1) if ratings.shape[1] else np.zeros(answers.n)
    enough = rated >= settings.min_rated
    kept = ratings[enough]
    if kept.shape[0]:
        varied = np.nanstd(kept, axis=0) > 0
        kept = kept[:, varied]
        kept = np.where(np.isnan(kept), np.nanmean(kept, axis=0), kept)
    else:
        varied = np.zeros(ratings.shape[1], dtype=bool)
        kept = kept[:, varied]
    names = [s for s, was_asked in zip(subjects, asked.tolist(), strict=True) if was_asked]
    people = [str(r) for r, is_in in zip(answers.frame.index, enough, strict=True) if is_in]
    return [s for s, varies in zip(names, varied, strict=True) if varies], people, kept


def _number_of_factors(ratings: Matrix, settings: SegmentSettings) -> int:
    """Parallel analysis: factors that explain more than those of shuffled answers. Source: Horn 1965."""
    rng = np.random.default_rng(settings.seed)
    own = np.linalg.eigvalsh(np.corrcoef(ratings, rowvar=False))[::-1]
    shuffled = np.array(
        [np.linalg.eigvalsh(np.corrcoef(rng.permuted(ratings, axis=0), rowvar=False))[::-1] for _ in range(20)]
    )
    is_more = own > np.quantile(shuffled, 0.95, axis=0)
    n = int(np.argmin(is_more)) if not is_more.all() else len(own)
    return int(max(1, min(n, settings.max_factors, ratings.shape[1] - 1)))


def _factors(ratings: Matrix, n: int) -> Any:
    rotation = "varimax" if n > 1 else None
    return FactorAnalysis(n_components=n, rotation=rotation, svd_method="lapack", max_iter=200, tol=0.05).fit(ratings)


def _standardised(ratings: Matrix, like: Matrix) -> Matrix:
    spread = like.std(axis=0)
    scaled: Matrix = (ratings - like.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return scaled


def _clusters(scores: Matrix, k: int, seed: int, *, n_init: int = 4) -> Any:
    return KMeans(n_clusters=k, n_init=n_init, random_state=seed).fit(scores)


def _tried(
    ratings: Matrix, n_factors: int, settings: SegmentSettings
) -> tuple[pd.DataFrame, float, dict[int, Any], Any]:
    ks = range(settings.fewest, settings.most + 1)
    scaled = _standardised(ratings, ratings)
    factors = _factors(scaled, n_factors)
    scores = factors.transform(scaled)
    labels = {k: _clusters(scores, k, settings.seed, n_init=10).labels_ for k in ks}
    clarity = np.array(_clarities(scores, list(labels.values()), settings.seed))
    by_chance = _clarity_by_chance(ratings, n_factors, ks, settings)
    mean, spread = by_chance.mean(axis=0), np.maximum(by_chance.std(axis=0, ddof=1), 1e-6)
    excess = (clarity - mean) / spread
    # One test for all numbers of segments: the clearest of them against the clearest of each set without segments.
    highest = ((by_chance - mean) / spread).max(axis=1)
    p_value = float((1 + (highest >= excess.max()).sum()) / (1 + len(highest)))
    trials = pd.DataFrame(
        {
            "n_segments": list(ks),
            "stability": _stability(ratings, labels, n_factors, settings),
            "clarity": clarity,
            "clarity_by_chance": mean,
            "clarity_spread": spread,
            "excess": excess,
            "smallest": [np.bincount(labels[k], minlength=k).min() / len(ratings) for k in ks],
        },
        columns=list(TRIAL_COLUMNS),
    )
    return trials, p_value, labels, factors


def _clarities(scores: Matrix, labelings: Sequence[Any], seed: int) -> list[float]:
    """The mean silhouette of each labeling of the same people; of a drawn thousand where there are more."""
    drawn = np.arange(len(scores))
    if len(scores) > _MAX_SILHOUETTE:
        drawn = np.random.default_rng(seed).choice(len(scores), size=_MAX_SILHOUETTE, replace=False)
    apart = pairwise_distances(scores[drawn])
    own = [labels[drawn] for labels in labelings]
    return [
        float(silhouette_score(apart, labels, metric="precomputed")) if len(np.unique(labels)) > 1 else 0.0
        for labels in own
    ]


def _stability(ratings: Matrix, labels: Mapping[int, Any], n_factors: int, settings: SegmentSettings) -> list[float]:
    """Factors and clusters made anew from people drawn with replacement; everybody put into them; compared."""
    rng = np.random.default_rng(settings.seed)
    agreement: dict[int, list[float]] = {k: [] for k in labels}
    for draw in range(settings.n_draws):
        drawn = ratings[rng.integers(len(ratings), size=len(ratings))]
        factors = _factors(_standardised(drawn, drawn), n_factors)
        own = factors.transform(_standardised(drawn, drawn))
        everybody = factors.transform(_standardised(ratings, drawn))
        for k, whole in labels.items():
            again = _clusters(own, k, settings.seed + draw).predict(everybody)
            agreement[k].append(adjusted_rand_score(whole, again))
    return [float(np.mean(agreement[k])) for k in labels]


def _clarity_by_chance(ratings: Matrix, n_factors: int, ks: range, settings: SegmentSettings) -> Matrix:
    """Silhouettes of the clusters in answers without segments: shape (n_null, number of ks)."""
    rng = np.random.default_rng(settings.seed + 1)
    latent = _latent_correlation(ratings, rng)
    rows = []
    for _ in range(settings.n_null):
        made = _without_segments(ratings, latent, rng)
        scaled = _standardised(made, made)
        scores = _factors(scaled, n_factors).transform(scaled)
        rows.append(_clarities(scores, [_clusters(scores, k, settings.seed).labels_ for k in ks], settings.seed))
    return np.array(rows)


def _latent_correlation(ratings: Matrix, rng: np.random.Generator) -> Matrix:
    """Correlation of normal variables which, cut into five points, correlate as the ratings do.

    Cutting weakens correlations; one trial tells by how much, and the trial's loss is made up for.
    """
    wanted = _correlation(ratings)
    trial = _without_segments(np.repeat(ratings, max(1, 4000 // len(ratings)), axis=0), _proper(wanted), rng)
    got = _correlation(trial)
    raised = np.divide(wanted * wanted, got, out=wanted.copy(), where=np.abs(got) > 0.05)
    return _proper(np.clip(raised, -_SHRINK, _SHRINK))


def _correlation(ratings: Matrix) -> Matrix:
    return np.asarray(np.corrcoef(ratings, rowvar=False), dtype=np.float64)


def _proper(correlation: Matrix) -> Matrix:
    """The nearest correlation matrix by clipping eigenvalues."""
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    made = (vectors * np.maximum(values, 1e-3)) @ vectors.T
    scale = np.sqrt(np.diag(made))
    proper: Matrix = made / np.outer(scale, scale)
    np.fill_diagonal(proper, 1.0)
    return proper


def _without_segments(ratings: Matrix, latent: Matrix, rng: np.random.Generator) -> Matrix:
    """Answers of one homogeneous crowd: the very answers of each column, dealt out along correlated normals."""
    ranks = rng.multivariate_normal(np.zeros(len(latent)), latent, size=len(ratings), method="cholesky").argsort(axis=0)
    made = np.empty_like(ratings)
    np.put_along_axis(made, ranks, np.sort(ratings, axis=0), axis=0)
    return made


def _named(labels: Any, people: Sequence[str]) -> dict[str, tuple[str, ...]]:
    sizes = np.bincount(labels)
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], int(np.argmax(labels == i))))
    return {
        f"segment {name}": tuple(p for p, label in zip(people, labels, strict=True) if label == i)
        for name, i in enumerate(order, 1)
    }


def _level_share(ratings: Matrix, labels: Any) -> float:
    """Part of the variance between segments' profiles that is in the mean over all subjects."""
    profiles = np.array([ratings[labels == i].mean(axis=0) for i in np.unique(labels)])
    apart = profiles - profiles.mean(axis=0)
    whole = float((apart**2).sum())
    return float((apart.mean(axis=1) ** 2).sum() * ratings.shape[1] / whole) if whole else 0.0


def _why_not(trials: pd.DataFrame, p_value: float, settings: SegmentSettings) -> str:
    best = trials.iloc[int(trials["stability"].to_numpy().argmax())]
    return (
        f"of {settings.fewest} to {settings.most} segments the most stable are {int(best['n_segments'])} (adjusted "
        f"Rand {best['stability']:.2f}, {settings.min_stability:.2f} is wanted), and answers without segments look as "
        f"clear with probability {p_value:.2f} ({settings.max_p:.2f} is wanted)"
    )


def _nothing(
    verdict: Verdict,
    reason: str,
    trials: pd.DataFrame | None = None,
    p_value: float = np.nan,
    loadings: pd.DataFrame | None = None,
) -> Segmentation:
    return Segmentation(
        verdict=verdict,
        reason=reason,
        members={},
        trials=pd.DataFrame(columns=list(TRIAL_COLUMNS)) if trials is None else trials,
        p_value=p_value,
        loadings=pd.DataFrame() if loadings is None else loadings,
        level_share=np.nan,
    )


def _in_classes(answers: Answers, question_id: str) -> pd.Series[Any]:
    """Answers in words; numbers as quarters of the people, so that they can be counted."""
    if answers.questionnaire.question(question_id).form != "number":
        return answers.groups(question_id)
    numbers = answers.frame[question_id]
    if numbers.nunique() < 5:
        return numbers.map(lambda n: f"{n:g}", na_action="ignore").astype(object)
    return pd.qcut(numbers, 4, duplicates="drop").map(lambda i: f"{i.left:g} to {i.right:g}").astype(object)


def _independence(counts: pd.DataFrame) -> float:
    kept = counts.loc[counts.sum(axis=1) > 0, counts.sum(axis=0) > 0]
    if min(kept.shape) < 2:
        return np.nan
    return float(chi2_contingency(kept.to_numpy()).pvalue)
