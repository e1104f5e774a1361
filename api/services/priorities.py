"""Priorities of a stored study: interviews, surveys and what the team lists, worked out together."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from api.services import reviews
from api.services.surveys import note
from api.store import studies, surveys, team_lists, waves
from api.store.database import Database, Stamp
from api.store.surveys import StoredSurvey
from api.store.waves import StoredWave
from jtbd_nlp.errors import SurveyError
from jtbd_nlp.priorities.answers import Answers
from jtbd_nlp.priorities.interviews import Interviews, interviews_of_job_map
from jtbd_nlp.priorities.matching import under_our_ids
from jtbd_nlp.priorities.overview import Priorities, PrioritySettings, oddity, work_out
from jtbd_nlp.priorities.quality import Oddity
from jtbd_nlp.priorities.segments import Segmentation, SegmentSettings, find_segments
from jtbd_nlp.priorities.solutions import Solution
from jtbd_nlp.priorities.strategy import Feature
from jtbd_nlp.priorities.subjects import SurveyBasis, basis_of_job_map
from jtbd_nlp.priorities.waves import Wave

__all__ = ["Priorities", "WorkedOut", "leave_out", "note_export", "priorities", "quote_ids"]

N_KEPT: Final = 8


@dataclass(frozen=True, eq=False, kw_only=True)
class WorkedOut:
    """Priorities, the interviews behind them, and the survey they rest on; None where there was none yet."""

    priorities: Priorities
    interviews: Interviews
    survey: StoredSurvey | None


# Database and study; what the map is like; all else that the outcome depends on.
Key = tuple[tuple[str, str], object, object]
K = TypeVar("K")
V = TypeVar("V")


class _Memory(Generic[K, V]):
    """The last few outcomes, for pages, tables and pictures that ask for the same."""

    def __init__(self) -> None:
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: K, made: V, *, in_place_of: Callable[[K], bool] = lambda _: False) -> V:
        """Keep an outcome, and let go of those that it takes the place of."""
        with self._lock:
            for old in [k for k in self._kept if in_place_of(k)]:
                del self._kept[old]
            self._kept[key] = made
            while len(self._kept) > N_KEPT:
                self._kept.popitem(last=False)
        return made


_OUTCOMES: Final = _Memory[Key, WorkedOut]()
_SEGMENTATIONS: Final = _Memory[str, Segmentation]()


@dataclass(frozen=True, eq=False, kw_only=True)
class _Stored:
    solutions: tuple[Solution, ...]
    features: tuple[Feature, ...]
    surveys: tuple[StoredSurvey, ...]
    waves: tuple[StoredWave, ...]
    chosen: StoredSurvey | None


def priorities(
    database: Database,
    study: str,
    *,
    survey: str | None = None,
    viewer: str | None = None,
    settings: PrioritySettings | None = None,
    stamp: Stamp | None = None,
) -> WorkedOut:
    """Where people struggle, from the interviews and from a survey: the latest unless one is named.

    Surveys of earlier days are compared with it, and those of other studies that are taken as waves.

    Args:
        stamp: who asks; where odd respondents are left out, the audit log says by whom and how many, each time that it
            is worked out anew.

    Raises:
        NotFoundError: there is no such study or survey, or no run of the study is done.
        SurveyError: the question to segment by was not asked.
    """
    settings = settings or PrioritySettings()
    reviewed = reviews.reviewed(database, study, viewer=viewer)
    stored = _stored(database, study, survey)
    own = tuple((s.id, s.n_respondents) for s in stored.surveys)
    known = (own, tuple((w.name, w.survey.id, w.survey.n_respondents, w.matches) for w in stored.waves))
    chosen = stored.chosen
    key = (
        (str(database), reviewed.study_id),
        (reviewed.run_id, reviewed.revision, reviewed.job_map.analysis.manifest.inputs),
        (chosen.id if chosen else None, known, stored.solutions, stored.features, settings),
    )
    found = _OUTCOMES.get(key)
    if found is not None:
        return found
    basis = basis_of_job_map(reviewed.job_map)
    # What was asked about once keeps its quotes, also where it is no longer approved.
    asked = basis if chosen is None else basis.together(chosen.questionnaire.basis)
    interviews = interviews_of_job_map(reviewed.job_map, asked)
    made = _work_out(database, basis, interviews, stored, settings)
    if stamp is not None and settings.leave_out and chosen is not None:
        n = made.priorities.n_respondents - made.priorities.n_counted
        with database.writing() as session:
            note(session, stamp, "read", "respondents left out", reviewed.study_id, chosen.id, n=n)
    # Words of the same study's earlier maps may be erased by now.
    return _OUTCOMES.put(key, made, in_place_of=lambda old: old[0] == key[0] and old[1] != key[1])


def note_export(database: Database, found: WorkedOut, study: str, stamp: Stamp, *, n_files: int) -> None:
    """Say in the audit log that priorities leave as files.

    Raises:
        NotFoundError: there is no such study.
    """
    survey = found.survey.id if found.survey else None
    with database.writing() as session:
        study_id = studies.find(session, study).id
        note(session, stamp, "exported", "priorities exported", study_id, survey, n_files=n_files)


def quote_ids(found: WorkedOut) -> dict[str, dict[str, list[str]]]:
    """Ids of the quotes behind each step and need: of struggle, the surest first, and what else was said."""
    quotes = {}
    for subject in found.priorities.basis.subjects:
        struggles = found.interviews.struggles(subject.id)
        other = (v for v in found.interviews.of(subject.id) if not v.is_struggle)
        quotes[subject.id] = {
            "struggle": list(dict.fromkeys(v.id for v in struggles)),
            "other": list(dict.fromkeys(v.id for v in other)),
        }
    return quotes


def leave_out(names: str) -> tuple[Oddity, ...]:
    """Oddities by their names, with commas between.

    Raises:
        SurveyError: there is none of that name.
    """
    try:
        return tuple(oddity(name.strip()) for name in names.split(",") if name.strip())
    except ValueError as fault:
        raise SurveyError(str(fault)) from fault


def _work_out(
    database: Database, basis: SurveyBasis, interviews: Interviews, stored: _Stored, settings: PrioritySettings
) -> WorkedOut:
    chosen = stored.chosen
    if chosen is None:
        made = work_out(basis, interviews, solutions=stored.solutions, features=stored.features, settings=settings)
        return WorkedOut(priorities=made, interviews=interviews, survey=None)
    if settings.segment_by is not None and settings.segment_by not in {q.id for q in chosen.questionnaire.questions}:
        asked = [q.id for part in ("solution", "profile") for q in chosen.questionnaire.of_part(part)]
        raise SurveyError(f"{settings.segment_by!r} was not asked; people can be grouped by {', '.join(asked)}")
    with database.reading() as session:
        latest = Wave(name=chosen.name, day=chosen.day, answers=surveys.answers(session, chosen))
        earlier = [
            Wave(name=s.name, day=s.day, answers=surveys.answers(session, s))
            for s in stored.surveys
            if s.day < chosen.day and s.n_respondents
        ]
        earlier += [
            _of_another(wave, surveys.answers(session, wave.survey))
            for wave in stored.waves
            if wave.survey.day < chosen.day and wave.survey.n_respondents
        ]
    made = work_out(
        basis,
        interviews,
        latest.answers,
        earlier=earlier,
        latest=latest,
        is_synthetic=chosen.is_synthetic,
        solutions=stored.solutions,
        features=stored.features,
        settings=settings,
        find=_found_segments,
    )
    return WorkedOut(priorities=made, interviews=interviews, survey=chosen)


def _of_another(wave: StoredWave, answers: Answers) -> Wave:
    named = f"{wave.name} (synthetic)" if wave.survey.is_synthetic else wave.name
    own = under_our_ids(answers, wave.matches, otherwise=wave.survey.id)
    return Wave(name=named, day=wave.survey.day, answers=own, matched=tuple(match.by for match in wave.matches))


def _found_segments(answers: Answers, settings: SegmentSettings) -> Segmentation:
    """What `find_segments` gives, looked for once for the same ratings: decisions on the map do not change them."""
    subjects = [subject.id for subject in answers.questionnaire.basis.subjects]
    asked = repr((settings, subjects, list(answers.frame.index))).encode("utf-8", "surrogatepass")
    key = hashlib.sha256(asked + answers.ratings(subjects, settings.aspect).tobytes()).hexdigest()
    return _SEGMENTATIONS.get(key) or _SEGMENTATIONS.put(key, find_segments(answers, settings))


def _stored(database: Database, study: str, survey: str | None) -> _Stored:
    with database.reading() as session:
        study_id = studies.find(session, study).id
        found = surveys.of_study(session, study_id)
        chosen = surveys.find(session, study_id, survey) if found or survey is not None else None
        return _Stored(
            solutions=team_lists.of_study(session, study_id, team_lists.SOLUTIONS),
            features=team_lists.of_study(session, study_id, team_lists.FEATURES),
            surveys=found,
            waves=waves.of_study(session, study_id),
            chosen=chosen,
        )
