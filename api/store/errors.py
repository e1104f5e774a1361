"""Deliberate errors of the store. Messages carry ids, names of studies and counts, never what people said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jtbd_nlp.errors import JtbdError


class StoreError(JtbdError):
    """Something about the database, or about what is kept in it."""

    code = "store"


class DatabaseUnavailableError(StoreError):
    """There is no such database, it does not answer, or it stayed locked for too long."""

    code = "database_unavailable"


class SchemaMismatchError(StoreError):
    """The database was laid out by an older or a newer version of the program; the message names what mends it."""

    code = "schema_mismatch"


class BackupError(StoreError):
    """A backup cannot be made, or not restored."""

    code = "backup"


class NotFoundError(StoreError):
    """Nothing of that id or name is kept."""

    code = "not_found"


class NameTakenError(StoreError):
    """Another study, participant or attribute has that name already."""

    code = "name_taken"


class BadValueError(StoreError):
    """A value is not of the type or the form that is kept under this name. `field` is what a request calls it."""

    code = "bad_value"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class RunStateError(StoreError):
    """The run is not in a state in which that can happen to it."""

    code = "run_state"


class StaleWriteError(StoreError):
    """Somebody decided in between. `numbers` are the decisions of the run that the writer had not seen."""

    code = "stale_write"

    def __init__(self, message: str, *, numbers: Sequence[int]) -> None:
        super().__init__(message)
        self.numbers = tuple(numbers)


class ListChangedError(StoreError):
    """Somebody changed the list in between; `details` have it as it is now, as it was sent, and who changed it."""

    code = "list_changed"

    def __init__(self, message: str, *, details: Mapping[str, object]) -> None:
        super().__init__(message)
        self.details = details
