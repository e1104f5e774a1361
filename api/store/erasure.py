"""Erasing a study, a transcript or a person: nothing of what they said, and of who they are, is left in any table.

Rows that belong to what is erased go with it. What others share with it is redacted in place: it is the one thing that
changes statements, suggestions, decisions and runs. Aggregates of runs are counted again. An `erasures` row keeps the
erased id, and nothing else, so that a backup from before can be cleaned again when it is restored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.store import (
    decisions,
    extractions,
    map_starts,
    outcomes,
    participants,
    pseudonyms,
    requests,
    reviews,
    runs,
    studies,
    transcripts,
    vectors,
)
from api.store.codec import to_plain
from api.store.database import Stamp, row_of
from api.store.errors import NotFoundError
from api.store.ids import new_id
from api.store.redacting import Traces, quotes, redact_plain, strings
from api.store.tables import (
    DecisionTable,
    ErasureTable,
    FeatureTable,
    ParticipantTable,
    RoleCorrectionTable,
    RuleTable,
    RunTable,
    RunTranscriptTable,
    SolutionTable,
    SpeakerTable,
    StatementTable,
    StudyTable,
    SuggestionTable,
    SurveyTable,
    TranscriptTable,
    UploadTable,
)
from jtbd_nlp.domain import Analysis, JobStep, Need, Role, Span
from jtbd_nlp.forgetting import Forgotten, mask_names, names_in, without, without_people
from jtbd_nlp.review import AddEvidence, AddNeed, AddStep, ChosenSpan
from jtbd_nlp.review.forgetting import Oblivion, forget

# Shorter quotes ("it does", "I drive") are anybody's words.
SHORTEST_QUOTE: Final = 12
# By kind of decision, the field that says what an entry is called from then on.
_WORDINGS: Final = {"edit": "text", "split": "phrase", "add_step": "phrase", "add_need": "statement"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure did. `lost_support` are (run id, step or need id) that nobody speaks of any more.

    Those of them that somebody had decided on are still there, in `unsupported`; the others went too.
    """

    n_transcripts: int
    n_redacted_transcripts: int
    n_statements: int
    lost_support: tuple[tuple[str, str], ...]
    unsupported: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """That something was erased."""

    kind: str
    subject_id: str


def study(session: Session, study_id: str, stamp: Stamp) -> None:
    """Erase a study with all that belongs to it.

    Raises:
        NotFoundError: there is no such study.
    """
    studies.lock(session, study_id)
    session.execute(delete(StudyTable).where(StudyTable.id == study_id).execution_options(synchronize_session=False))
    vectors.drop_unused(session)
    _note(session, "study", study_id, stamp)


def transcript(session: Session, transcript_id: str, stamp: Stamp) -> Erased:
    """Erase a transcript, and the people who speak nowhere else.

    Raises:
        NotFoundError: there is no such transcript.
    """
    stored = transcripts.get(session, transcript_id)
    erased = _erase(session, stored.study_id, whole=[stored], people=[], stamp=stamp)
    elsewhere = {speaker for _, speaker in participants.by_speaker(session, stored.study_id)}
    gone = {stored.transcript.id, *stored.transcript.participants} - elsewhere
    pseudonyms.forget(session, stored.study_id, gone)
    _note(session, "transcript", transcript_id, stamp)
    return erased


def participant(session: Session, participant_id: str, stamp: Stamp) -> Erased:
    """Erase a person: transcripts in which nobody else takes part, and their words in all others.

    Raises:
        NotFoundError: there is no such person.
    """
    row = row_of(session, ParticipantTable, participant_id, "participant")
    study_id = row.study_id
    person = participants.get(session, participant_id)
    whole, people = [], []
    for transcript_id in dict.fromkeys(place for place, _ in person.speaks_in):
        stored = transcripts.get(session, transcript_id)
        own = [speaker for place, speaker in person.speaks_in if place == transcript_id]
        if set(stored.transcript.participants) <= set(own):
            whole.append(stored)
        else:
            people += [(stored, speaker) for speaker in own]
    names = names_in(person.name)
    erased = _erase(session, study_id, whole=whole, people=people, stamp=stamp, names=names)
    called = {speaker for _, speaker in person.speaks_in} | {stored.transcript.id for stored in whole}
    # What an interview of several people stands for is a file's name, which may be this one's too.
    pseudonyms.forget(session, study_id, called | {stored.transcript.id for stored, _ in people})
    session.execute(
        delete(ParticipantTable)
        .where(ParticipantTable.id == participant_id)
        .execution_options(synchronize_session=False)
    )
    _note(session, "participant", participant_id, stamp)
    return erased


