"""Durable runs: which worker lives, how far a run is, and what reading a transcript gave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "extractions",
        sa.Column("transcript_id", sa.Text(), nullable=False),
        sa.Column("transcript_sha256", sa.Text(), nullable=False),
        sa.Column("reader_sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("meanings", sa.LargeBinary(), nullable=False),
        sa.Column("aside_meanings", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_extractions_transcript_id_transcripts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("transcript_id", "transcript_sha256", "reader_sha256", name=op.f("pk_extractions")),
    )
    with op.batch_alter_table("runs") as batch:
        batch.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("phase", sa.Text(), nullable=True))
        batch.add_column(sa.Column("reader_sha256", sa.Text(), nullable=True))
        batch.add_column(sa.Column("n_reused", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("obeyed", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("runs") as batch:
        for column in ("obeyed", "n_reused", "reader_sha256", "phase", "attempt"):
            batch.drop_column(column)
    op.drop_table("extractions")
    op.drop_table("workers")
