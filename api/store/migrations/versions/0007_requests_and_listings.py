"""Answers kept by idempotency key, and indexes for pages of suggestions and statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answered_requests",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("study_id", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["studies.id"], name=op.f("fk_answered_requests_study_id_studies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_answered_requests")),
    )
    op.create_index(op.f("ix_answered_requests_created_at"), "answered_requests", ["created_at"])
    op.create_index(op.f("ix_answered_requests_study_id"), "answered_requests", ["study_id"])
    op.create_index(op.f("ix_suggestions_run_id_kind_position"), "suggestions", ["run_id", "kind", "position"])
    op.create_index(op.f("ix_statements_run_id_position"), "statements", ["run_id", "position"])


def downgrade() -> None:
    op.drop_index(op.f("ix_statements_run_id_position"), "statements")
    op.drop_index(op.f("ix_suggestions_run_id_kind_position"), "suggestions")
    op.drop_table("answered_requests")
