"""Names of steps and needs of quotes that the program writes, for whoever edits; the last are kept in memory only."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from api.services.reviews import Unnamed, Untold

if TYPE_CHECKING:
    from jtbd_nlp.engine import Writers


class Wordings:
    """Words steps and needs. The writing model is loaded when first asked for: it takes seconds, and 710 MB.

    Args:
        load: gives the model, as it was taught to name steps and to write needs.
        most: of how many steps and quotes the wordings are kept.
    """

    def __init__(self, load: Callable[[], Writers], *, most: int = 500) -> None:
        self._load = load
        self._most = most
        self._writers: Writers | None = None
        self._kept: OrderedDict[str, list[str]] = OrderedDict()
        self._lock = threading.Lock()

    def names(self, step: Unnamed) -> list[str]:
        """What the step could be called, likeliest first.

        Raises:
            ModelUnavailableError, ModelMismatchError: the model cannot be used.
        """
        from jtbd_nlp.step_naming import said_of, write_names  # torch takes seconds to import

        lines = said_of(step.statements, step.transcripts)

        def write(writers: Writers) -> list[str]:
            return write_names(writers.steps, job=step.job, stage=step.stage, lines=lines, name=step.name)

        return self._once(["step", step.job, step.stage, step.name, *lines], write)

    def needs(self, quote: Untold) -> list[str]:
        """What the quote may tell as a need, likeliest first.

        Raises:
            ModelUnavailableError, ModelMismatchError: the model cannot be used.
        """
        from jtbd_nlp.statements.need_rewording import line_of, write_needs  # torch takes seconds to import

        line = line_of(quote.transcript, quote.span)

        def write(writers: Writers) -> list[str]:
            return write_needs(writers.needs, job=quote.job, line=line)

        return self._once(["need", quote.job, line], write)

    def _once(self, asked: Sequence[str], write: Callable[[Writers], list[str]]) -> list[str]:
        """What is written of these texts, from memory if they were asked about before."""
        # What somebody said is not kept, only its digest: they may be forgotten.
        key = hashlib.sha256("\n".join(asked).encode("utf-8")).hexdigest()
        # One at a time: a model is not made for several threads, and more than one would only be slower.
        with self._lock:
            if key not in self._kept:
                if self._writers is None:
                    self._writers = self._load()
                self._kept[key] = write(self._writers)
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return self._kept[key]


def load_writers() -> Writers:
    """The writing model that ships, as it was taught to name steps and to write needs.

    Raises:
        ModelUnavailableError, ModelMismatchError: it is not there, or is another.
    """
    from jtbd_nlp import engine

    return engine.load_writers(None)
