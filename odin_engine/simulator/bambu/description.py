"""What a model of printer is: one small YAML file each, read from `models/`.

A farm may bring files of its own. Such a file may say `like: X1C` and then only what
differs; without it the first block of `Model` is wanted in full.
"""

from dataclasses import MISSING, Field, dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_WORDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
_CHOICES: dict[str, tuple[object, ...]] = {
    "camera": ("jpeg", "rtsp"),
    "fan_keys": ("part", "aux", "chamber"),
    "heads": (1, 2),
    "units": ("ams", "ams_lite", "ams_2_pro", "ams_ht", "ams_lite_mixed"),
}
_FOLDER = Path(__file__).parent / "models"


class UnknownModel(ValueError):
    """No description file carries this name."""


class BadDescription(ValueError):
    """A description file cannot be used; the text says which and why."""


class Dialect(StrEnum):
    """How a family of machines words its reports.

    Source: docs/protocols/bambu.md §5, naming paragraph.
    """

    X1 = "x1"
    H2 = "h2"
    MICRO = "micro"


@dataclass(frozen=True, slots=True)
class Model:
    """The parts, limits and habits that differ between models: the keys of a file."""

    # Who it is. `code` is what discovery says; `modules` are the boards of get_version.
    name: str
    product_name: str
    code: str
    serial_prefix: str
    firmware: str
    dialect: Dialect
    modules: tuple[dict[str, str], ...]
    # Heat. The paces are those at room temperature with full power.
    heads: int = 1
    nozzle_type: str = "hardened_steel"
    nozzle_max_c: int = 300
    nozzle_heats_c_s: float = 4.2
    bed_max_c: int = 110
    bed_heats_c_s: float = 0.34
    chamber_max_c: int = 0
    chamber_sensor: bool = True
    hotend_rack: int = 0
    # What else is on it. `camera` is jpeg or rtsp, which only the jpeg one serves.
    door_sensor: bool = False
    plate_mm: int = 256
    bed_slinger: bool = False
    enclosed: bool = True
    camera: str = "jpeg"
    lights: tuple[str, ...] = ("chamber_light",)
    fan_keys: tuple[str, ...] = ("part", "aux", "chamber")
    units: tuple[str, ...] = ()
    # How it prints and reports. Stages are numbers of `stg_cur`.
    start_stages: tuple[int, ...] = (2, 13, 4, 14, 1)
    idle_stage: int = 255
    fun: int | None = None
    # Where files lie, and how the servers differ. Source: docs/protocols/bambu.md §8-9.
    prefix_of_files: str = ""
    file_urls: bool = True
    demands_session_reuse: bool = False
    lists_full_paths: bool = False
    second_start_cancels: bool = False
    wedges_after: int | None = None

    @property
    def sends_deltas(self) -> bool:
        """Says whether state reports carry only what changed."""
        return self.dialect is Dialect.MICRO

    @property
    def shows_chamber(self) -> bool:
        """Says whether the air's temperature is measured."""
        return self.chamber_sensor and self.dialect is not Dialect.MICRO

    @property
    def has_chamber_heater(self) -> bool:
        """Says whether a chamber target can be set."""
        return self.chamber_max_c > 0


def model_names() -> list[str]:
    """Lists the models that can be simulated."""
    return sorted(_files())


def load_model(name: str) -> Model:
    """Reads the description of a model by its name, case and spaces aside.

    Raises:
        UnknownModel: nothing describes such a machine.
    """
    wanted = _plain(name)
    for known, path in _files().items():
        if _plain(known) == wanted:
            return read_model(path)
    known = ", ".join(model_names())
    raise UnknownModel(f"no simulated model is called {name!r}; there are: {known}")


@cache
def read_model(path: Path) -> Model:
    """Reads one description file.

    Raises:
        BadDescription: unreadable, or a key is missing, unknown or of the wrong kind.
    """
    try:
        return _model(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadDescription(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, ValueError) as error:
        raise BadDescription(f"{path.name}: {error}") from error


def _model(raw: object) -> Model:
    """Builds a model; `like` names one to begin from, and the other keys change it."""
    if not isinstance(raw, dict):
        raise TypeError("keys and values are wanted")
    values = dict(raw)
    like = values.pop("like", None)
    if like is not None:
        base = load_model(str(like))
        values = {
            each.name: getattr(base, each.name) for each in fields(Model)
        } | values
    known = {each.name: each for each in fields(Model)}
    if strange := sorted(str(key) for key in set(values) - set(known)):
        raise ValueError(f"unknown keys: {', '.join(strange)}")
    wanted = {name for name, each in known.items() if each.default is MISSING}
    if missing := sorted(wanted - set(values)):
        raise ValueError(f"keys are missing: {', '.join(missing)}")
    made: dict[str, Any] = {key: _value(known[key], values[key]) for key in values}
    return Model(**made)


def _value(known: Field[Any], value: object) -> object:
    key = known.name
    if key == "dialect":
        return Dialect(str(value))
    if key == "modules":
        return _modules(value)
    if isinstance(known.default, tuple):
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"{key}: a list is wanted, not {value!r}")
        kind = int if key == "start_stages" else str
        return tuple(_choice(key, _scalar(key, kind, each)) for each in value)
    if known.default is None:
        return value if value is None else _scalar(key, int, value)
    kind = str if known.default is MISSING else type(known.default)
    return _choice(key, _scalar(key, kind, value))


def _choice(key: str, value: object) -> object:
    choices = _CHOICES.get(key)
    if choices is not None and value not in choices:
        known = ", ".join(map(str, choices))
        raise ValueError(f"{key}: one of {known} is wanted, not {value!r}")
    return value


def _modules(value: object) -> tuple[dict[str, str], ...]:
    rows = value if isinstance(value, (list, tuple)) else ()
    for row in rows:
        if not isinstance(row, dict) or not {"name", "hw_ver", "sw_ver"} <= set(row):
            raise ValueError("modules: each wants a name, a hw_ver and a sw_ver")
    return tuple({str(key): str(each) for key, each in row.items()} for row in rows)


def _scalar(key: str, kind: type, value: object) -> object:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if type(value) is kind or (kind is float and is_number):
        return value
    # YAML reads 239 as a number, and 039 as another one, where there are no quotes.
    hint = "; put it in quotes" if kind is str and is_number else ""
    raise TypeError(f"{key}: {_WORDS[kind]} is wanted, not {value!r}{hint}")


@cache
def _files() -> dict[str, Path]:
    return {
        str(yaml.safe_load(path.read_text(encoding="utf-8"))["name"]): path
        for path in sorted(_FOLDER.glob("*.yaml"))
    }


def _plain(name: str) -> str:
    return name.replace(" ", "").replace("-", "").replace("_", "").casefold()