def tombstones(session: Session) -> tuple[Tombstone, ...]:
    """All erasures so far, first to last."""
    rows = session.scalars(select(ErasureTable).order_by(ErasureTable.created_at, ErasureTable.id))
    return tuple(Tombstone(kind=row.kind, subject_id=row.subject_id) for row in rows)


def repeat(session: Session, erased: Iterable[Tombstone], stamp: Stamp) -> int:
    """Erase again what is there once more, as after the restore of an older backup; give how many there were."""
    n = 0
    for tombstone in erased:
        try:
            {"study": study, "transcript": transcript, "participant": participant}[tombstone.kind](
                session, tombstone.subject_id, stamp
            )
        except NotFoundError:
            _note(session, tombstone.kind, tombstone.subject_id, stamp)
        else:
            n += 1
    return n


def _erase(
    session: Session,
    study_id: str,
    *,
    whole: Collection[transcripts.StoredTranscript],
    people: Collection[tuple[transcripts.StoredTranscript, str]],
    stamp: Stamp,
    names: Collection[str] = (),
) -> Erased:
    studies.lock(session, study_id)
    requests.drop_of_study(session, study_id)
    forgotten = Forgotten(
        transcripts=frozenset(stored.transcript.id for stored in whole),
        people=frozenset((stored.transcript.id, speaker) for stored, speaker in people),
    )
    touched = {stored.id for stored in whole} | {stored.id for stored, _ in people}
    readers = select(RunTranscriptTable.run_id).where(RunTranscriptTable.transcript_id.in_(touched)).distinct()
    run_ids = sorted(session.scalars(readers))
    before = {run_id: _outcome(session, run_id) for run_id in run_ids}
    words = _words_of(whole, people, [a for a in before.values() if a], forgotten)
    speakers = [speaker for _, speaker in people]
    speakers += [speaker for stored in whole for speaker in stored.transcript.participants]
    gone_ids = frozenset(
        s.id
        for outcome in before.values()
        if outcome
        for s in outcome.statements
        if forgotten.holds(s.evidence.transcript, s.speaker)
    )
    traces = Traces(
        forgotten=forgotten,
        turns=frozenset(
            (stored.transcript.id, t.index)
            for stored, who in people
            for t in stored.transcript.turns
            if t.speaker == who
        ),
        ids=gone_ids | _aside_ids(before.values(), forgotten),
        words=words,
        names=frozenset(names).union(*(names_in(speaker) for speaker in speakers)),
    )
    traces = replace(traces, ids=traces.ids | _chosen_ids(session, study_id, traces))
    spoke = select(SpeakerTable.participant_id).where(SpeakerTable.transcript_id.in_([stored.id for stored in whole]))
    who_spoke = session.scalars(spoke).all()
    _redact_transcripts(session, people, stamp)
    _drop_transcripts(session, whole, stamp)
    session.execute(
        delete(ParticipantTable)
        .where(ParticipantTable.id.in_(who_spoke), ParticipantTable.id.not_in(select(SpeakerTable.participant_id)))
        .execution_options(synchronize_session=False)
    )
    lost: list[tuple[str, str]] = []
    unsupported: list[tuple[str, str]] = []
    hashes: dict[str, str] = {}
    for run_id in run_ids:
        hashes |= _refresh_inputs(session, run_id, stamp)
        reviewed = _named_in_decisions(session, run_id)
        outcome = before[run_id]
        if outcome is not None:
            gone, bare = _redact_run(session, run_id, outcome, forgotten, reviewed, stamp)
            lost += [(run_id, i) for i in gone]
            unsupported += [(run_id, i) for i in bare]
    traces = replace(traces, hashes=hashes)
    _redact_map_starts(session, study_id, traces, stamp)
    _redact_bodies(session, study_id, traces, stamp)
    _mask_surveys(session, study_id, traces)
    transcripts.drop_silent_people(session, study_id)
    session.flush()
    session.expire_all()
    vectors.forget(session, study_id, but=_texts_kept(session, study_id))
    return Erased(
        n_transcripts=len(whole),
        n_redacted_transcripts=len({stored.id for stored, _ in people}),
        n_statements=len(gone_ids),
        lost_support=tuple(sorted({*lost, *unsupported})),
        unsupported=tuple(sorted(unsupported)),
    )


