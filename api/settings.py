"""The one configuration of the server: a TOML file, over it the environment (`JTBD_…`), over both the command line.

pydantic-settings, because it reads and checks all three by one model. The file is the one that `JTBD_CONFIG` names,
else `jtbd.toml` in the user's configuration folder.
"""

from __future__ import annotations

import os
import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from jtbd_nlp.errors import ConfigError

FILE_NAME: Final = "jtbd.toml"
PREFIX: Final = "JTBD_"


class OidcSettings(BaseModel):
    """Sign-in by another provider (OpenID Connect).

    `issuer` is the address below which `.well-known/openid-configuration` lies. People who were not invited may come in
    only if `may_join`; they see no study until somebody makes them a member.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client_id: str
    client_secret: SecretStr
    name: str = "your organisation"
    scopes: str = "openid profile email"
    may_join: bool = False


class ServerSettings(BaseSettings):
    """All that can be set of the server; every field is `JTBD_` and its name in the environment.

    `insecure` is the explicit flag that lets the server answer on an address other than loopback without TLS, as behind
    a proxy that does TLS. `public_url` is how people reach it where that is not its own address, and `hosts` are
    further names under which it may be called. `proxies` are the addresses of proxies that are believed about who calls
    them, `webhook_networks` the private networks that webhooks may reach. Limits are per caller and minute; 0 is none.
    The log is `quiet` (what went wrong only) on loopback and `text` elsewhere, unless told.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    database: str | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8384
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    insecure: bool = False
    public_url: str | None = None
    hosts: Annotated[tuple[str, ...], NoDecode] = ()
    proxies: Annotated[tuple[str, ...], NoDecode] = ()
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = ()
    requests_per_minute: Annotated[int, Field(ge=0)] = 3000
    stranger_requests_per_minute: Annotated[int, Field(ge=0)] = 600
    max_body_mb: Annotated[int, Field(ge=1)] = 8
    max_upload_mb: Annotated[int, Field(ge=1)] = 2048
    run_worker: bool = True
    log: Literal["quiet", "text", "json"] | None = None
    oidc: OidcSettings | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, given: Any) -> Any:
        """Names in the environment are separated by commas."""
        if isinstance(given, dict):
            for name in ("hosts", "proxies", "webhook_networks"):
                if isinstance(given.get(name), str):
                    given[name] = tuple(part.strip() for part in given[name].split(",") if part.strip())
        return given

    @model_validator(mode="after")
    def _check_tls(self) -> ServerSettings:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key belong together")
        if not (self.is_loopback or self.has_tls or self.insecure):
            raise ValueError(
                f"on {self.host} others on the network can listen in: give --tls-certificate and --tls-key, "
                "or say --insecure if a proxy in front does TLS"
            )
        return self

    @property
    def log_form(self) -> Literal["quiet", "text", "json"]:
        """How events are written."""
        return self.log or ("quiet" if self.is_loopback else "text")

    @property
    def names(self) -> frozenset[str]:
        """The names under which the server may be called, in small letters."""
        public = urlsplit(self.public_url or "").hostname
        return frozenset(name.lower() for name in (self.host, *self.hosts, *((public,) if public else ())))

    @property
    def has_tls(self) -> bool:
        """Whether the server itself speaks HTTPS."""
        return self.tls_certificate is not None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def config_file() -> Path:
    """The configuration file, which need not be there."""
    named = os.environ.get(f"{PREFIX}CONFIG")
    return Path(named) if named else platformdirs.user_config_path("jtbd", appauthor=False) / FILE_NAME


def read_settings(**given: Any) -> ServerSettings:
    """The settings of file and environment, with those of the command line over them; None there is not given.

    Raises:
        ConfigError: one is unknown or out of range, or the file named by JTBD_CONFIG is not there or is no TOML.
    """
    _make_sure_of_file()
    try:
        return ServerSettings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        fault = str(first["msg"]).removeprefix("Value error, ")
        raise ConfigError(f"{place}: {fault}" if place else fault) from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"{config_file()}: {error}") from error


def configured_database() -> str | None:
    """The database that the environment or the file names, None where neither does; other settings are not looked at.

    So that whoever works on studies need not have the server's settings right.

    Raises:
        ConfigError: the file named by JTBD_CONFIG is not there or is no TOML, or names something else than a text.
    """
    if named := os.environ.get(f"{PREFIX}DATABASE"):
        return named
    _make_sure_of_file()
    file = config_file()
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")).get("database") if file.is_file() else None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: {error}") from error
    if found is not None and not isinstance(found, str):
        raise ConfigError(f"{file}: database: a text is expected")
    return found


def _make_sure_of_file() -> None:
    if os.environ.get(f"{PREFIX}CONFIG") and not config_file().is_file():
        raise ConfigError(f"{config_file()}: there is no such file (JTBD_CONFIG)")
