"""Groups of quotes with the name an analyst gave their step: what the writing model learns names from.

They come from three places: whole studies with a job map, invented groups that hold their own words, and groups that
the program made of real interviews, which are named by place, since the words are other people's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jtbd_nlp.domain import Role, Transcript
from jtbd_nlp.errors import GoldError
from jtbd_nlp.gold import GoldStatement, GoldStudy
from jtbd_nlp.stages import STAGES
from jtbd_nlp.step_prompts import said_line

# In `corpora/`: groups with their words, and groups of real interviews by place.
GROUPS_FILE: Final = "steps/groups.jsonl"
PLACES_FILE: Final = "steps/places.jsonl"
# A participant's turn gives a stray line only if it holds more words.
_LEAST_STRAY_WORDS: Final = 8
# Words of a stray line.
_STRAY_WORDS: Final = 20


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """Lines that are evidence of one step; `strays` may stand among them and are of others or of none."""

    job: str
    stage: str
    name: str
    lines: tuple[str, ...]
    strays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Characters `start` to `end` of a turn of an interview; `digest` is the begin of the interview's SHA-256."""

    transcript: str
    digest: str
    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PlacedGroup:
    """A named group whose quotes are given by where they stand; those of `beside` do not belong to the step."""

    job: str
    stage: str
    name: str
    said: tuple[Place, ...]
    beside: tuple[Place, ...] = ()


def load_groups(path: Path) -> tuple[NamedGroup, ...]:
    """Read groups of quotes, one JSON object a line: job, stage, name and said, a list of texts.

    Raises:
        GoldError: a line is no such object; the message begins with file and line.
    """
    return tuple(NamedGroup(*head, tuple(str(line) for line in said)) for head, said, _, _ in _rows(path))


def load_places(path: Path) -> tuple[PlacedGroup, ...]:
    """Read groups of quotes by place, one JSON object a line.

    Keys: job, stage, name; said and beside, lists of [transcript id, turn, start, end]. The digests of the interviews
    stand in `interviews.tsv` of the same folder.

    Raises:
        GoldError: a line is no such object, or an interview has no digest; the message begins with file and line.
    """
    interviews = path.with_name("interviews.tsv")
    digests = dict(line.split("\t")[:2] for line in interviews.read_text(encoding="utf-8").splitlines()[1:])
    groups = []
    for head, said, beside, number in _rows(path):
        try:
            own, others = (tuple(_place(fields, digests) for fields in places) for places in (said, beside))
        except (ValueError, KeyError, TypeError) as fault:
            raise GoldError(f"{path.name}, line {number}: no place in an interview: {fault}") from fault
        groups.append(PlacedGroup(*head, own, others))
    return tuple(groups)


def look_up(groups: Sequence[PlacedGroup], transcripts: Mapping[str, Transcript]) -> tuple[NamedGroup, ...]:
    """The groups with the words that stand at their places; `transcripts` by id.

    Raises:
        GoldError: an interview is not there or is not the one that was labelled.
    """

    def lines(places: Sequence[Place]) -> tuple[str, ...]:
        for place in places:
            found = transcripts.get(place.transcript)
            if found is None or not found.sha256.startswith(place.digest):
                state = "not there" if found is None else "another than the one whose groups were named"
                raise GoldError(f"interview {place.transcript!r} is {state}: see corpora/steps/README.md")
        return tuple(said_line(transcripts[p.transcript].turns[p.turn].text, p.start, p.end) for p in places)

    return tuple(NamedGroup(g.job, g.stage, g.name, lines(g.said), lines(g.beside)) for g in groups)


def _rows(path: Path) -> Iterator[tuple[tuple[str, str, str], list[object], list[object], int]]:
    """The checked fields of every line: (job, stage, name), said, beside, and the line's number."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            try:
                fields = json.loads(line)
                job, stage, name, said = (fields[key] for key in ("job", "stage", "name", "said"))
                beside = fields.get("beside", [])
                if not all(isinstance(text, str) for text in (job, stage, name)):
                    raise ValueError("job, stage and name must be texts")
                if not (isinstance(said, list) and isinstance(beside, list)):
                    raise ValueError("said and beside must be lists")
                if stage not in STAGES:
                    raise ValueError(f"stage: must be one of {', '.join(STAGES)}, not {stage!r}")
            except (ValueError, KeyError, TypeError) as fault:
                raise GoldError(f"{path.name}, line {number}: {fault}") from fault
            yield (job, stage, name), said, beside, number


def _place(fields: object, digests: Mapping[str, str]) -> Place:
    if not isinstance(fields, list):
        raise TypeError("must be a list")
    transcript, turn, start, end = fields
    return Place(str(transcript), digests[transcript], int(turn), int(start), int(end))


def groups_of_studies(studies: Sequence[GoldStudy]) -> tuple[NamedGroup, ...]:
    """The steps of studies that have a job map, with the quotes of their actions; one quote alone is no group."""
    groups = []
    for study in studies:
        of_step: dict[str, list[str]] = defaultdict(list)
        others: list[str] = []
        for transcript in study.labelled:
            labels = study.labels[transcript.id]
            for label in labels:
                line = said_line(transcript.turns[label.turn].text, label.start, label.end)
                if label.kind == "action":
                    (others if label.step is None else of_step[label.step]).append(line)
            others += _unlabelled(study, transcript.id, labels)
        for step in study.job_map:
            if len(of_step[step.id]) > 1:
                strays = [line for other, lines in of_step.items() if other != step.id for line in lines]
                own = NamedGroup(study.job, step.stage, step.phrase, tuple(of_step[step.id]), (*strays, *others))
                groups.append(own)
    return tuple(groups)


def _unlabelled(study: GoldStudy, transcript_id: str, labels: Sequence[GoldStatement]) -> list[str]:
    """The begin of every longer turn of participants in which nothing is marked: talk of something else."""
    marked = {label.turn for label in labels}
    return [
        said_line(turn.text, 0, len(" ".join(turn.text.split()[:_STRAY_WORDS])))
        for number, turn in enumerate(study.transcript(transcript_id).turns)
        if turn.role is Role.PARTICIPANT and number not in marked and len(turn.text.split()) > _LEAST_STRAY_WORDS
    ]
