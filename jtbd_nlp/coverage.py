"""How much of what was said the map explains, and how much another interview should add.

Part of hop 5. Knows words, sentences and counts; knows no vectors and no models.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from jtbd_nlp.domain import Coverage, Role, Saturation, Statement, Transcript
from jtbd_nlp.evaluation import n_shared
from jtbd_nlp.sentences import sentence_bounds

N_UNEXPLAINED: Final = 5
# Two-sided 95 %.
_TAIL: Final = 0.025


def measure_coverage(
    transcripts: Sequence[Transcript], statements: Sequence[Statement], explained: Collection[str]
) -> Coverage:
    """Measure the share of participants' words in sentences that hold an explained statement.

    Args:
        transcripts: the interviews.
        statements: all statements of both kinds that were found in them.
        explained: ids of the statements that belong to a step or a need.

    Returns:
        Shares in [0, 1]; 0 where no participant says a word. `largest_unexplained` are ids of statements outside
        `explained`: one (the first) for each of the longest stretches of sentences in one turn that nothing
        explains, longest first. A stretch without any statement has no id and is not named.
    """
    known = set(explained)
    of_turn: dict[tuple[str, int], list[Statement]] = defaultdict(list)
    for s in sorted(statements, key=lambda s: (s.evidence.transcript, s.evidence.span, s.id)):
        of_turn[s.evidence.transcript, s.evidence.span.turn].append(s)
    n_words: dict[str, int] = {}
    n_explained: dict[str, int] = {}
    gaps: list[tuple[int, str]] = []
    for transcript in sorted(transcripts, key=lambda t: t.id):
        n_words[transcript.id] = n_explained[transcript.id] = 0
        for turn in transcript.turns:
            if turn.role is not Role.PARTICIPANT:
                continue
            own = of_turn[transcript.id, turn.index]
            for length, is_explained, unexplained in _stretches(turn.text, own, known):
                n_words[transcript.id] += length
                n_explained[transcript.id] += length * is_explained
                gaps += [(-length, unexplained[0])] if unexplained else []
    gaps.sort()
    return Coverage(
        share=_share(sum(n_explained.values()), sum(n_words.values())),
        by_transcript={t: _share(n_explained[t], n_words[t]) for t in n_words},
        largest_unexplained=tuple(statement for _, statement in gaps[:N_UNEXPLAINED]),
    )


def _stretches(text: str, own: Sequence[Statement], known: set[str]) -> Iterator[tuple[int, bool, list[str]]]:
    """Cut a turn into runs of sentences that are alike: words, whether explained, ids of unexplained statements."""
    run: tuple[int, bool, list[str]] | None = None
    for bounds in sentence_bounds(text):
        inside = [s for s in own if n_shared(bounds, (s.evidence.span.start, s.evidence.span.end))]
        is_explained = any(s.id in known for s in inside)
        length = len(text[bounds[0] : bounds[1]].split())
        ids = [] if is_explained else [s.id for s in inside]
        if run and run[1] == is_explained:
            run = (run[0] + length, is_explained, run[2] + ids)
            continue
        if run:
            yield run
        run = (length, is_explained, ids)
    if run:
        yield run


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0


def measure_saturation(
    transcript_ids: Sequence[str],
    steps: Sequence[Collection[str]],
    needs: Sequence[Collection[str]],
) -> Saturation:
    """Tell how many distinct steps and needs 1, 2, ... transcripts give, and how many needs the next one should add.

    The curve is the expected number over all orders of the transcripts (rarefaction), so file names do not matter;
    its last value is what was found. The forecast rests on the needs that one transcript alone has: those are what
    the last interview, whichever it was, added.

    Args:
        transcript_ids: all T transcripts, also those without a step or need.
        steps: for each step the ids of the transcripts that speak of it (led statements left out).
        needs: likewise for each need.

    Returns:
        Curves of length T, rounded to whole steps and needs. `expected_new_needs` and a 95 % interval; with one
        transcript the forecast is that the next adds as many again, an upper bound. No transcripts give empty curves,
        0 and (0, 0).

    Source:
        Colwell et al. 2012, doi:10.1093/jpe/rtr044: sample-based rarefaction, and extrapolation by one sample with
        Chao2 for what is unseen; Good 1953 for T = 1. Interval: Garwood 1936, the needs of one transcript
        alone taken as a Poisson count.
    """
    # Here, since it takes most of a second to import, and every process that knows a store reads this module.
    from scipy.stats import chi2  # type: ignore[import-untyped, unused-ignore]  # scipy ships no types

    n = len(transcript_ids)
    known = set(transcript_ids)
    step_counts, need_counts = ([len(known & set(own)) for own in part] for part in (steps, needs))
    if n == 0:
        return Saturation(steps=(), needs=(), expected_new_needs=0.0, interval=(0.0, 0.0))
    once, twice = need_counts.count(1), need_counts.count(2)
    low = chi2.ppf(_TAIL, 2 * once) / 2 if once else 0.0
    high = chi2.ppf(1 - _TAIL, 2 * once + 2) / 2
    return Saturation(
        steps=rarefaction(step_counts, n),
        needs=rarefaction(need_counts, n),
        expected_new_needs=round(_next_new(once, twice, n), 6),
        interval=(round(_next_new(low, twice, n), 6), round(_next_new(high, twice, n), 6)),
    )


def rarefaction(counts: Sequence[int], n_transcripts: int) -> tuple[int, ...]:
    """Expected number of distinct things in 1, 2, ... of n transcripts, when thing i is in `counts[i]` of them.

    Exact up to the last rounding, and quick for many things: those in equally many transcripts are counted at once.
    """
    n_alike = Counter(count for count in counts if count > 0)
    # Ways to choose t transcripts: all of them, and those that miss a thing; carried on from t - 1 to t.
    ways, missing = 1, dict.fromkeys(n_alike, 1)
    curve = []
    for t in range(1, n_transcripts + 1):
        ways = ways * (n_transcripts - t + 1) // t
        for count, chosen in missing.items():
            missing[count] = chosen * max(n_transcripts - count - t + 1, 0) // t
        missed = sum(n_alike[count] * chosen for count, chosen in missing.items())
        curve.append(round(n_alike.total() - missed / ways))
    return tuple(curve)


def _next_new(once: float, twice: int, n: int) -> float:
    """Things that one more transcript should add, when `once` are in one of n transcripts and `twice` in two."""
    if once == 0:
        return 0.0
    if n == 1:
        return float(once)
    unseen = (n - 1) / n * (once**2 / (2 * twice) if twice else once * max(once - 1, 0) / 2)
    return float(unseen * once / (n * unseen + once))


def transcripts_behind(
    groups: Sequence[Sequence[str]], statements: Mapping[str, Statement]
) -> tuple[frozenset[str], ...]:
    """For each group of statement ids, the transcripts that speak of it; led statements count for none."""
    return tuple(frozenset(statements[i].evidence.transcript for i in own if not statements[i].led) for own in groups)
