"""JobMap to jtbd-jobmap/1: what tools fetch and the review page shows, one sequence of bytes for one map.

    {"schema": "jtbd-jobmap/1",
     "study": {"id": "study_01…", "name": "arrive", "job": "get to a destination on time", "executor": "driver"},
     "run": {"id": "run_01…", "number": 2}, "revision": "9c01d2e45f6a", "approved_only": false,
     "n_participants": 6,
     "stages": [{"stage": "plan", "stage8": "prepare", "status": "covered", "n_steps": 3, "n_participants": 4,
                 "nearest": [], "ask": "How do you decide how to go about it, …?"}],
     "steps": [{"id": "step-3f2a…", "phrase": "determine the departure time", "suggested_phrase": "figure out the time",
                "stage": "plan", "stage8": "prepare", "stage_probabilities": {"understand": 0.1, …}, "position": 1,
                "state": "edited", "lost_support": false, "revision": "0b1c…", "origin": "suggested",
                "confidence": 0.8, "n_participants": 4, "interval": [0.3, 0.9], "n_statements": 9,
                "statements": ["…"], "needs": ["need-91c0…"], "need_quotes": ["…"], "counter": [], "lint": [],
                "n_comments": 1, "merged": ["step-77aa…"]}],
     "needs": [{"id": "need-91c0…", "statement": "minimize the time it takes to determine the departure time",
                "suggested_statement": "…", "action_variable": "…", "step": "step-3f2a…", "stage": "plan",
                "state": "approved", "lost_support": false, "revision": "…", "origin": "said",
                "direction": "minimize", "metric": "time", "object": "determine the departure time", "context": null,
                "kind": "functional", "is_met": false, "n_participants": 2, "interval": [0.1, 0.7],
                "n_statements": 2, "statements": ["…"], "contradicts": [], "lint": [], "n_comments": 0,
                "merged": []}],
     "ungrouped": ["…"],
     "comments": [{"id": "decision_01…", "entry": "step-3f2a…", "text": "ask Tom", "by": "ana", "at": "2026-…"}],
     "conflicts": [{"decision": "decision_01…", "reason": "merged", "entry": "…", "message": "…"}],
     "next_undo": {"ana": "decision_01…"}, "next_redo": {}}

- Steps stand in job order, needs in the order of their steps; those of no step come last.
- `state` is what people decided, `lost_support` says that no words back the entry any more. `suggested_phrase` and
  `suggested_statement` are what the run proposed, null for what was added by hand.
- `direction`, `metric`, `object` and `context` of an edited need are read off its new words; null where they do not
  say them. `action_variable` is the other writing of the suggested need, null once it was edited.
- `interval` is the 95 % interval of the share of all `n_participants` of the study.
- `need_quotes` are of the ungrouped what stands beside a step and may tell a need, the likeliest first: nothing was
  worded from it, and it is in no count. There are none where only approved entries are asked for.
- Quotes are not in it but fetched apart (`map_evidence`), by the ids in `statements`, `need_quotes`, `counter`,
  `nearest` and `ungrouped`; so the map holds nobody's words but the team's.
- `revision` of the map changes with every decision and run; that of an entry is what a decision names in `seen`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jtbd_nlp.domain import JobStep, LintFinding, Need
from jtbd_nlp.errors import AnalysisError
from jtbd_nlp.export.canonical import N_DIGITS
from jtbd_nlp.lint import DIRECTIONS, lint_need, lint_step
from jtbd_nlp.mapping import status_of_stage
from jtbd_nlp.people import participants_of
from jtbd_nlp.quoting import check_evidence
from jtbd_nlp.review import EntryState, JobMap, MapNeed, MapStep
from jtbd_nlp.stages import DEFAULT_STAGE8, DEFINITIONS, STAGES

JOB_MAP_SCHEMA: Final = "jtbd-jobmap/1"

_NEED: Final = re.compile(
    rf"(?P<direction>{'|'.join(DIRECTIONS)}) the (?P<metric>.+?) "
    r"(?:it takes to|of|that|in|for|on|to|with) (?P<object>.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlace:
    """Where a map is kept: ids of study and run, the run's number, and the revision of the map; "" and 0 for none."""

    study: str = ""
    run: str = ""
    number: int = 0
    revision: str = ""


