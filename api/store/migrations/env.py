"""What Alembic runs around each migration: on the connection, and so in the transaction, that `schema` hands over."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from api.store.tables import Json, UtcTime


def _render(kind: str, thing: object, _: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in a database: a migration must not change when they do."""
    if kind == "type" and isinstance(thing, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Json):
        return "sa.Text()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_item=_render,
    # SQLite changes most of a table only by making it anew.
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
