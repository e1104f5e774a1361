"""Steps and needs of a study's job map as tools fetch them: one row each, picked by what is asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Literal

from api.services import reviews
from api.services.likeness import Likeness
from api.store import listings, participants
from api.store.database import Database
from api.store.participants import Attribute, AttributeType, Participant, Value
from jtbd_nlp.errors import JtbdError
from jtbd_nlp.review import JobMap
from jtbd_nlp.stages import STAGES

Kind = Literal["steps", "needs"]
Row = Mapping[str, Any]
Person = tuple[str, str]

# fmt: off
_SHARED: Final = (
    "state", "lost_support", "origin", "n_participants", "n_matching", "interval", "n_statements", "best_quote",
    "speaker", "transcript", "turn", "start", "end", "statements", "lint", "n_comments", "merged", "revision",
    "updated_at", "similarity",
)
COLUMNS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "steps": (
        "id", "stage", "stage8", "position", "phrase", "suggested_phrase", "stage_probabilities", "confidence",
        "needs", "counter", "n_against", *_SHARED,
    ),
    "needs": (
        "id", "stage", "stage8", "step", "step_phrase", "statement", "suggested_statement", "action_variable",
        "direction", "metric", "object", "context", "kind", "is_met", "contradicts", *_SHARED,
    ),
}
# fmt: on
_N_KEPT: Final = 8


class Status(StrEnum):
    """Which entries are wanted: approved ones (as they were or edited) have words that back them."""

    APPROVED = "approved"
    SUGGESTED = "suggested"
    REJECTED = "rejected"
    LOST_SUPPORT = "lost_support"
    ALL = "all"


class BadFilterError(JtbdError):
    """A filter names something that the study does not have, or a value that it cannot have."""

    code = "bad_filter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is wanted; None and empty pick everything.

    Args:
        attributes: only entries that people with these attributes back; several values of one name are alternatives.
        min_people: at least so many of them, or of all people where no attributes are named.
        words: all of them must occur in the wording or in the quotes.
        like: a text; entries come in the order of how alike they are.
        updated_since: only what changed at that moment or later: by a decision, by the run, or by an erasure.
    """

    stage: str | None = None
    step: str | None = None
    status: Status = Status.APPROVED
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    min_people: int = 0
    words: str | None = None
    like: str | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The entries of a map as rows, each with its place in the order of the job. They follow from `state` alone."""

    revision: str
    state: tuple[str, ...]
    rows: tuple[Row, ...]
    places: Mapping[str, tuple[str | int | float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    """All rows of a map of one kind, with what filters look at beside them."""

    rows: tuple[Row, ...]
    places: Mapping[str, tuple[str | int | float, ...]]
    people: Mapping[str, frozenset[Person]]
    quotes: Mapping[str, tuple[str, ...]]


class _Memory:
    """The rows of the maps that were asked for last: whoever reads page after page need not wait for each."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], _Loaded] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...], make: Callable[[], _Loaded]) -> _Loaded:
        with self._lock:
            found = self._kept.get(key)
        loaded = found or make()
        with self._lock:
            self._kept[key] = loaded
            self._kept.move_to_end(key)
            while len(self._kept) > _N_KEPT:
                self._kept.popitem(last=False)
        return loaded


_MEMORY: Final = _Memory()


def entries(
    database: Database, study_id: str, kind: Kind, wanted: Filter, *, viewer: str | None, likeness: Likeness
) -> Entries:
    """The steps or needs of a study's job map that a filter picks.

    Raises:
        NotFoundError: no such study, or none of its runs is done.
        BadFilterError: the filter names a stage or an attribute that there is not, or a value of the wrong type.
        ModelUnavailableError, ModelMismatchError: the encoder is needed and cannot be used.
    """
    if wanted.stage is not None and wanted.stage not in STAGES:
        raise BadFilterError(f"stage: there is {', '.join(STAGES)}")
    found = reviews.reviewed(database, study_id, viewer=viewer)
    key = (str(database), study_id, found.run_id, found.revision, kind)
    loaded = _MEMORY.get(key, lambda: _load(database, found, kind))
    chosen, state = _people(database, study_id, wanted.attributes)
    rows = [dict(row) for row in loaded.rows if _is_wanted(row, wanted, kind, loaded)]
    for row in rows:
        backing = loaded.people[row["id"]]
        row["n_matching"] = len(backing if chosen is None else backing & chosen)
    least = max(wanted.min_people, 0 if chosen is None else 1)
    rows = [row for row in rows if row["n_matching"] >= least]
    places = loaded.places
    if wanted.like is not None:
        cosines = likeness.compare(database, study_id, wanted.like, [_wording(row, kind) for row in rows])
        for row, cosine in zip(rows, cosines, strict=True):
            row["similarity"] = cosine
        places = {row["id"]: (-row["similarity"], row["id"]) for row in rows}
    return Entries(
        revision=found.revision, state=(found.run_id, found.revision, state), rows=tuple(rows), places=places
    )


