"""Training the judge on talks in which one feature tells statements from the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jtbd_nlp.domain import Transcript
from jtbd_nlp.errors import GoldError, ModelUnavailableError
from jtbd_nlp.gold import GoldStatement
from jtbd_nlp.learning.judging import JudgedTalk, save_judge, train_judge
from jtbd_nlp.learning.staging import best_matches
from jtbd_nlp.statements.judgement import CANDIDATE_FEATURES, KINDS, load_judge
from tests.builders import a_transcript
from tests.candidates import a_candidate

N_SENTENCES = 40


def a_talk(name: str, seed: int) -> JudgedTalk:
    """Forty sentences, each a candidate of both kinds; every third is a labelled action, every fourth a need."""
    sentence = "I do it now. "
    transcript: Transcript = a_transcript("How?", sentence * N_SENTENCES, name=name)
    rng = np.random.default_rng(seed)
    labels, candidates, rows, overlaps = [], [], [], []
    for i in range(N_SENTENCES):
        start, end = i * len(sentence), i * len(sentence) + 12
        for kind, every in zip(KINDS, (3, 4), strict=True):
            is_labelled = i % every == 0
            if is_labelled:
                text = transcript.turns[1].text[start:end]
                labels.append(GoldStatement(1, start, end, text, kind, "do it", "execute", None))
            row = rng.random(len(CANDIDATE_FEATURES)).astype(np.float32)
            row[0] += 2 * is_labelled
            candidates.append(a_candidate(start, end, kind))
            rows.append(row)
            overlaps.append(float(is_labelled))
    n = len(candidates)
    return JudgedTalk(
        transcript=transcript,
        labels=tuple(labels),
        turns=np.ones(n, dtype=np.int64),
        candidates=tuple(candidates),
        rows=np.stack(rows),
        overlaps=np.array(overlaps, dtype=np.float32),
        means=np.zeros((n, 4), dtype=np.float32),
    )


TALKS = [a_talk(f"p{i}", i) for i in range(6)]


def test_a_judge_tells_statements_from_the_rest_in_a_talk_it_has_not_seen() -> None:
    judge, talk = train_judge(TALKS).judge, a_talk("new", 99)
    found = judge.probabilities(talk.candidates, talk.rows)
    assert found[talk.overlaps > 0].min() > 0.5 > found[talk.overlaps == 0].max()


def test_figures_come_from_talks_the_trees_had_not_seen() -> None:
    figures = train_judge(TALKS).figures
    assert all(0.8 < f.span_f1 <= 1 and 0 <= f.calibration_error < 0.3 for f in figures.values())


def test_kept_candidates_are_the_labelled_ones() -> None:
    judge, talk = train_judge(TALKS).judge, a_talk("new", 99)
    kept = talk.keep(judge.probabilities(talk.candidates, talk.rows))
    assert kept == np.flatnonzero(talk.overlaps).tolist()


def test_training_twice_gives_the_same_judge_to_the_byte(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        save_judge(train_judge(TALKS, TALKS[:1]).judge, tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_saved_judge_judges_as_before(tmp_path: Path) -> None:
    judge, talk = train_judge(TALKS).judge, TALKS[0]
    save_judge(judge, tmp_path)
    again = load_judge(tmp_path)
    assert np.array_equal(
        again.probabilities(talk.candidates, talk.rows), judge.probabilities(talk.candidates, talk.rows)
    )


def test_a_folder_without_a_judge_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="no judge"):
        load_judge(tmp_path)


def test_one_talk_is_too_few() -> None:
    with pytest.raises(GoldError, match="takes two at least"):
        train_judge(TALKS[:1])


def test_labels_are_matched_to_the_candidate_that_covers_them_best() -> None:
    talk = TALKS[0]
    matches = best_matches(talk)
    assert len(matches) == len(talk.labels)
    for i, k in matches:
        assert (talk.candidates[i].start, talk.candidates[i].kind) == (talk.labels[k].start, talk.labels[k].kind)