def job_map_json(job_map: JobMap, *, place: MapPlace | None = None, approved_only: bool = False) -> bytes:
    """Write `to_plain` as UTF-8 JSON: fixed order of keys, one line feed at the end.

    Raises:
        AnalysisError: the quote lock does not hold.
    """
    plain = to_plain(job_map, place=place, approved_only=approved_only)
    return (json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def to_plain(job_map: JobMap, *, place: MapPlace | None = None, approved_only: bool = False) -> dict[str, Any]:
    """Give the jtbd-jobmap/1 form of a map as plain values.

    Args:
        place: where the map is kept.
        approved_only: leave out what nobody approved or edited, comments on it, and what no words back any more.

    Raises:
        AnalysisError: the quote lock does not hold: an entry names evidence whose quote is not in its turn.
    """
    check_evidence(job_map.evidence, job_map.analysis.transcripts)
    place = place or MapPlace()
    steps = job_map.approved_steps if approved_only else job_map.steps
    needs = job_map.approved_needs if approved_only else job_map.needs
    kept = {e.id for e in (*steps, *needs)}
    rank = {step.id: i for i, step in enumerate(steps)}
    order = sorted(range(len(needs)), key=lambda i: (rank.get(needs[i].step or "", len(rank)), i))
    beside = _Beside.of(job_map)
    study = job_map.analysis.study
    return {
        "schema": JOB_MAP_SCHEMA,
        "study": {"id": place.study, "name": study.name, "job": study.job, "executor": study.executor},
        "run": {"id": place.run, "number": place.number},
        "revision": place.revision,
        "approved_only": approved_only,
        "n_participants": len(participants_of(job_map.analysis.transcripts)),
        "stages": _stages(job_map, steps),
        "steps": [_step(step, study.job, beside, kept, approved_only=approved_only) for step in steps],
        "needs": [_need(needs[i], beside, kept) for i in order],
        "ungrouped": [] if approved_only else list(job_map.ungrouped),
        "comments": [
            {"id": c.decision, "entry": beside.survivors.get(c.entry or "", c.entry), "text": c.text, "by": c.by}
            | {"at": c.at.isoformat()}
            for c in job_map.comments
            if not approved_only or c.entry is None or beside.survivors.get(c.entry, c.entry) in kept
        ],
        "conflicts": [
            {"decision": c.decision, "reason": c.reason, "entry": c.entry, "message": c.message}
            for c in job_map.conflicts
        ],
        "next_undo": {d.by: d.id for d in job_map.in_effect},
        "next_redo": {d.by: d.id for d in job_map.undone},
    }


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside entries: comments counted, what was merged into what, by id."""

    n_comments: Mapping[str, int]
    merged: Mapping[str, tuple[str, ...]]
    survivors: Mapping[str, str]

    @classmethod
    def of(cls, job_map: JobMap) -> _Beside:
        survivors = {gone: job_map.state.survivor(gone) for gone in job_map.state.merged}
        merged: dict[str, tuple[str, ...]] = {}
        for gone, into in survivors.items():
            merged[into] = (*merged.get(into, ()), gone)
        n_comments: dict[str, int] = {}
        for comment in job_map.comments:
            if comment.entry is not None:
                about = survivors.get(comment.entry, comment.entry)
                n_comments[about] = n_comments.get(about, 0) + 1
        return cls(n_comments, merged, survivors)


def _stages(job_map: JobMap, steps: tuple[MapStep, ...]) -> list[dict[str, Any]]:
    found = {s.stage: s for s in job_map.analysis.stages}
    rows = []
    for stage in STAGES:
        own = [s for s in steps if s.stage == stage and s.review is not EntryState.REJECTED and s.statements]
        people = {v.participant for s in own for i in s.statements if not (v := job_map.voices[i]).led}
        status = status_of_stage(len(own), len(people))
        suggested = found.get(stage)
        nearest = () if suggested is None or status == "covered" else suggested.nearest
        rows.append(
            {
                "stage": stage,
                "stage8": DEFAULT_STAGE8[stage],
                "status": status,
                "n_steps": len(own),
                "n_participants": len(people),
                "nearest": [i for i in nearest if i in job_map.voices],
                "ask": DEFINITIONS[stage].ask,
            }
        )
    return rows


def _step(step: MapStep, job: str, beside: _Beside, kept: set[str], *, approved_only: bool) -> dict[str, Any]:
    suggestion = step.suggestion
    probabilities = None if suggestion is None else [_number(p) for p in suggestion.stage_probabilities]
    return {
        "id": step.id,
        "phrase": step.phrase,
        "suggested_phrase": None if suggestion is None else suggestion.phrase,
        "stage": step.stage,
        "stage8": DEFAULT_STAGE8[step.stage],
        "stage_probabilities": None if probabilities is None else dict(zip(STAGES, probabilities, strict=True)),
        "position": step.position,
        **_common(step, beside),
        "origin": "suggested" if step.origin == "suggested" else "by hand",
        "confidence": None if suggestion is None else _number(suggestion.confidence),
        "needs": [need for need in step.needs if need in kept],
        "need_quotes": [] if approved_only else list(step.need_quotes),
        "counter": [aside.id for aside in step.counter],
        "n_against": len({aside.participant for aside in step.counter}),
        "lint": _lint(_step_lint(step.phrase, suggestion, job)),
    }


def _need(need: MapNeed, beside: _Beside, kept: set[str]) -> dict[str, Any]:
    suggestion = need.suggestion
    return {
        "id": need.id,
        "statement": need.statement,
        "suggested_statement": None if suggestion is None else suggestion.statement,
        "step": need.step if need.step in kept else None,
        "stage": need.stage,
        "stage8": None if need.stage is None else DEFAULT_STAGE8[need.stage],
        **_common(need, beside),
        "origin": "by hand" if need.origin != "suggested" else "said" if suggestion is None else suggestion.origin,
        **_parts(need.statement, suggestion),
        "contradicts": [other for other in need.contradicts if other in kept],
        "lint": _lint(_need_lint(need.statement, suggestion)),
    }


def _common(entry: MapStep | MapNeed, beside: _Beside) -> dict[str, Any]:
    return {
        "state": entry.review.value,
        "lost_support": entry.state is EntryState.LOST_SUPPORT,
        "revision": entry.revision,
        "n_participants": entry.n_participants,
        "interval": [_number(end) for end in entry.participants_interval],
        "n_statements": len(entry.statements),
        "statements": list(entry.statements),
        "n_comments": beside.n_comments.get(entry.id, 0),
        "merged": list(beside.merged.get(entry.id, ())),
    }


def _parts(statement: str, suggestion: Need | None) -> dict[str, Any]:
    """The parts of a need: as suggested while the words are those of the suggestion, else as its own words say them."""
    if suggestion is not None and suggestion.statement == statement:
        return {
            "direction": suggestion.direction,
            "metric": suggestion.metric,
            "object": suggestion.object,
            "context": suggestion.context,
            "kind": suggestion.kind,
            "action_variable": suggestion.action_variable or None,
            "is_met": suggestion.is_met,
        }
    read = _NEED.fullmatch(statement.strip())
    return {
        "direction": read["direction"].lower() if read else None,
        "metric": read["metric"] if read else None,
        "object": read["object"] if read else None,
        "context": None,
        "kind": "functional" if suggestion is None else suggestion.kind,
        "action_variable": None,
        "is_met": False if suggestion is None else suggestion.is_met,
    }


def _step_lint(phrase: str, suggestion: JobStep | None, job: str) -> tuple[LintFinding, ...]:
    if suggestion is not None and suggestion.phrase == phrase:
        return suggestion.lint
    return _linted_step(phrase, job or None)


def _need_lint(statement: str, suggestion: Need | None) -> tuple[LintFinding, ...]:
    if suggestion is not None and suggestion.statement == statement:
        return suggestion.lint
    return _linted_need(statement)


@lru_cache(maxsize=4096)
def _linted_step(phrase: str, job: str | None) -> tuple[LintFinding, ...]:
    return lint_step(phrase, job=job)


@lru_cache(maxsize=4096)
def _linted_need(statement: str) -> tuple[LintFinding, ...]:
    return lint_need(statement)


def _lint(findings: tuple[LintFinding, ...]) -> list[dict[str, str]]:
    return [{"rule": finding.rule, "message": finding.message} for finding in findings]


def _number(value: float) -> float:
    return round(float(value), N_DIGITS) + 0.0


def read_job_map(content: bytes, *, place: str) -> dict[str, Any]:
    """Parse and check what `job_map_json` wrote.

    Args:
        content: the bytes.
        place: what messages call the file.

    Raises:
        AnalysisError: it is no JSON, or no jtbd-jobmap/1: a key is missing, or an entry names a step or need that is
            not there.
    """
    try:
        plain = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise AnalysisError(f"{place}: is no JSON: {fault}") from fault
    if not isinstance(plain, dict) or plain.get("schema") != JOB_MAP_SCHEMA:
        raise AnalysisError(f"{place}: schema must be {JOB_MAP_SCHEMA!r}")
    for key, kind in _TOP.items():
        if not isinstance(plain.get(key), kind):
            raise AnalysisError(f"{place}: {key}: must be {_NAMES[kind]}")
    for group, wording in (("steps", "phrase"), ("needs", "statement")):
        for i, entry in enumerate(plain[group]):
            _check_entry(entry, wording, f"{place}: {group}[{i}]")
    _check_links(plain, place)
    return plain


_TOP: Final[Mapping[str, type]] = {
    **dict.fromkeys(("study", "run", "next_undo", "next_redo"), dict),
    "revision": str,
    **dict.fromkeys(("stages", "steps", "needs", "ungrouped", "comments", "conflicts"), list),
}
_ENTRY: Final[Mapping[str, type]] = {
    **dict.fromkeys(("id", "state", "revision", "origin"), str),
    **dict.fromkeys(("statements", "interval", "lint", "merged"), list),
    **dict.fromkeys(("n_participants", "n_statements", "n_comments"), int),
    "lost_support": bool,
}
_NAMES: Final[Mapping[type, str]] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


def _check_entry(entry: object, wording: str, place: str) -> None:
    if not isinstance(entry, dict):
        raise AnalysisError(f"{place}: must be an object")
    for key, kind in {**_ENTRY, wording: str}.items():
        value = entry.get(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise AnalysisError(f"{place}.{key}: must be {_NAMES[kind]}")


def _check_links(plain: Mapping[str, Any], place: str) -> None:
    steps, needs = ({entry["id"] for entry in plain[group]} for group in ("steps", "needs"))
    for need in plain["needs"]:
        if need.get("step") is not None and need["step"] not in steps:
            raise AnalysisError(f"{place}: {need['id']}: measures a step that is not there")
    for step in plain["steps"]:
        if not set(step.get("needs", ())) <= needs:
            raise AnalysisError(f"{place}: {step['id']}: names a need that is not there")
