"""The one error of the print: its number, and what some numbers mean.

Source: docs/protocols/bambu.md §6.1 (`print_error`, `err`), §6.5, §7.
"""

from collections.abc import Mapping
from typing import Any

from odin_engine.drivers.printers.bambu.protocol.fields import whole

CANCELLED = frozenset({0x0300_400C, 0x0500_400E})
"""A person ended the print. These classify a FAILED and are no faults."""

SIGNATURE_REFUSED = frozenset({0x0502_4007, 0x0502_4009})
"""The printer wants commands signed by the vendor: Developer Mode is off (§7)."""

_LEAST = 0x4000
"""Low halves below this are notes, not errors."""


def print_error(data: Mapping[str, Any]) -> int:
    """Returns the active error a report tells, 0 for none.

    `print_error` is an integer, `err` a hex string with the same last eight digits.
    """
    number = whole(data.get("print_error")) or 0
    if not 0 < number < 1 << 32:
        number = _last_digits(data.get("err"))
    return number if number & 0xFFFF >= _LEAST else 0


def _last_digits(value: Any) -> int:  # noqa: ANN401 - a wire value
    if value.__class__ is not str:
        return 0
    try:
        return max(int(value[-8:], 16), 0)
    except ValueError:
        return 0
