"""What P1 and A1 send between full reports: the keys that changed, and no others."""

from typing import Any

from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.report.full import full_report

_UNITS = "ams"


class Deltas:
    """Remembers what the listeners know and tells them the difference."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def full(self, machine: Machine) -> dict[str, Any]:
        """Builds a full report, from which later differences count."""
        self._known = full_report(machine)
        return dict(self._known)

    def next(self, machine: Machine) -> dict[str, Any] | None:
        """Builds the next delta, or None where nothing at all moved."""
        if not self._known:
            return self.full(machine)
        fresh = full_report(machine)
        changed = {
            key: value for key, value in fresh.items() if value != self._known.get(key)
        }
        if _UNITS in changed:
            changed[_UNITS] = _ams_difference(self._known[_UNITS], fresh[_UNITS])
        self._known = fresh
        if not changed:
            return None
        return changed | {"command": "push_status", "msg": 1}


def _ams_difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Sends a changed unit whole and alone, or the changed neighbours alone (§5.1)."""
    changed = {
        key: value
        for key, value in after.items()
        if key != _UNITS and value != before.get(key)
    }
    known = {each["id"]: each for each in before[_UNITS]}
    units = [each for each in after[_UNITS] if each != known.get(each["id"])]
    if units:
        changed[_UNITS] = units
    return changed
