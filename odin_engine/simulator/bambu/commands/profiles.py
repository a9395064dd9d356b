"""The pressure profiles stored on one machine. Source: docs/protocols/bambu.md §8.3."""

from collections.abc import Iterator
from dataclasses import dataclass

NO_PROFILE = -1
USUAL_K = 0.02


@dataclass(frozen=True, slots=True)
class Profile:
    """How a filament flows through a nozzle."""

    filament_id: str
    setting_id: str
    name: str
    k: float
    n_coef: str
    nozzle_diameter: str
    nozzle_id: str
    head: int


class Profiles:
    """Profiles by their index, which the machine gives and never gives again."""

    def __init__(self) -> None:
        self._profiles: dict[int, Profile] = {}
        self._given = 0

    def stored(
        self, nozzle_diameter: str, filament_id: str
    ) -> Iterator[tuple[int, Profile]]:
        """Lists the profiles of a nozzle, of one filament or, with "", of all."""
        for index, profile in self._profiles.items():
            if profile.nozzle_diameter == nozzle_diameter and (
                filament_id in ("", profile.filament_id)
            ):
                yield index, profile

    def k(self, index: int) -> float:
        """Gives the K of a profile, the usual one where there is no such profile."""
        profile = self._profiles.get(index)
        return profile.k if profile else USUAL_K

    def store(self, profile: Profile, index: int = NO_PROFILE) -> None:
        """Stores a profile, over the one with its index if there is one."""
        if index not in self._profiles:
            self._given += 1
            index = self._given
        self._profiles[index] = profile

    def drop(self, index: int) -> bool:
        """Forgets a profile; says whether it was known."""
        return self._profiles.pop(index, None) is not None
