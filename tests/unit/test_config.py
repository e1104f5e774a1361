"""Settings are checked once and survive the manifest."""

from __future__ import annotations

import pytest

from jtbd_nlp.config import Settings, settings_from
from jtbd_nlp.errors import ConfigError


def test_settings_read_back_from_a_manifest_are_equal() -> None:
    settings = Settings(need_threshold=0.4, notes=True)
    assert settings_from(settings.as_manifest()) == settings


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"action_threshold": 1.5}, "action_threshold: 1.5"),
        ({"grouping.n_dims": "many"}, "grouping.n_dims"),
        ({"notes": 1}, "notes"),
        ({"colour": "red"}, "unknown setting 'colour'"),
    ],
)
def test_a_setting_that_is_unknown_or_out_of_range_is_named(values: dict[str, object], fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        settings_from(values)
