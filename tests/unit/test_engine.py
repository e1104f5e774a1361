"""Loading the models of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from jtbd_nlp.engine import NAMING_FILE, NEED_WRITING_FILE, load_engine
from jtbd_nlp.errors import ModelUnavailableError
from jtbd_nlp.models import assets_folder


@pytest.mark.parametrize("missing", [NAMING_FILE, NEED_WRITING_FILE])
def test_a_folder_that_an_older_training_wrote_is_refused_before_anything_is_read(tmp_path: Path, missing: str) -> None:
    for file in (assets_folder("models") / "engine").iterdir():
        if file.name != missing:
            (tmp_path / file.name).symlink_to(file)
    with pytest.raises(ModelUnavailableError, match=rf"no {missing} in it.*jtbd train"):
        load_engine(tmp_path)
