"""Labelled studies and training batches: folders of transcripts with what annotators marked in them.

A study is `study.json` (name, job, executor), `transcripts/` in any readable format, `labels/<id>.<annotator>.jsonl`
with one label a line, and `jobmap.<annotator>.tsv` (step, stage, phrase). Every label is checked against its turn.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from jtbd_nlp.domain import Transcript
from jtbd_nlp.errors import GoldError, TranscriptError
from jtbd_nlp.evaluation import KINDS
from jtbd_nlp.readers import read_bytes
from jtbd_nlp.stages import STAGES

DEFAULT_ANNOTATOR: Final = "a"
_MAP_COLUMNS: Final = ("step", "stage", "phrase")


@dataclass(frozen=True, slots=True)
class GoldStatement:
    """What an annotator marked: `transcript.turns[turn].text[start:end] == text`. `step` is None outside the map."""

    turn: int
    start: int
    end: int
    text: str
    kind: str
    phrase: str
    stage: str
    step: str | None


@dataclass(frozen=True, slots=True)
class GoldStep:
    """A step of an annotator's job map."""

    id: str
    stage: str
    phrase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldStudy:
    """Transcripts of one study with the labels of one annotator.

    `labels` has a key for each transcript the annotator went through, also where they found nothing. `job` and
    `executor` are "" for a training batch, whose interviews are about each person's own work.
    """

    name: str
    job: str
    executor: str
    transcripts: tuple[Transcript, ...]
    labels: Mapping[str, tuple[GoldStatement, ...]]
    job_map: tuple[GoldStep, ...]

    def transcript(self, transcript_id: str) -> Transcript:
        """Look up a transcript by id; KeyError where there is none."""
        for transcript in self.transcripts:
            if transcript.id == transcript_id:
                return transcript
        raise KeyError(transcript_id)

    @property
    def labelled(self) -> tuple[Transcript, ...]:
        """The transcripts that the annotator went through."""
        return tuple(transcript for transcript in self.transcripts if transcript.id in self.labels)

    def without(self, transcript_ids: Iterable[str]) -> GoldStudy:
        """The same study less some transcripts and their labels."""
        left_out = frozenset(transcript_ids)
        return replace(
            self,
            transcripts=tuple(t for t in self.transcripts if t.id not in left_out),
            labels={name: labels for name, labels in self.labels.items() if name not in left_out},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Labelled interviews to learn from, and which of them must not be seen when a study is scored.

    Args:
        batches: interviews about each person's own work, without a common job or a job map.
        exclusions: by study, the ids of transcripts in `batches` that its score must not have been helped by.
        written: whole studies, each with a job and a job map, that were written for training.
    """

    batches: tuple[GoldStudy, ...]
    exclusions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    written: tuple[GoldStudy, ...] = ()

    def everything(self) -> tuple[GoldStudy, ...]:
        """All there is: what a model that ships is tuned on."""
        return (*self.batches, *self.written)

    def least(self) -> tuple[GoldStudy, ...]:
        """The batches less whatever any study excludes, and every other written study; batches left empty are dropped.

        A second model is tuned on these: it scores the studies that exclude something, and it reads the rest as a model
        reads talk it has never seen, which teaches a judge how far to trust one.
        """
        return (*_without(self.batches, self._excluded), *self.written[::2])

    def rest(self) -> tuple[GoldStudy, ...]:
        """What `everything` has and `least` has not."""
        return _without(self.everything(), {t.id for batch in self.least() for t in batch.transcripts})

    def fair_for(self, study_name: str) -> tuple[GoldStudy, ...]:
        """What a model may be tuned on that scores `study_name`: everything, or the least where it excludes any."""
        return self.least() if self.exclusions.get(study_name) else self.everything()

    @property
    def _excluded(self) -> frozenset[str]:
        """The transcripts that some study excludes."""
        return frozenset().union(*self.exclusions.values())


def _without(batches: Iterable[GoldStudy], left_out: Set[str]) -> tuple[GoldStudy, ...]:
    """The batches less some transcripts; those left empty are dropped."""
    less = (batch.without(left_out) for batch in batches)
    return tuple(batch for batch in less if batch.transcripts)


def load_studies(folder: Path, *, annotator: str = DEFAULT_ANNOTATOR) -> tuple[GoldStudy, ...]:
    """Load every study in `folder`, by name: each subfolder with a `labels` folder.

    Raises:
        GoldError: there is no study, or one breaks the format.
    """
    return tuple(load_study(path, annotator=annotator) for path in _study_folders(folder))


def load_training(folder: Path, *, written: Sequence[GoldStudy] = (), annotator: str = DEFAULT_ANNOTATOR) -> Training:
    """Load every batch in `folder`, by name, and `exclusions.json` (study name: transcript ids) where there is one.

    `written` are whole studies to learn from beside them.

    Raises:
        GoldError: there is no batch, one breaks the format, or `exclusions.json` names no lists of ids.
    """
    batches = tuple(load_study(path, annotator=annotator) for path in _study_folders(folder))
    return Training(batches=batches, exclusions=_exclusions(folder / "exclusions.json"), written=tuple(written))


def load_study(folder: Path, *, annotator: str = DEFAULT_ANNOTATOR) -> GoldStudy:
    """Load one study with the labels and the job map of one annotator. A batch without `study.json` is fine.

    Raises:
        GoldError: the annotator labelled nothing here, a file cannot be read, or a label does not fit its turn, names
            no kind or stage there is, or a step that the job map lacks; the message begins with file and line.
    """
    job_map = _job_map(folder / f"jobmap.{annotator}.tsv")
    transcripts = _transcripts(folder / "transcripts")
    by_id = {transcript.id: transcript for transcript in transcripts}
    steps = frozenset(step.id for step in job_map)
    labels = {}
    for path in sorted((folder / "labels").glob(f"*.{annotator}.jsonl")):
        name = path.name.removesuffix(f".{annotator}.jsonl")
        if name not in by_id:
            raise GoldError(f"{_shown(path)}: the study has no transcript {name!r}")
        labels[name] = _labels(path, by_id[name], steps)
    if not labels:
        raise GoldError(f"{folder.name}: no labels of annotator {annotator!r}")
    about = _study_fields(folder / "study.json")
    return GoldStudy(
        name=about.get("study", folder.name),
        job=about.get("job", ""),
        executor=about.get("executor", ""),
        transcripts=transcripts,
        labels=labels,
        job_map=job_map,
    )


def _study_folders(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if (path / "labels").is_dir()) if folder.is_dir() else []
    if not found:
        raise GoldError(f"{folder}: holds no labelled study (a folder with transcripts/ and labels/)")
    return found


def _transcripts(folder: Path) -> tuple[Transcript, ...]:
    """Read every file of the folder, in order of names, dot files left out."""
    transcripts: list[Transcript] = []
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in paths:
        if path.is_file() and not path.name.startswith("."):
            try:
                transcripts += read_bytes(path.read_bytes(), name=path.name)
            except TranscriptError as fault:
                raise GoldError(f"{_shown(path)}: {fault}") from fault
    ids = [transcript.id for transcript in transcripts]
    if len(set(ids)) != len(ids):
        raise GoldError(f"{_shown(folder)}: two transcripts have the same id")
    return tuple(transcripts)


def _labels(path: Path, transcript: Transcript, steps: frozenset[str]) -> tuple[GoldStatement, ...]:
    labels = []
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line.strip():
            try:
                labels.append(_label(json.loads(line), transcript, steps))
            except ValueError as fault:
                raise GoldError(f"{_shown(path)}, line {number}: {fault}") from fault
    return tuple(labels)


def _label(fields: object, transcript: Transcript, steps: frozenset[str]) -> GoldStatement:
    """Check one label. ValueError names the fault; what was said is not repeated, transcripts being personal."""
    if not isinstance(fields, dict):
        raise ValueError("a label must be a JSON object")
    turn, start, end = (_whole(fields, key) for key in ("turn", "start", "end"))
    if not 0 <= turn < len(transcript.turns):
        raise ValueError(f"turn: the transcript has no turn {turn}")
    said = transcript.turns[turn].text
    if not 0 <= start < end <= len(said):
        raise ValueError(f"start, end: turn {turn} has no characters {start} to {end}")
    text = _string(fields, "text")
    if said[start:end] != text:
        raise ValueError(f"text: is not what stands in turn {turn}, {start} to {end}")
    kind, stage = _one_of(fields, "kind", KINDS), _one_of(fields, "stage", STAGES)
    step = fields.get("step")
    if step is not None and str(step) not in steps:
        raise ValueError(f"step: the job map has no step {str(step)!r}")
    phrase = _string(fields, "phrase")
    return GoldStatement(turn, start, end, text, kind, phrase, stage, None if step is None else str(step))


def _job_map(path: Path) -> tuple[GoldStep, ...]:
    """Read a job map; a file that is not there or has only its header has no steps."""
    if not path.is_file():
        return ()
    rows = csv.DictReader(_text(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    steps: dict[str, GoldStep] = {}
    for row in rows:
        place = f"{_shown(path)}, line {rows.line_num}"
        if any(not row.get(column) for column in _MAP_COLUMNS):
            raise GoldError(f"{place}: must hold {', '.join(_MAP_COLUMNS)}, separated by tabs")
        if row["stage"] not in STAGES:
            raise GoldError(f"{place}: stage: must be one of {', '.join(STAGES)}, not {row['stage']!r}")
        if row["step"] in steps:
            raise GoldError(f"{place}: step {row['step']!r} is there twice")
        steps[row["step"]] = GoldStep(row["step"], row["stage"], row["phrase"])
    return tuple(steps.values())


def _study_fields(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    fields = _json(path)
    if not isinstance(fields, dict):
        raise GoldError(f"{_shown(path)}: must be a JSON object")
    for key in ("study", "job", "executor"):
        if not isinstance(fields.get(key), str) or not fields[key].strip():
            raise GoldError(f"{_shown(path)}: {key}: must be text")
    return {key: fields[key] for key in ("study", "job", "executor")}


def _exclusions(path: Path) -> dict[str, frozenset[str]]:
    if not path.is_file():
        return {}
    fields = _json(path)
    if not isinstance(fields, dict):
        raise GoldError(f"{_shown(path)}: must be a JSON object")
    for study, ids in fields.items():
        if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
            raise GoldError(f"{_shown(path)}: {study}: must be a list of transcript ids")
    return {study: frozenset(ids) for study, ids in fields.items()}


def _json(path: Path) -> object:
    try:
        return json.loads(_text(path))
    except ValueError as fault:
        raise GoldError(f"{_shown(path)}: {fault}") from fault


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise GoldError(f"{_shown(path)}: cannot be read as UTF-8 text") from fault


def _shown(path: Path) -> str:
    """File and the two folders above it: enough to find it, without the rest of the machine's paths."""
    return "/".join(path.parts[-3:])


def _whole(fields: Mapping[str, object], key: str) -> int:
    value = fields.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{key}: must be a whole number")
    return value


def _string(fields: Mapping[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str):
        raise ValueError(f"{key}: must be text")
    return value


def _one_of(fields: Mapping[str, object], key: str, allowed: tuple[str, ...]) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{key}: must be one of {', '.join(allowed)}")
    return value
