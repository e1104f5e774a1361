"""The tables. Nothing outside this package sees them; `migrations/` lays them out in a database.

Everything carries when it was made (UTC) and by whom. Statements, suggestions and decisions are inserted and never
changed, except by `erasure`. Bodies are JSON in text columns rather than a database's own JSON type: the same bytes on
every database, numbers to the last digit, and NUL characters harmless.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A moment with its time zone, kept in UTC; SQLite, which knows no zones, gets it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """Plain values as JSON text with sorted keys; None is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        del dialect
        if value is None:
            return None
        return json.dumps(value, sort_keys=True, allow_nan=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        del dialect
        return None if value is None else json.loads(value)


class Table(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, datetime: UtcTime, bytes: LargeBinary}  # noqa: RUF012 - SQLAlchemy reads it so


class Created:
    """When a row was made, and by whom."""

    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Changed(Created):
    """When a row that may change was last changed, and by whom."""

    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


def _owner(target: str, *, on_delete: str = "CASCADE") -> ForeignKey:
    return ForeignKey(target, ondelete=on_delete)


class StudyTable(Changed, Table):
    """One study."""

    __tablename__ = "studies"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    job: Mapped[str]
    executor: Mapped[str]


class AttributeTable(Created, Table):
    """What is told of every participant of a study: a name, the type of its values, and for choices which."""

    __tablename__ = "attributes"
    __table_args__ = (
        UniqueConstraint("study_id", "name"),
        CheckConstraint("type IN ('text', 'number', 'flag', 'date', 'choice')", name="type"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    name: Mapped[str]
    type: Mapped[str]
    choices: Mapped[list[str]] = mapped_column(Json)


class ParticipantTable(Changed, Table):
    """One person of a study, who may speak in more than one transcript."""

    __tablename__ = "participants"
    __table_args__ = (UniqueConstraint("study_id", "name"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    name: Mapped[str]


class AttributeValueTable(Changed, Table):
    """One attribute of one participant, in the column of its type."""

    __tablename__ = "attribute_values"
    __table_args__ = (
        CheckConstraint(
            " + ".join(
                f"CASE WHEN {kind}_value IS NULL THEN 0 ELSE 1 END" for kind in ("text", "number", "flag", "date")
            )
            + " = 1",
            name="has_one_value",
        ),
        Index(None, "attribute_id"),
    )
    participant_id: Mapped[str] = mapped_column(_owner("participants.id"), primary_key=True)
    attribute_id: Mapped[str] = mapped_column(_owner("attributes.id"), primary_key=True)
    text_value: Mapped[str | None]
    number_value: Mapped[float | None]
    flag_value: Mapped[bool | None]
    date_value: Mapped[date | None]


class UploadTable(Created, Table):
    """A file as it was given. `content` is NULL once somebody in it was erased, and where names are replaced."""

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("study_id", "sha256"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    filename: Mapped[str]
    sha256: Mapped[str]
    n_bytes: Mapped[int]
    content: Mapped[bytes | None]
    redacted_at: Mapped[datetime | None]


class TranscriptTable(Created, Table):
    """One interview as it was read: `parsed` is its canonical jtbd-transcript/1, `sha256` the hash of those bytes.

    `name` is the id that the core knows it by, distinct in the study; `given_name` the one it had in its file.
    `words_sha256` is over speakers and texts alone, to notice copies.
    """

    __tablename__ = "transcripts"
    __table_args__ = (
        UniqueConstraint("study_id", "name"),
        Index(None, "study_id", "words_sha256"),
        Index(None, "upload_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    upload_id: Mapped[str] = mapped_column(_owner("uploads.id"))
    name: Mapped[str]
    given_name: Mapped[str]
    format: Mapped[str]
    n_turns: Mapped[int]
    n_words: Mapped[int]
    sha256: Mapped[str]
    words_sha256: Mapped[str]
    parsed: Mapped[bytes]
    warnings: Mapped[list[str]] = mapped_column(Json)
    redacted_at: Mapped[datetime | None]


class SpeakerTable(Created, Table):
    """Which person a participant of a transcript is."""

    __tablename__ = "speakers"
    __table_args__ = (Index(None, "participant_id"),)
    transcript_id: Mapped[str] = mapped_column(_owner("transcripts.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(_owner("participants.id"))


class RoleCorrectionTable(Created, Table):
    """Somebody said what part a speaker really plays; the last correction of a speaker holds."""

    __tablename__ = "role_corrections"
    __table_args__ = (
        CheckConstraint("role IN ('interviewer', 'participant', 'other')", name="role"),
        Index(None, "transcript_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    transcript_id: Mapped[str] = mapped_column(_owner("transcripts.id"))
    speaker: Mapped[str]
    role: Mapped[str]


class RunTable(Changed, Table):
    """One analysis run. `study` is the study as it was then, `frame` what an analysis holds beside its lists.

    `attempt` counts how often it was queued; `phase`, `reader_sha256` and `n_reused` tell how far the present one is.
    `obeyed` are the rules it obeyed, with what each changed.
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    number: Mapped[int]
    state: Mapped[str]
    reason: Mapped[str | None]
    study: Mapped[dict[str, str]] = mapped_column(Json)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    attempt: Mapped[int] = mapped_column(server_default="1")
    phase: Mapped[str | None]
    reader_sha256: Mapped[str | None]
    n_reused: Mapped[int | None]
    obeyed: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    manifest: Mapped[dict[str, Any] | None] = mapped_column(Json)
    frame: Mapped[dict[str, Any] | None] = mapped_column(Json)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    redacted_at: Mapped[datetime | None]


class RunTranscriptTable(Table):
    """A transcript that a run read: its hash then, and the roles of its speakers then."""

    __tablename__ = "run_transcripts"
    __table_args__ = (Index(None, "transcript_id"),)
    run_id: Mapped[str] = mapped_column(_owner("runs.id"), primary_key=True)
    transcript_id: Mapped[str] = mapped_column(_owner("transcripts.id"), primary_key=True)
    sha256: Mapped[str]
    corrected: Mapped[dict[str, str]] = mapped_column(Json)


class ExtractionTable(Table):
    """What reading a transcript gave: `body` is compressed JSON, the meanings are rows of little-endian fp32.

    `reader_sha256` is over all that it depends on beside the transcript: program, models, settings and the job.
    """

    __tablename__ = "extractions"
    transcript_id: Mapped[str] = mapped_column(_owner("transcripts.id"), primary_key=True)
    transcript_sha256: Mapped[str] = mapped_column(primary_key=True)
    reader_sha256: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    meanings: Mapped[bytes]
    aside_meanings: Mapped[bytes]
    created_at: Mapped[datetime]


class WorkerTable(Table):
    """A process that works on runs, and when it was last seen alive; `version` is that of program and models."""

    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    place: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class StatementTable(Table):
    """A statement that a run found. Its id is the core's, a hash of place and text."""

    __tablename__ = "statements"
    __table_args__ = (
        CheckConstraint("kind IN ('action', 'need')", name="kind"),
        # Gone with its transcript; and no statement of a transcript that its run did not read.
        ForeignKeyConstraint(
            ["run_id", "transcript_id"],
            ["run_transcripts.run_id", "run_transcripts.transcript_id"],
            ondelete="CASCADE",
        ),
        Index(None, "run_id", "transcript_id"),
        Index(None, "run_id", "position"),
    )
    run_id: Mapped[str] = mapped_column(_owner("runs.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    transcript_id: Mapped[str]
    kind: Mapped[str]
    position: Mapped[int]
    step: Mapped[str | None]
    membership: Mapped[float | None]
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class SuggestionTable(Table):
    """A step or a need that a run proposes. Its id is the core's, a hash of its statements' ids."""

    __tablename__ = "suggestions"
    __table_args__ = (
        CheckConstraint("kind IN ('step', 'need')", name="kind"),
        Index(None, "run_id", "kind", "position"),
    )
    run_id: Mapped[str] = mapped_column(_owner("runs.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    position: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    redacted_at: Mapped[datetime | None]


class DecisionTable(Created, Table):
    """A review decision: what was decided is in `body`; `number` counts from 1 within the run.

    `sheet` is the analyst who made it in a blind review, on a map of their own; NULL on the map of all.
    """

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("run_id", "number"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(_owner("runs.id"))
    number: Mapped[int]
    sheet: Mapped[str | None]
    kind: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    redacted_at: Mapped[datetime | None]


class MapStartTable(Changed, Table):
    """What the map of a run was before the first decision on it; `version` counts how often that had to change.

    Decisions name entries of it: no later erasure or upgrade of the program may give it other ids.
    """

    __tablename__ = "map_starts"
    run_id: Mapped[str] = mapped_column(_owner("runs.id"), primary_key=True)
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class BlindReviewTable(Created, Table):
    """Analysts review a run without seeing each other, from `created_at` until it is revealed."""

    __tablename__ = "blind_reviews"
    run_id: Mapped[str] = mapped_column(_owner("runs.id"), primary_key=True)
    revealed_at: Mapped[datetime | None]
    revealed_by: Mapped[str | None]


class RuleTable(Created, Table):
    """What the next run must obey, learned from a decision; removed rules stay, with who removed them."""

    __tablename__ = "rules"
    __table_args__ = (
        CheckConstraint("kind IN ('must_link', 'cannot_link', 'stop')", name="kind"),
        Index(None, "study_id"),
        Index(None, "decision_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    decision_id: Mapped[str | None] = mapped_column(_owner("decisions.id", on_delete="SET NULL"))
    kind: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]
    redacted_at: Mapped[datetime | None]


class VectorTable(Table):
    """The vector of a text under a model: little-endian fp32. The text itself is not kept here."""

    __tablename__ = "vectors"
    text_sha256: Mapped[str] = mapped_column(primary_key=True)
    model_sha256: Mapped[str] = mapped_column(primary_key=True)
    vector: Mapped[bytes]
    created_at: Mapped[datetime]


class VectorUseTable(Table):
    """Which study needs a vector; one that none needs is dropped."""

    __tablename__ = "vector_uses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["text_sha256", "model_sha256"],
            ["vectors.text_sha256", "vectors.model_sha256"],
            ondelete="CASCADE",
        ),
        Index(None, "text_sha256", "model_sha256"),
    )
    study_id: Mapped[str] = mapped_column(_owner("studies.id"), primary_key=True)
    text_sha256: Mapped[str] = mapped_column(primary_key=True)
    model_sha256: Mapped[str] = mapped_column(primary_key=True)


class ErasureTable(Created, Table):
    """That something was erased: ids only, so that a backup from before can be cleaned again when it is restored."""

    __tablename__ = "erasures"
    __table_args__ = (CheckConstraint("kind IN ('study', 'transcript', 'participant')", name="kind"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[str]


class AnsweredRequestTable(Created, Table):
    """What was answered to a request that named an idempotency key, to be given again; no status while it runs.

    `caller` is who asked, `fingerprint` a hash of what was asked, `held_at` when whoever works on it was last seen to
    live. Rows are dropped after a day, and whenever something of their study is erased: an answer may name a file or a
    person.
    """

    __tablename__ = "answered_requests"
    __table_args__ = (Index(None, "created_at"), Index(None, "study_id"))
    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str | None] = mapped_column(_owner("studies.id"))
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    answer: Mapped[Any | None] = mapped_column(Json)
    held_at: Mapped[datetime | None]


class AuditTable(Table):
    """Who read, exported, changed or erased what: ids and counts only, each row with the hash of the one before.

    Rows are added and never changed, and outlive what they are about: no row refers to another table.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("act IN ('read', 'exported', 'changed', 'erased', 'refused')", name="act"),
        Index(None, "study_id"),
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[str]
    act: Mapped[str]
    what: Mapped[str]
    study_id: Mapped[str | None]
    subjects: Mapped[dict[str, str]] = mapped_column(Json)
    counts: Mapped[dict[str, int]] = mapped_column(Json)
    previous: Mapped[str]
    sha256: Mapped[str]


class EventTable(Created, Table):
    """Something that other programs may want to hear of, written in the transaction in which it came about."""

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('run.completed', 'step.approved', 'need.approved', 'jobmap.changed', 'test')", name="kind"
        ),
        Index(None, "study_id", "id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    kind: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(Json)


class WebhookTable(Changed, Table):
    """Where events of a study are sent to. The secret signs them, so it must be kept as it is."""

    __tablename__ = "webhooks"
    __table_args__ = (Index(None, "study_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(Json)
    secret: Mapped[str]
    is_active: Mapped[bool]


class DeliveryTable(Table):
    """An event on its way to a webhook; `next_at` is when it is tried next, NULL once it is not."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
        Index(None, "webhook_id", "id"),
        Index(None, "event_id"),
        Index(None, "next_at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    webhook_id: Mapped[str] = mapped_column(_owner("webhooks.id"))
    event_id: Mapped[str] = mapped_column(_owner("events.id"))
    state: Mapped[str]
    n_attempts: Mapped[int]
    next_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AttemptTable(Table):
    """One try to deliver: the HTTP status of the answer, or why there was none."""

    __tablename__ = "delivery_attempts"
    delivery_id: Mapped[str] = mapped_column(_owner("deliveries.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    status: Mapped[int | None]
    fault: Mapped[str | None]
    took_s: Mapped[float]


class PseudonymKeyTable(Created, Table):
    """That names in a study are replaced. `sealed` tells a right key from a wrong one; the key itself is not kept.

    `n_given` counts the pseudonyms of each kind, also those that were forgotten: none is given twice.
    """

    __tablename__ = "pseudonym_keys"
    study_id: Mapped[str] = mapped_column(_owner("studies.id"), primary_key=True)
    sealed: Mapped[bytes]
    n_given: Mapped[dict[str, int]] = mapped_column(Json)


class PseudonymTable(Created, Table):
    """A pseudonym, and in `sealed` what it stands for, which only the study's key opens."""

    __tablename__ = "pseudonyms"
    __table_args__ = (
        UniqueConstraint("study_id", "pseudonym"),
        CheckConstraint(
            "kind IN ('person', 'place', 'organisation', 'email', 'phone', 'other', 'interview')", name="kind"
        ),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    kind: Mapped[str]
    pseudonym: Mapped[str]
    sealed: Mapped[bytes]


class PersonTable(Created, Table):
    """Somebody who may sign in. Without a password they come by a one-time link, or by another provider's sign-in."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    provider_subject: Mapped[str | None] = mapped_column(unique=True)
    is_owner: Mapped[bool]
    may_create: Mapped[bool]
    closed_at: Mapped[datetime | None]


class LinkTable(Created, Table):
    """A one-time link by which somebody gets a password: a person, or (NULL) the first owner."""

    __tablename__ = "links"
    __table_args__ = (Index(None, "person_id"),)
    secret_sha256: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(_owner("people.id"))
    expires_at: Mapped[datetime]


class SessionTable(Table):
    """A browser in which somebody is signed in."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "person_id"),)
    secret_sha256: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(_owner("people.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class KeyTable(Created, Table):
    """A key by which a program acts for a person, on one study or (NULL) on all of theirs, within its scopes."""

    __tablename__ = "keys"
    __table_args__ = (Index(None, "person_id"), Index(None, "study_id"))
    id: Mapped[str] = mapped_column(primary_key=True)
    secret_sha256: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    person_id: Mapped[str] = mapped_column(_owner("people.id"))
    study_id: Mapped[str | None] = mapped_column(_owner("studies.id"))
    scopes: Mapped[list[str]] = mapped_column(Json)
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class MemberTable(Changed, Table):
    """What somebody is in a study."""

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'analyst', 'reviewer', 'reader')", name="role"),
        Index(None, "person_id"),
    )
    study_id: Mapped[str] = mapped_column(_owner("studies.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(_owner("people.id"), primary_key=True)
    role: Mapped[str]


class FailedSignInTable(Table):
    """A sign-in that failed: whom it was for and from where, as hashes."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index(None, "subject_sha256", "at"), Index(None, "at"))
    id: Mapped[str] = mapped_column(primary_key=True)
    subject_sha256: Mapped[str]
    at: Mapped[datetime]


class SurveyTable(Changed, Table):
    """One survey of a study, asked on a day: the questionnaire as it was then, whatever becomes of the map."""

    __tablename__ = "surveys"
    __table_args__ = (UniqueConstraint("study_id", "name"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"))
    name: Mapped[str]
    day: Mapped[date]
    is_synthetic: Mapped[bool]
    questionnaire: Mapped[dict[str, Any]] = mapped_column(Json)


class RespondentTable(Created, Table):
    """What one respondent answered: `answers` by question, and what is known of the answering."""

    __tablename__ = "respondents"
    survey_id: Mapped[str] = mapped_column(_owner("surveys.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(Json)


class InvitationTable(Created, Table):
    """A link to a survey's form, by the hash of its secret. `answers` are those of somebody who has not sent them yet.

    What was sent is in `respondents` under a name of its own: nothing tells which link it came by, or when.
    """

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    survey_id: Mapped[str] = mapped_column(_owner("surveys.id"))
    number: Mapped[int]
    secret_sha256: Mapped[str] = mapped_column(unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    is_sent: Mapped[bool]


class SolutionTable(Changed, Table):
    """A product, brand or workaround that people of a study use, as the team lists them."""

    __tablename__ = "solutions"
    __table_args__ = (CheckConstraint("kind IN ('product', 'brand', 'workaround')", name="kind"),)
    study_id: Mapped[str] = mapped_column(_owner("studies.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(Json)


class FeatureTable(Changed, Table):
    """Something the team might build, and the steps and needs it is for."""

    __tablename__ = "features"
    study_id: Mapped[str] = mapped_column(_owner("studies.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    name: Mapped[str]
    note: Mapped[str]
    subjects: Mapped[list[str]] = mapped_column(Json)


class WaveTable(Changed, Table):
    """A survey of another study that a study takes as a wave of the same job: `matches` join their ids to its own."""

    __tablename__ = "waves"
    study_id: Mapped[str] = mapped_column(_owner("studies.id"), primary_key=True)
    survey_id: Mapped[str] = mapped_column(_owner("surveys.id"), primary_key=True)
    matches: Mapped[list[dict[str, Any]]] = mapped_column(Json)
