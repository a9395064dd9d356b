"""What a model of printer is: one small YAML file each, read from `models/`."""

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "models"


class UnknownModel(ValueError):
    """No description file carries this name."""


class Dialect(StrEnum):
    """How a family of machines words its reports.

    Source: docs/protocols/bambu.md §5, naming paragraph.
    """

    X1 = "x1"
    H2 = "h2"
    MICRO = "micro"


@dataclass(frozen=True, slots=True)
class Model:
    """The parts, limits and habits that differ between models."""

    name: str
    product_name: str
    code: str
    serial_prefix: str
    firmware: str
    dialect: Dialect
    modules: tuple[dict[str, str], ...]
    heads: int = 1
    nozzle_type: str = "hardened_steel"
    nozzle_max_c: int = 300
    bed_max_c: int = 110
    chamber_max_c: int = 0
    door_sensor: bool = False
    bed_slinger: bool = False
    camera: str = "jpeg"
    lights: tuple[str, ...] = ("chamber_light",)
    units: tuple[str, ...] = ()
    start_stages: tuple[int, ...] = (2, 13, 4, 14, 1)
    idle_stage: int = 255
    fun: int | None = None
    prefix_of_files: str = ""
    file_urls: bool = True
    demands_session_reuse: bool = False
    lists_full_paths: bool = False
    second_start_cancels: bool = False
    wedges_after: int | None = None
    fan_keys: tuple[str, ...] = ("part", "aux", "chamber")

    @property
    def sends_deltas(self) -> bool:
        """Says whether state reports carry only what changed."""
        return self.dialect is Dialect.MICRO

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
    """Reads one description file."""
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = {each.name for each in fields(Model)}
    if strange := sorted(set(raw) - known):
        raise ValueError(f"{path.name}: unknown keys {', '.join(strange)}")
    raw["dialect"] = Dialect(raw["dialect"])
    for key, value in raw.items():
        if isinstance(value, list):
            raw[key] = tuple(value)
    return Model(**raw)


@cache
def _files() -> dict[str, Path]:
    return {
        str(yaml.safe_load(path.read_text(encoding="utf-8"))["name"]): path
        for path in sorted(_FOLDER.glob("*.yaml"))
    }


def _plain(name: str) -> str:
    return name.replace(" ", "").replace("-", "").replace("_", "").casefold()
