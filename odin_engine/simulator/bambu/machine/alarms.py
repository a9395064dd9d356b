"""What the machine complains about: one print error and a list of HMS entries."""

from dataclasses import dataclass

# Source: docs/protocols/bambu.md §6.5 and §7, the codes of the frequent cases.
CANCELLED = 0x0300_400C
CANNOT_READ_FILE = 0x0500_4003
BUSY = 0x0500_4004
STORAGE_ERROR = 0x0500_C010
NO_MAPPING = 0x0700_8012
RUNOUT = 0x0700_8011
SPAGHETTI = 0x0300_8003
REFUSED_UNSIGNED = 0x0500_0500_0001_0007


@dataclass(frozen=True, slots=True)
class Hms:
    """One entry of the health list, as the two words on the wire."""

    attr: int
    code: int

    @classmethod
    def from_number(cls, number: int) -> Hms:
        """Splits the 64-bit form."""
        return cls(number >> 32, number & 0xFFFF_FFFF)


def code_number(text: str | int) -> int:
    """Reads `0300_8003` or `0700_2000_0002_0001`; numbers pass through."""
    if isinstance(text, int):
        return text
    return int(text.replace("HMS_", "").replace("_", "").replace("-", ""), 16)


class Alarms:
    """Holds what is wrong until it is cleared."""

    def __init__(self) -> None:
        self.print_error = 0
        self.hms: list[Hms] = []

    def raise_hms(self, number: int) -> None:
        """Adds an entry once."""
        entry = Hms.from_number(number)
        if entry not in self.hms:
            self.hms.append(entry)

    def clear(self) -> None:
        """Forgets everything, as the person at the screen does."""
        self.print_error = 0
        self.hms.clear()