def _outcome(session: Session, run_id: str) -> Analysis | None:
    return runs.analysis(session, run_id) if runs.get(session, run_id).state is runs.RunState.DONE else None


def _aside_ids(outcomes: Iterable[Analysis | None], forgotten: Forgotten) -> frozenset[str]:
    """Ids of words beside the statements that are to go."""
    asides = [a for outcome in outcomes if outcome for need in outcome.needs for a in need.asides]
    asides += [a for outcome in outcomes if outcome for step in outcome.steps for a in step.counter]
    return frozenset(a.id for a in asides if forgotten.holds(a.evidence.transcript, a.speaker))


def _chosen_ids(session: Session, study_id: str, traces: Traces) -> frozenset[str]:
    """Ids, as evidence, of places that analysts chose in what is to go."""
    return frozenset(
        ChosenSpan(place["transcript"], "", Span(place["turn"], place["start"], place["end"])).evidence_id(decision.id)
        for decision in decisions.of_study(session, study_id)
        if decision.kind in (AddStep.kind, AddNeed.kind, AddEvidence.kind)
        for place in decision.body.get("evidence", ())
        if quotes(place, traces)
    )


def _words_of(
    whole: Collection[transcripts.StoredTranscript],
    people: Collection[tuple[transcripts.StoredTranscript, str]],
    outcomes: Iterable[Analysis],
    forgotten: Forgotten,
) -> frozenset[str]:
    """What was said and is to go: whole turns, and quotes as runs cut them out."""
    turns = {turn.text for stored in whole for turn in stored.transcript.turns}
    turns |= {t.text for stored, speaker in people for t in stored.transcript.turns if t.speaker == speaker}
    quotes = {
        s.evidence.quote
        for outcome in outcomes
        for s in outcome.statements
        if forgotten.holds(s.evidence.transcript, s.speaker)
    }
    return frozenset(text for text in turns | quotes if len(text) >= SHORTEST_QUOTE)


def _redact_transcripts(
    session: Session, people: Collection[tuple[transcripts.StoredTranscript, str]], stamp: Stamp
) -> None:
    """Mask people in transcripts that others speak in too; the file as it was given goes."""
    speakers: dict[str, set[str]] = {}
    for stored, speaker in people:
        speakers.setdefault(stored.id, set()).add(speaker)
    for transcript_id, own in speakers.items():
        row = session.get_one(TranscriptTable, transcript_id)
        read = transcripts.read_parsed(row.parsed, kept_format=row.format, warnings=row.warnings)
        masked = without_people(read, own)
        row.parsed, row.sha256 = masked.canonical_bytes(), masked.sha256
        row.words_sha256, row.n_words = transcripts.words_sha256(masked), masked.n_words
        row.warnings, row.redacted_at = list(masked.warnings), stamp.at
        for gone in (
            delete(SpeakerTable).where(SpeakerTable.transcript_id == transcript_id, SpeakerTable.name.in_(own)),
            delete(RoleCorrectionTable).where(
                RoleCorrectionTable.transcript_id == transcript_id, RoleCorrectionTable.speaker.in_(own)
            ),
        ):
            session.execute(gone.execution_options(synchronize_session=False))
        _drop_content(session, row.upload_id, stamp)
        for use in session.scalars(select(RunTranscriptTable).where(RunTranscriptTable.transcript_id == transcript_id)):
            use.corrected = {speaker: role for speaker, role in use.corrected.items() if speaker not in own}
    # What was read of them, before and after they were masked, is read anew by the next run.
    extractions.forget(session, speakers)
    session.flush()


