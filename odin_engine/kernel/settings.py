"""Start-up settings: `ODIN_*` variables, then an app's `options.json`, then defaults.

What people change while the engine runs is in `kernel.config`.
"""

import json
import logging
import os
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, override
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from odin_engine.kernel.errors import Invalid, Problem

_LOG = logging.getLogger(__name__)

_PREFIX = "ODIN_"
_OPTIONS_VARIABLE = "ODIN_OPTIONS_FILE"
_TOKEN_VARIABLE = "SUPERVISOR_TOKEN"  # noqa: S105 - a name
_OPTIONS_FILE = Path("/data/options.json")
"""Where Home Assistant's Supervisor puts an app's options."""

_SUPERVISOR = ip_network("172.30.32.2/32")
"""The Supervisor's fixed address in the network that it makes for its apps."""

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


class WrongSettings(Invalid):
    """The engine cannot start with these settings; one sentence for each."""

    code: ClassVar[str] = "wrong_settings"


def _networks(value: object) -> object:
    texts: Iterable[object] = value.split(",") if isinstance(value, str) else ()
    if isinstance(value, list | tuple):
        texts = value
    return tuple(
        ip_network(str(text).strip(), strict=False)
        for text in texts
        if str(text).strip()
    )


class Settings(BaseSettings):
    """What must be known before the engine starts. Made by `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Path(platformdirs.user_data_dir("odin", appauthor=False))
    database_url: str = Field("", repr=False)
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8710
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    trusted_proxies: Annotated[
        tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)
    ] = ()
    external_url: str | None = None
    allow_loopback: bool = False
    """Whether printers may be at this machine's own addresses, as simulators are."""
    discovery_address: IPv4Address | None = None
    """By which of this machine's addresses printers are looked for; all if unset."""
    announce: bool | None = None
    """Whether the engine tells its network that it is there (mDNS); see `is_announced`."""
    supervisor_token: SecretStr | None = Field(None, validation_alias=_TOKEN_VARIABLE)
    """What Home Assistant's Supervisor gives its apps; unset everywhere else."""
    supervisor_url: str = "http://supervisor"
    ingress_port: Annotated[int, Field(ge=1, le=65535)] = 8099
    """Where Home Assistant's ingress comes in; only under the Supervisor."""
    ingress_from: Annotated[
        tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)
    ] = (_SUPERVISOR,)
    """From where ingress is believed who somebody is."""
    max_json_bytes: Annotated[int, Field(ge=1024)] = 1024**2
    max_upload_bytes: Annotated[int, Field(ge=1024)] = 4 * 1024**3

    @property
    def database_path(self) -> Path | None:
        """The file of an SQLite database; `None` for PostgreSQL."""
        url = make_url(self.database_url)
        if url.get_backend_name() != "sqlite" or url.database is None:
            return None
        return Path(url.database)

    @property
    def is_app(self) -> bool:
        """Whether Home Assistant's Supervisor runs this engine."""
        return bool(self.supervisor_token and self.supervisor_token.get_secret_value())

    @property
    def is_announced(self) -> bool:
        """Whether to announce the engine: where it can be reached, unless set otherwise.

        An app's container stands in a network of its own; its Supervisor hands it over.
        """
        if self.announce is not None:
            return self.announce
        return not self.is_app and not _is_loopback(self.host)

    @field_validator("supervisor_url")
    @classmethod
    def _supervisor_address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be a web address such as http://supervisor")
        return value.strip().rstrip("/")

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("external_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None or not value.strip():
            return None
        parts = urlsplit(value.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be a web address such as https://odin.example.org")
        return value.strip().rstrip("/")

    @field_validator("ingress_port")
    @classmethod
    def _port_of_its_own(cls, value: int, info: ValidationInfo) -> int:
        if value == info.data.get("port"):
            raise ValueError("must be another one than the API's")
        return value

    @model_validator(mode="after")
    def _complete_database_url(self) -> Self:
        text = self.database_url or f"sqlite:///{self.data_dir / 'odin.db'}"
        # The model is frozen for everybody else.
        object.__setattr__(self, "database_url", _database_url(text))
        return self

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _OptionsFile(settings_cls)


def load_settings(**overrides: str | int | Path | None) -> Settings:
    """Reads the settings and makes the data directory, readable by its owner only.

    `overrides` win over everything; those that are `None` do not count.

    Raises:
        WrongSettings: a sentence for each wrong variable.
    """
    given: dict[str, Any] = {
        name: value for name, value in overrides.items() if value is not None
    }
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise _wrong(error, set(given)) from None
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        why = "it is a file" if settings.data_dir.is_file() else error.strerror
        raise WrongSettings(
            f"{_PREFIX}DATA_DIR: cannot make {settings.data_dir}: {why}. Name a folder "
            "that the user who runs the engine may write in."
        ) from None
    return settings


class _OptionsFile(PydanticBaseSettingsSource):
    """An app's options. An empty value means: not set."""

    @override
    def get_field_value(
        self, field: FieldInfo, field_name: str
    ) -> tuple[Any, str, bool]:
        return None, field_name, False

    @override
    def __call__(self) -> dict[str, Any]:
        path = _options_path()
        if path is None:
            return {}
        options = _read_options(path)
        known = self.settings_cls.model_fields
        unknown = sorted(set(options) - set(known))
        if unknown:
            _LOG.warning("%s: ignoring unknown options %s", path, ", ".join(unknown))
        return {
            name: value
            for name, value in options.items()
            if name in known and value not in (None, "", [])
        }


def _options_path() -> Path | None:
    named = os.environ.get(_OPTIONS_VARIABLE)
    if named:
        return Path(named)
    return _OPTIONS_FILE if _OPTIONS_FILE.is_file() else None


def _read_options(path: Path) -> dict[str, Any]:
    try:
        options = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongSettings(f"{_OPTIONS_VARIABLE}: {path}: {error.strerror}.") from None
    except ValueError, RecursionError:
        raise WrongSettings(f"{_OPTIONS_VARIABLE}: {path} is not JSON.") from None
    if not isinstance(options, dict):
        raise WrongSettings(f"{_OPTIONS_VARIABLE}: {path} is not a JSON object.")
    return options


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _database_url(text: str) -> str:
    try:
        url: URL = make_url(text)
    except ArgumentError:
        raise ValueError("is not a database address") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None or not url.database or url.database == ":memory:":
        raise ValueError(
            "must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    return url.set(drivername=driver).render_as_string(hide_password=False)


def _wrong(error: ValidationError, given: set[str]) -> WrongSettings:
    problems = []
    for detail in error.errors(include_url=False, include_input=False):
        # A rule over the whole model concerns the one setting it completes.
        name = str(detail["loc"][0]) if detail["loc"] else "database_url"
        message = _in_our_words(detail).rstrip(".")
        problems.append(Problem(f"/{name}", f"{_origin(name, given)}: {message}."))
    return WrongSettings(" ".join(each.detail for each in problems), *problems)


def _in_our_words(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "int_parsing" | "int_from_float" | "int_type":
            return "must be a whole number"
        case "less_than_equal":
            return f"must be {context['le']} at most"
        case "greater_than_equal":
            return f"must be {context['ge']} at least"
        case "literal_error":
            return f"must be {context['expected']}"
        case "bool_parsing" | "bool_type":
            return "must be true or false"
        case _:
            return detail["msg"].removeprefix("Value error, ")


def _origin(name: str, given: set[str]) -> str:
    variable = _PREFIX + name.upper()
    if name in given:
        return f"--{name.replace('_', '-')}"
    path = _options_path()
    if variable not in os.environ and path is not None:
        return f"{name} in {path}"
    return variable