def _load(database: Database, found: reviews.Reviewed, kind: Kind) -> _Loaded:
    plain = found.to_plain()
    with database.reading() as session:
        times = listings.decision_times(session, found.run_id)
        began = listings.map_began_at(session, found.run_id) or datetime.now(UTC)
    changed = found.review.changed_by()
    job_map = found.job_map
    phrases = {step["id"]: step["phrase"] for step in plain["steps"]}
    rows = []
    for entry in plain[kind]:
        updated = max(began, times.get(changed.get(entry["id"], ""), began))
        row = {
            **entry,
            **_best_quote(job_map, entry["statements"]),
            "n_matching": entry["n_participants"],
            "updated_at": updated.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "similarity": None,
        }
        if kind == "needs":
            row["step_phrase"] = phrases.get(entry["step"])
        rows.append({name: row.get(name) for name in COLUMNS[kind]})
    held = {entry.id: [job_map.voices[i] for i in entry.statements] for entry in job_map.entries}
    return _Loaded(
        rows=tuple(rows),
        places=_places(job_map, kind),
        people={i: frozenset(v.participant for v in voices if not v.led) for i, voices in held.items()},
        quotes={i: tuple(v.evidence.quote for v in voices) for i, voices in held.items()},
    )


def _places(job_map: JobMap, kind: Kind) -> dict[str, tuple[str | int | float, ...]]:
    """The order of the job: steps by stage and position, needs by their step and then as they appeared."""
    steps = {step.id: (STAGES.index(step.stage), step.position, step.id) for step in job_map.steps}
    if kind == "steps":
        return dict(steps)
    last = (len(STAGES), 0, "")
    return {need.id: (*steps.get(need.step or "", last), i, need.id) for i, need in enumerate(job_map.needs)}


def _best_quote(job_map: JobMap, statements: Sequence[str]) -> dict[str, Any]:
    if not statements:
        return {}
    voice = job_map.voices[statements[0]]
    span = voice.evidence.span
    return {
        "best_quote": voice.evidence.quote,
        "speaker": voice.participant[1],
        "transcript": voice.evidence.transcript,
        "turn": span.turn,
        "start": span.start,
        "end": span.end,
    }


def _is_wanted(row: Row, wanted: Filter, kind: Kind, loaded: _Loaded) -> bool:
    if wanted.stage is not None and row["stage"] != wanted.stage:
        return False
    if wanted.step is not None and row["id" if kind == "steps" else "step"] != wanted.step:
        return False
    if not _has_status(row, wanted.status):
        return False
    if wanted.updated_since is not None and datetime.fromisoformat(row["updated_at"]) < wanted.updated_since:
        return False
    if wanted.words is None:
        return True
    texts = " ".join([_wording(row, kind), row.get("step_phrase") or "", *loaded.quotes[row["id"]]]).casefold()
    return all(word in texts for word in wanted.words.casefold().split())


def _has_status(row: Row, status: Status) -> bool:
    match status:
        case Status.APPROVED:
            return row["state"] in ("approved", "edited") and not row["lost_support"]
        case Status.LOST_SUPPORT:
            return bool(row["lost_support"])
        case Status.ALL:
            return True
    return bool(row["state"] == status.value)


def _wording(row: Row, kind: Kind) -> str:
    return str(row["phrase" if kind == "steps" else "statement"])


def _people(
    database: Database, study_id: str, wanted: Mapping[str, Sequence[str]]
) -> tuple[frozenset[Person] | None, str]:
    """Who has the attributes that are asked for, None where none are; and a text that tells two such groups apart."""
    if not wanted:
        return None, ""
    with database.reading() as session:
        known = {a.name: a for a in participants.attributes(session, study_id)}
        people = participants.of_study(session, study_id)
        ids = participants.by_speaker(session, study_id)
    for name in wanted:
        if name not in known:
            raise BadFilterError(f"attr[{name}]: the study has no such attribute, but {', '.join(known) or 'none'}")
    values = {name: [_value(known[name], text) for text in texts] for name, texts in wanted.items()}
    chosen = {person.id for person in people if _has(person, values)}
    speakers = sorted(speaker for speaker, person_id in ids.items() if person_id in chosen)
    return frozenset(speakers), repr(speakers)


def _has(person: Participant, values: Mapping[str, Sequence[Value]]) -> bool:
    return all(person.attributes.get(name) in alternatives for name, alternatives in values.items())


def _value(attribute: Attribute, text: str) -> Value:
    """What somebody wrote as a value of an attribute."""
    try:
        match attribute.type:
            case AttributeType.NUMBER:
                return float(text)
            case AttributeType.FLAG:
                return {"true": True, "false": False}[text.lower()]
            case AttributeType.DATE:
                return datetime.fromisoformat(text).date()
    except (KeyError, ValueError):
        raise BadFilterError(f"attr[{attribute.name}]: a {attribute.type} is expected") from None
    if attribute.choices and text not in attribute.choices:
        raise BadFilterError(f"attr[{attribute.name}]: one of {', '.join(attribute.choices)} is expected")
    return text


def in_order(found: Entries, rows: Iterable[Row]) -> list[Row]:
    """Rows in the order of the job, or of how alike they are."""
    return sorted(rows, key=lambda row: found.places[row["id"]])