def _drop_transcripts(session: Session, whole: Collection[transcripts.StoredTranscript], stamp: Stamp) -> None:
    for stored in whole:
        session.execute(
            delete(TranscriptTable).where(TranscriptTable.id == stored.id).execution_options(synchronize_session=False)
        )
        others = select(TranscriptTable.id).where(TranscriptTable.upload_id == stored.upload_id).limit(1)
        if session.scalar(others) is not None:
            _drop_content(session, stored.upload_id, stamp)
        else:
            session.execute(
                delete(UploadTable)
                .where(UploadTable.id == stored.upload_id)
                .execution_options(synchronize_session=False)
            )
    session.flush()
    session.expire_all()


def _drop_content(session: Session, upload_id: str, stamp: Stamp) -> None:
    """Let go of a file's bytes. Its hash stays, so that adding it again does not bring back who was erased."""
    row = session.get_one(UploadTable, upload_id)
    row.content, row.redacted_at = None, stamp.at


def _refresh_inputs(session: Session, run_id: str, stamp: Stamp) -> dict[str, str]:
    """Note the hashes that a run's transcripts have now; give those that changed, by the old ones."""
    changed = {}
    for use in session.scalars(select(RunTranscriptTable).where(RunTranscriptTable.run_id == run_id)):
        row = session.get_one(TranscriptTable, use.transcript_id)
        read = transcripts.read_parsed(row.parsed)
        roles = {speaker: Role(role) for speaker, role in use.corrected.items()}
        sha256 = transcripts.with_roles(read, roles).sha256
        if sha256 != use.sha256:
            changed[use.sha256], use.sha256 = sha256, sha256
    session.get_one(RunTable, run_id).redacted_at = stamp.at
    session.flush()
    return changed


def _named_in_decisions(session: Session, run_id: str) -> frozenset[str]:
    """All strings in the decisions on a run: whatever a decision names, its id is among them."""
    bodies = session.scalars(select(DecisionTable.body).where(DecisionTable.run_id == run_id))
    return frozenset(text for body in bodies for text in strings(body))


def _redact_run(
    session: Session, run_id: str, outcome: Analysis, forgotten: Forgotten, reviewed: frozenset[str], stamp: Stamp
) -> tuple[list[str], list[str]]:
    """Rewrite what a run proposes; give the steps and needs that went, and those that are left without support."""
    remaining = {t.id: t for t in runs.inputs(session, run_id)}
    after = without(outcome, forgotten, remaining, reviewed=reviewed)
    kept = {s.id: s for s in after.statements}
    for row in session.scalars(select(StatementTable).where(StatementTable.run_id == run_id)):
        statement = kept.get(row.id)
        if statement is None:
            session.delete(row)
        else:
            row.step, row.body = after.statement_steps.get(row.id), to_plain(statement)
    proposed, was = _suggestions(after), _suggestions(outcome)
    for suggestion in session.scalars(select(SuggestionTable).where(SuggestionTable.run_id == run_id)):
        if suggestion.id not in proposed:
            session.delete(suggestion)
        elif proposed[suggestion.id] != was[suggestion.id]:
            suggestion.body, suggestion.redacted_at = to_plain(proposed[suggestion.id]), stamp.at
    run = session.get_one(RunTable, run_id)
    run.manifest, run.frame = to_plain(after.manifest), outcomes.frame_of(after)
    session.flush()
    bare = [s.id for s in proposed.values() if not s.statements and not getattr(s, "asides", ())]
    return sorted(set(was) - set(proposed)), sorted(set(bare) & set(was))


def _suggestions(analysis: Analysis) -> dict[str, JobStep | Need]:
    suggestions: dict[str, JobStep | Need] = {step.id: step for step in analysis.steps}
    return suggestions | {need.id: need for need in analysis.needs}


