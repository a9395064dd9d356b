"""What the numbers in a status mean, for each vocabulary. Tables only.

Source: FDM from `elegoo_fdm_cc_message_adapter.cpp` of elegoo-link; resin from SDCP
V3.0.0, "Status"; V1 from vvuk/cassini. Tables of others for FDM machines that call 8
"preparing" were inferred from a code that stays behind, and are wrong.
"""

from dataclasses import dataclass
from enum import StrEnum

from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.printers.model import Activity

PRINTING = 1
TRANSFER = 2
IDLE = 0

ROUTINES = {
    2: ("file_transfer", "Receiving a file"),
    3: ("exposure_test", "Testing the exposure"),
    4: ("self_test", "Testing itself"),
    5: ("bed_leveling", "Levelling the bed"),
    6: ("vibration_calibration", "Measuring resonances"),
    7: ("busy", "Busy"),
    8: ("file_check", "Checking the file"),
    9: ("homing", "Homing"),
    10: ("filament_change", "Loading or unloading filament"),
    11: ("heater_calibration", "Calibrating a heater"),
    12: ("recovery", "Recovering a print after a power loss"),
}
"""`CurrentStatus` besides idle and printing: a stable word and English."""


class Phase(StrEnum):
    """What a sub-status makes of a job on a machine that prints."""

    PREPARING = "preparing"
    PRINTING = "printing"
    PAUSED = "paused"
    STOPPING = "stopping"
    MILESTONE = "milestone"
    CANCELLED = "cancelled"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """A sub-status: what it makes of the job, a stable word, and English."""

    phase: Phase
    word: str | None = None
    text: str | None = None


_HOMING = Step(Phase.PREPARING, "homing", "Homing")
_PAUSING = Step(Phase.PAUSED, "pausing", "Pausing")
_PAUSED = Step(Phase.PAUSED, "paused", "Paused")
_STOPPING = Step(Phase.STOPPING, "stopping", "Stopping")
_STOPPED = Step(Phase.CANCELLED)
_COMPLETE = Step(Phase.FINISHED)
_CHECKING = Step(Phase.PREPARING, "file_check", "Checking the file")
_PLAIN = Step(Phase.PRINTING)
_FEEDING_PAUSED = Step(
    Phase.PAUSED, "paused_filament", "Paused: the filament was not changed"
)

_FDM = {
    # The SDK takes 0 for printing once the machine prints.
    0: _PLAIN,
    1: _HOMING,
    5: _PAUSING,
    6: _PAUSED,
    7: _STOPPING,
    8: _STOPPED,
    9: _COMPLETE,
    10: _CHECKING,
    11: Step(Phase.PREPARING, "self_test", "Checking the printer"),
    12: Step(Phase.PRINTING, "resuming", "Resuming"),
    13: _PLAIN,
    14: Step(Phase.FAILED),
    15: Step(Phase.PREPARING, "bed_leveling", "Levelling the bed"),
    16: Step(Phase.PREPARING, "heating", "Heating"),
    17: Step(Phase.PREPARING, "vibration_calibration", "Measuring resonances"),
    18: Step(Phase.MILESTONE, "starting", "Starting"),
    19: Step(Phase.MILESTONE, "bed_leveling", "Levelling the bed"),
    20: Step(Phase.MILESTONE, "heating", "Heating"),
    21: Step(Phase.MILESTONE, "homing", "Homing"),
    22: Step(Phase.MILESTONE, "vibration_calibration", "Measuring resonances"),
    23: Step(Phase.MILESTONE, "feeding", "Feeding filament"),
    24: Step(Phase.PRINTING, "unloading_filament", "Unloading filament"),
    25: _FEEDING_PAUSED,
    26: _FEEDING_PAUSED,
}
_RESIN = {
    0: Step(Phase.PREPARING, "starting", "Starting"),
    1: _HOMING,
    2: Step(Phase.PRINTING, "lowering", "Lowering the plate"),
    3: Step(Phase.PRINTING, "exposing", "Exposing"),
    4: Step(Phase.PRINTING, "lifting", "Lifting the plate"),
    5: _PAUSING,
    6: _PAUSED,
    7: _STOPPING,
    8: _STOPPED,
    9: _COMPLETE,
    10: _CHECKING,
    12: Step(Phase.PRINTING, "resuming", "Resuming"),
    13: _PLAIN,
    14: Step(Phase.FAILED),
    15: Step(Phase.PREPARING, "loading", "Loading the file"),
    16: Step(Phase.PREPARING, "heating", "Heating the vat"),
    20: Step(Phase.PREPARING, "leveling", "Levelling"),
    23: Step(Phase.MILESTONE, "feeding", "Feeding resin"),
    24: Step(Phase.PRINTING, "feeding_out", "Taking resin back"),
    25: Step(Phase.PAUSED, "paused_resin", "Paused: the resin was not fed"),
    26: Step(Phase.PAUSED, "paused_resin", "Paused: the resin was not fed"),
}
_V1 = {
    0: Step(Phase.PREPARING, "starting", "Starting"),
    1: _HOMING,
    2: Step(Phase.PRINTING, "exposing", "Exposing"),
    3: Step(Phase.PRINTING, "lifting", "Lifting the plate"),
    4: Step(Phase.PRINTING, "lowering", "Lowering the plate"),
    5: _PAUSING,
    6: _PAUSED,
    7: _STOPPING,
    8: _STOPPED,
    9: _COMPLETE,
    10: _CHECKING,
    12: _PLAIN,
    16: _COMPLETE,
}
_STEPS = {Dialect.FDM: _FDM, Dialect.RESIN: _RESIN, Dialect.V1: _V1}
_UNHEARD_OF = Step(Phase.PRINTING, "unknown", "Doing something new to us")


def step(dialect: Dialect, code: int | None) -> Step:
    """Returns what a sub-status means; one we do not know is part of printing."""
    if code is None:
        return _PLAIN
    return _STEPS.get(dialect, _FDM).get(code, _UNHEARD_OF)


ENDS = {
    Phase.CANCELLED: Activity.CANCELLED,
    Phase.FINISHED: Activity.FINISHED,
    Phase.FAILED: Activity.FAILED,
}
TASK_ENDS = {1: Activity.FINISHED, 2: Activity.FAILED, 3: Activity.CANCELLED}
"""`TaskStatus` of the history; 0 is "other", also of one that still runs."""
