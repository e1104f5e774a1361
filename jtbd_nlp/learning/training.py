"""Make the learned files of an engine, and score engines on studies they never saw.

The reading model is tuned on the training interviews alone; the light heads (judge, stage temperature) are trained on
the gold studies, read with a model that never saw them. A study is scored with a reading model that saw no interview
that `exclusions.json` names for it, and heads that never saw the study.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from jtbd_nlp.config import Settings
from jtbd_nlp.domain import Analysis, Study, Transcript
from jtbd_nlp.embedding import SentenceTransformerEmbedder, job_vector
from jtbd_nlp.engine import (
    ENCODER,
    LEARNED,
    NAMING_FILE,
    NEED_WRITING_FILE,
    READING_FILE,
    STAGE_FILE,
    WRITER,
    Engine,
    load_writers,
)
from jtbd_nlp.evaluation import Figures, predictions_of, score_study
from jtbd_nlp.gold import GoldStudy, Training
from jtbd_nlp.learning.judging import EXTRA_WEIGHT, JudgedTalk, TrainedJudge, describe_talk, save_judge, train_judge
from jtbd_nlp.learning.named_groups import (
    GROUPS_FILE,
    PLACES_FILE,
    groups_of_studies,
    load_groups,
    load_places,
    look_up,
)
from jtbd_nlp.learning.naming import NamingSettings, teach_naming
from jtbd_nlp.learning.need_choosing import can_learn, train_need_chooser
from jtbd_nlp.learning.need_writing import NeedWritingSettings, need_lines, teach_need_writing
from jtbd_nlp.learning.staging import train_stage_head
from jtbd_nlp.learning.teaching import teaching_key
from jtbd_nlp.learning.tuning import Example, TuningSettings, make_examples, tune, without_stops
from jtbd_nlp.models import assets_folder, resolve
from jtbd_nlp.pipeline import analyze
from jtbd_nlp.statements.encoder import ReadingModel, file_card, load_reading_model, save_reading_model
from jtbd_nlp.statements.extraction import Reader
from jtbd_nlp.statements.need_choice import NeedChooser, load_need_chooser
from jtbd_nlp.statements.parsing import PARSER, load_parser
from jtbd_nlp.statements.staging import save_stage_head
from jtbd_nlp.statements.windows import load_tokenizer
from jtbd_nlp.threads import one_thread
from jtbd_nlp.writing_model import load_writing_model

# Called with what is being done, how much of it is done, and how much there is.
OnProgress = Callable[[str, int, int], None]

# Windows with fewer word pieces ("Yeah.") teach nothing and are most of the windows of spoken interviews.
MIN_PIECES = 4
STOPS = (".", ",", "?", "!", ";", ":", "…", "-")


@dataclass(frozen=True, slots=True)
class Workshop:
    """What training needs besides labels: the public encoder's folder, and folders that keep tuned models.

    Tuning takes over an hour, so a tuned model is kept under a name made of everything it depends on. `kept`
    are folders to look in; the first one is written to.
    """

    encoder_folder: Path
    kept: tuple[Path, ...]
    settings: TuningSettings

    def reading_model(self, batches: Sequence[GoldStudy], on_progress: OnProgress) -> ReadingModel:
        """The reading model tuned on `batches`: a kept one, the shipped one where it is that one, or tuned now."""
        key = self._key(batches)
        for folder in self.kept:
            if (folder / f"reading-{key}.safetensors").is_file():
                return load_reading_model(self.encoder_folder, folder / f"reading-{key}.safetensors")
        shipped = assets_folder("models") / "engine" / READING_FILE
        if file_card(shipped).get("key") == key:
            return load_reading_model(self.encoder_folder, shipped)
        path = self.kept[0] / f"reading-{key}.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        tune_reading_model(batches, self.encoder_folder, path, key=key, settings=self.settings, on_progress=on_progress)
        return load_reading_model(self.encoder_folder, path)

    def _key(self, batches: Sequence[GoldStudy]) -> str:
        """16 hex digits over everything the tuned weights depend on."""
        parts = [json.dumps(asdict(self.settings), sort_keys=True), resolve(ENCODER).sha256]
        for batch in batches:
            for transcript in batch.labelled:
                labels = [asdict(label) for label in batch.labels[transcript.id]]
                parts += [transcript.sha256, json.dumps(labels, sort_keys=True, ensure_ascii=False)]
        return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:16]


def tune_reading_model(
    batches: Sequence[GoldStudy],
    encoder_folder: Path,
    path: Path,
    *,
    key: str,
    settings: TuningSettings,
    on_progress: OnProgress,
) -> None:
    """Tune a reading model on labelled batches and write it to `path`.

    Source:
        Devlin et al. 2019, doi:10.18653/v1/N19-1423 (fine-tuning);
        van den Oord et al. 2018, arXiv:1807.03748 (contrast).
    """
    phrases = sorted({label.phrase for batch in batches for labels in batch.labels.values() for label in labels})
    phrase_rows = {phrase: row for row, phrase in enumerate(phrases)}
    vectors = SentenceTransformerEmbedder(encoder_folder).embed(phrases)
    examples: list[Example] = []
    for batch in batches:
        for transcript in batch.labelled:
            found = make_examples(transcript, batch.labels[transcript.id], encoder_folder, phrase_rows)
            examples += [e for e in found if len(e.window.offsets) >= MIN_PIECES]
    if settings.bare_every:
        found_stops = (load_tokenizer(encoder_folder).token_to_id(stop) for stop in STOPS)
        stops = frozenset(piece for piece in found_stops if piece is not None)
        bare = (without_stops(e, stops) for e in examples[:: settings.bare_every])
        examples += [e for e in bare if e is not None]
    with one_thread():
        network = tune(
            examples,
            vectors,
            encoder_folder,
            settings=settings,
            on_progress=lambda step, steps, _: on_progress("tune the reading model", step, steps),
        )
    save_reading_model(network, path, card={"key": key, "n_examples": len(examples), **asdict(settings)})


def describe_studies(
    studies: Sequence[GoldStudy], reading_model: ReadingModel, on_progress: OnProgress
) -> dict[str, list[JudgedTalk]]:
    """The labelled interviews of each study as the judge sees them, by study name."""
    parser, embedder = load_parser(), SentenceTransformerEmbedder(reading_model.encoder_folder)
    total, done = sum(len(study.labelled) for study in studies), 0
    talks: dict[str, list[JudgedTalk]] = {}
    for study in studies:
        own = talks.setdefault(study.name, [])
        job = job_vector(study.job, embedder)
        for transcript in study.labelled:
            talk = describe_talk(transcript, study.labels[transcript.id], parser, reading_model, job=job)
            own += [talk] if talk else []
            done += 1
            on_progress("read the gold studies", done, total)
    return talks


def train_engine(
    studies: Sequence[GoldStudy],
    training: Training | None,
    workshop: Workshop,
    out: Path,
    *,
    interviews: Sequence[Transcript] = (),
    on_progress: OnProgress,
) -> None:
    """Write all learned files of an engine into `out`.

    Without `training` the reading model and the taught names that ship are kept, and only the heads are trained on
    `studies`. `interviews` are those that nobody labelled, some of whose groups were named.

    Raises:
        GoldError: names are to be taught anew, and an interview with named groups is not there.
    """
    out.mkdir(parents=True, exist_ok=True)
    _teach_namer(training, interviews, out / NAMING_FILE, on_progress)  # first, since an interview may be missing
    _teach_need_writer(training, out / NEED_WRITING_FILE, on_progress)
    reading_model = _reading_model(training.everything() if training else None, workshop, on_progress)
    talks = describe_studies(studies, reading_model, on_progress)
    everything = [talk for name in sorted(talks) for talk in talks[name]]
    unseen = _unseen_talks(training, workshop, on_progress) if training else []
    trained = train_judge(everything, unseen)
    save_judge(trained.judge, out)
    save_stage_head(train_stage_head(everything, reading_model), out / STAGE_FILE)
    _train_needs(everything, unseen, training.everything() if training else (), workshop).save(out)
    save_reading_model(reading_model.network, out / READING_FILE, card=reading_model.card)
    taught = {"Names": file_card(out / NAMING_FILE), "Needs": file_card(out / NEED_WRITING_FILE)}
    (out / "CARD.md").write_text(_card(studies, training, trained, reading_model, taught), encoding="utf-8")


def _teach_namer(
    training: Training | None, interviews: Sequence[Transcript], path: Path, on_progress: OnProgress
) -> None:
    """Write what the writing model is taught of names: what ships, where it would come out the same."""
    shipped = assets_folder("models") / "engine" / NAMING_FILE
    if training:
        corpora = assets_folder("corpora")
        told = (*groups_of_studies(training.written), *load_groups(corpora / GROUPS_FILE))
        placed = load_places(corpora / PLACES_FILE)
        base, settings = resolve(WRITER), NamingSettings()
        key = teaching_key((*told, *placed), settings, base_sha256=base.sha256)
        if file_card(shipped).get("key") != key:
            of_batches = (transcript for batch in training.batches for transcript in batch.transcripts)
            real = look_up(placed, {t.id: t for t in (*of_batches, *interviews)})
            teach_naming(
                load_writing_model(base.folder),
                (*told, *real * settings.times_real),
                path,
                key=key,
                settings=settings,
                on_step=lambda step, steps, _: on_progress("teach the writing model names", step, steps),
            )
            return
    if path != shipped:
        path.write_bytes(shipped.read_bytes())


def _teach_need_writer(training: Training | None, path: Path, on_progress: OnProgress) -> None:
    """Write what the writing model is taught of needs: what ships, where it would come out the same."""
    shipped = assets_folder("models") / "engine" / NEED_WRITING_FILE
    if training:
        placed = load_places(assets_folder("corpora") / PLACES_FILE)
        jobs = {place.transcript: group.job for group in reversed(placed) for place in group.said}
        base, settings = resolve(WRITER), NeedWritingSettings()
        lines = need_lines(training.everything(), jobs, settings)
        key = teaching_key(lines, settings, base_sha256=base.sha256)
        if file_card(shipped).get("key") != key:
            teach_need_writing(
                load_writing_model(base.folder),
                lines,
                path,
                key=key,
                settings=settings,
                on_step=lambda step, steps, _: on_progress("teach the writing model needs", step, steps),
            )
            return
    if path != shipped:
        path.write_bytes(shipped.read_bytes())


def _card(
    studies: Sequence[GoldStudy],
    training: Training | None,
    trained: TrainedJudge,
    reading_model: ReadingModel,
    taught: Mapping[str, Mapping[str, object]],
) -> str:
    """What the learned files were made from and how they did, for whoever finds the folder."""
    lines = ["# Learned files of an engine", "", "Made by `jtbd train`. Heads trained on:", ""]
    lines += [_data_line(study) for study in studies]
    if training:
        lines += ["", "Reading model tuned on:", "", *(_data_line(batch) for batch in training.everything())]
    else:
        lines += ["", "Reading model: the one that ships with the program."]
    lines += ["", f"Tuning: `{json.dumps(dict(reading_model.card), sort_keys=True)}`", ""]
    for what, card in taught.items():
        lines += [f"{what}, taught: `{json.dumps(dict(card), sort_keys=True)}`", ""]
    lines += ["Judge, on interviews that the trees of a fold had not seen:", ""]
    lines += [
        "| kind | sentence F1 | span F1 | calibration error of what is kept |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {kind} | {f.sentence_f1:.3f} | {f.span_f1:.3f} | {f.calibration_error:.3f} |"
        for kind, f in trained.figures.items()
    ]
    return "\n".join(lines) + "\n"


def _data_line(study: GoldStudy) -> str:
    n_labels = sum(len(study.labels[t.id]) for t in study.labelled)
    return f"- {study.name}: {len(study.labelled)} interviews, {n_labels} labels"


def evaluate_studies(
    studies: Sequence[GoldStudy],
    training: Training | None,
    workshop: Workshop,
    *,
    settings: Settings,
    on_progress: OnProgress,
    keep_analysis: Callable[[Analysis], None] | None = None,
) -> dict[str, Figures]:
    """Score every study with an engine whose heads never saw it; figures by study name.

    With `training`, the reading model has not seen what its exclusions name for the study. Without, it is the shipped
    one, which was tuned on interviews of its own.
    """
    figures: dict[str, Figures] = {}
    read: dict[bool, tuple[ReadingModel, dict[str, list[JudgedTalk]]]] = {}
    extra = _unseen_talks(training, workshop, on_progress) if training else []
    parser, embedder = load_parser(), SentenceTransformerEmbedder(resolve(ENCODER).folder)
    for n, study in enumerate(studies):
        excluded = training.exclusions.get(study.name, frozenset()) if training else frozenset()
        if bool(excluded) not in read:
            fair = _reading_model(training.fair_for(study.name) if training else None, workshop, on_progress)
            read[bool(excluded)] = (fair, describe_studies(studies, fair, on_progress))
        reading_model, talks = read[bool(excluded)]
        others = [talk for name in sorted(talks) if name != study.name for talk in talks[name]]
        unseen = [talk for talk in extra if talk.transcript.id not in excluded]
        reader = Reader(
            parser,
            reading_model,
            embedder,
            train_judge(others, unseen).judge,
            train_stage_head(others, reading_model),
            _train_needs(others, unseen, training.fair_for(study.name) if training else (), workshop),
            lambda: load_writers(None).needs,
        )
        engine = Engine(reader, embedder, (resolve(PARSER).as_version(),), writer=lambda: load_writers(None).steps)
        analysis = analyze(
            study.labelled,
            study=Study(name=study.name, job=study.job, executor=study.executor),
            settings=settings,
            engine=engine,
        )
        if keep_analysis:
            keep_analysis(analysis)
        figures[study.name] = score_study(study.labelled, study.labels, predictions_of(analysis))
        on_progress("score the studies", n + 1, len(studies))
    return figures


def _train_needs(
    talks: Sequence[JudgedTalk], extra: Sequence[JudgedTalk], batches: Sequence[GoldStudy], workshop: Workshop
) -> NeedChooser:
    """The chooser of needs' writings, from talks that the reading model has not seen; for too few, the one that ships.

    Needs of `extra`, labelled more quickly, count half; of `batches` only the statements that were written are used.
    """
    needs = [need for talk in talks for need in talk.needs]
    needs += [replace(need, weight=EXTRA_WEIGHT) for talk in extra for need in talk.needs]
    if not can_learn(needs):
        return load_need_chooser(resolve(LEARNED).folder)
    labels = [label for batch in batches for t in batch.labelled for label in batch.labels[t.id]]
    statements = [label.phrase for label in labels if label.kind == "need"]
    return train_need_chooser(needs, SentenceTransformerEmbedder(workshop.encoder_folder), statements=statements)


def _unseen_talks(training: Training, workshop: Workshop, on_progress: OnProgress) -> list[JudgedTalk]:
    """The training interviews that the model tuned on the least has not seen, as that model reads them.

    The judge can learn from them how far to trust a model. None where no study excludes any: a second model is not
    worth tuning for that alone.
    """
    if not training.exclusions:
        return []
    reading_model = workshop.reading_model(training.least(), on_progress)
    described = describe_studies(training.rest(), reading_model, on_progress)
    return [talk for name in sorted(described) for talk in described[name]]


def _reading_model(batches: Sequence[GoldStudy] | None, workshop: Workshop, on_progress: OnProgress) -> ReadingModel:
    """The reading model tuned on `batches`, or the shipped one."""
    if batches is None:
        return load_reading_model(workshop.encoder_folder, resolve(LEARNED).folder / READING_FILE)
    return workshop.reading_model(batches, on_progress)
