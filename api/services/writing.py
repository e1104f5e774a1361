"""Names for a step that the program writes, for whoever edits it; the last ones are kept in memory, never stored."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from api.services.reviews import Unnamed

if TYPE_CHECKING:
    from jtbd_nlp.writing_model import WritingModel


class Namer:
    """Names steps. The model is loaded when first asked for: it takes seconds, and 540 MB.

    Args:
        load: gives the model.
        most: how many steps' names are kept.
    """

    def __init__(self, load: Callable[[], WritingModel], *, most: int = 500) -> None:
        self._load = load
        self._most = most
        self._model: WritingModel | None = None
        self._kept: OrderedDict[str, list[str]] = OrderedDict()
        self._lock = threading.Lock()

    def names(self, step: Unnamed) -> list[str]:
        """What the step could be called, likeliest first.

        Raises:
            ModelUnavailableError, ModelMismatchError: the model cannot be used.
        """
        from jtbd_nlp.step_naming import said_of, write_names  # torch takes seconds to import

        lines = said_of(step.statements, step.transcripts)
        # What somebody said is not kept, only its digest: they may be forgotten.
        asked = hashlib.sha256("\n".join([step.job, step.stage, step.name, *lines]).encode("utf-8")).hexdigest()
        # One at a time: a model is not made for several threads, and more than one would only be slower.
        with self._lock:
            if asked not in self._kept:
                if self._model is None:
                    self._model = self._load()
                self._kept[asked] = write_names(
                    self._model, job=step.job, stage=step.stage, lines=lines, name=step.name
                )
            self._kept.move_to_end(asked)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return self._kept[asked]


def load_writer() -> WritingModel:
    """The writing model that ships.

    Raises:
        ModelUnavailableError, ModelMismatchError: it is not there, or is another.
    """
    from jtbd_nlp import engine

    return engine.load_writers(None).steps
