"""Reads `filament_presets.toml`, which says what its values are and where from."""

import tomllib
from importlib import resources

from odin_engine.printers.model import FilamentPreset


def load_filament_presets() -> tuple[FilamentPreset, ...]:
    """Returns the filaments that every machine of the family knows, as listed."""
    source = resources.files(__package__).joinpath("filament_presets.toml")
    rows = tomllib.loads(source.read_text(encoding="utf-8"))
    return tuple(
        # Without a product, the material is the name.
        FilamentPreset(id=preset_id, name=row["material"], **row)
        for preset_id, row in rows.items()
    )
