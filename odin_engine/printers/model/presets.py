"""What can be chosen when a person says which filament a slot holds. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilamentPreset:
    """A filament that printers of a family know; `id` is what `ConfigureSlot` takes.

    The temperatures are what to begin with, not bounds.
    """

    id: str
    name: str
    material: str
    nozzle_min_c: int
    nozzle_max_c: int
    bed_c: int | None = None
    drying_c: int | None = None
    drying_hours: int | None = None