def _redact_map_starts(session: Session, study_id: str, traces: Traces, stamp: Stamp) -> None:
    """Take evidence, quotes and names out of what maps began with; what people decided on keeps its place there."""
    decided = reviews.named_in_decisions(session, study_id)
    for run in reviews.done_runs(session, study_id):
        state = map_starts.state(session, run.id)
        if state is not None:
            what = Oblivion(
                forgotten=traces.forgotten,
                mask=lambda text: str(redact_plain(text, replace(traces, ids=frozenset(), hashes={}))),
                gone=traces.ids,
                turns=traces.turns,
                names=traces.names,
                hashes=traces.hashes,
                decided=decided,
            )
            map_starts.keep(session, run.id, forget(state, runs.analysis(session, run.id), what), stamp)
        reviews.MEMORY.forget(run.id)


def _redact_bodies(session: Session, study_id: str, traces: Traces, stamp: Stamp) -> None:
    """Take quotes, statement ids and names out of decisions and rules, and out of why runs failed."""
    run_ids = select(RunTable.id).where(RunTable.study_id == study_id)
    decisions = session.scalars(select(DecisionTable).where(DecisionTable.run_id.in_(run_ids))).all()
    rules = session.scalars(select(RuleTable).where(RuleTable.study_id == study_id)).all()
    rows: list[DecisionTable | RuleTable] = [*decisions, *rules]
    for row in rows:
        body = redact_plain(row.body, traces)
        wording = _WORDINGS.get(row.kind) if isinstance(row, DecisionTable) else None
        if wording in row.body and isinstance(body, dict):
            # What an entry is called is the team's by now, though somebody may have put it so.
            body[wording] = mask_names(str(row.body[wording]), traces.names)
        if isinstance(body, dict) and "pairs" in body:
            body["pairs"] = [pair for pair in body["pairs"] if len(pair) == 2]
        if body != row.body:
            # A decision that is nothing but a quote of the erased keeps its place, and says nothing.
            row.body, row.redacted_at = body or {}, stamp.at
    for run in session.scalars(select(RunTable).where(RunTable.study_id == study_id, RunTable.reason.is_not(None))):
        run.reason = redact_plain(run.reason, traces)
    for run in session.scalars(select(RunTable).where(RunTable.study_id == study_id, RunTable.obeyed.is_not(None))):
        run.obeyed = redact_plain(run.obeyed, traces)
    session.flush()


def _mask_surveys(session: Session, study_id: str, traces: Traces) -> None:
    """Mask names in what surveys ask, and in what the team lists; the wordings are the team's by now."""
    named = Traces(forgotten=traces.forgotten, names=traces.names)
    for survey in session.scalars(select(SurveyTable).where(SurveyTable.study_id == study_id)):
        survey.questionnaire = redact_plain(survey.questionnaire, named)
    for solution in session.scalars(select(SolutionTable).where(SolutionTable.study_id == study_id)):
        solution.name, solution.aliases = redact_plain([solution.name, solution.aliases], named)
    for feature in session.scalars(select(FeatureTable).where(FeatureTable.study_id == study_id)):
        feature.name, feature.note = redact_plain([feature.name, feature.note], named)
    session.flush()


def _texts_kept(session: Session, study_id: str) -> frozenset[str]:
    """Hashes of all texts that are still in a study's statements and suggestions: vectors of others may go."""
    run_ids = select(RunTable.id).where(RunTable.study_id == study_id)
    bodies = [
        *session.scalars(select(StatementTable.body).where(StatementTable.run_id.in_(run_ids))),
        *session.scalars(select(SuggestionTable.body).where(SuggestionTable.run_id.in_(run_ids))),
        studies.get(session, study_id).study.job,
    ]
    return frozenset(vectors.text_sha256(text) for body in bodies for text in strings(body))


def _note(session: Session, kind: str, subject_id: str, stamp: Stamp) -> None:
    session.add(
        ErasureTable(id=new_id("erasure"), kind=kind, subject_id=subject_id, created_at=stamp.at, created_by=stamp.by)
    )
    session.flush()
