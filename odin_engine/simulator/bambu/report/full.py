"""The whole state as one report."""

from typing import Any

from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.report.common import common
from odin_engine.simulator.bambu.report.device import extras


def full_report(machine: Machine) -> dict[str, Any]:
    """Builds the body under `print`, without its sequence id."""
    body = common(machine)
    if machine.model.sends_deltas:
        return body
    added = extras(machine)
    xcam = body["xcam"] | added.pop("xcam", {})
    return body | added | {"xcam": xcam}
