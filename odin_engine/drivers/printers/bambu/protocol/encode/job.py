"""The running print: pause, resume, stop, speed, objects, errors. Source: §8.3."""

from odin_engine.drivers.printers.bambu.protocol.encode.request import (
    Confirms,
    Machine,
    Request,
    printing,
)
from odin_engine.drivers.printers.bambu.protocol.fields import text, whole
from odin_engine.printers.model import (
    Activity,
    ClearFaults,
    FaultKind,
    Pause,
    PrinterState,
    Resume,
    SetSpeed,
    SkipObjects,
    SpeedLevel,
    Stop,
)

_SPEEDS = {
    SpeedLevel.SILENT: "1",
    SpeedLevel.STANDARD: "2",
    SpeedLevel.SPORT: "3",
    SpeedLevel.LUDICROUS: "4",
}
_RUNS = frozenset({Activity.PRINTING, Activity.PREPARING})


def pause(_: Pause, __: Machine) -> tuple[Request, ...]:
    """Pauses."""
    return (urgent("pause", lambda state: state.activity is Activity.PAUSED),)


def resume(_: Resume, __: Machine) -> tuple[Request, ...]:
    """Goes on."""
    return (urgent("resume", lambda state: state.activity in _RUNS),)


def stop(_: Stop, __: Machine) -> tuple[Request, ...]:
    """Ends it for good."""
    return (urgent("stop", has_no_job),)


def urgent(word: str, confirms: Confirms) -> Request:
    """Returns a request that the broker itself must confirm."""
    return Request("print", {"command": word, "param": ""}, qos=1, confirms=confirms)


def has_no_job(state: PrinterState) -> bool:
    """Whether a report shows that nothing is being printed."""
    return state.activity is not None and not state.activity.has_running_job


def set_speed(command: SetSpeed, _: Machine) -> tuple[Request, ...]:
    """Chooses a profile."""
    return (
        printing(
            "print_speed",
            param=_SPEEDS[command.level],
            confirms=lambda state: (
                state.speed is not None and state.speed.level is command.level
            ),
        ),
    )


def skip_objects(command: SkipObjects, _: Machine) -> tuple[Request, ...]:
    """Leaves objects out; the ids are numbers on the wire, never strings."""
    wanted = set(command.object_ids)
    return (
        printing(
            "skip_objects",
            obj_list=list(command.object_ids),
            timestamp=0,
            confirms=lambda state: (
                state.job is not None and wanted <= set(state.job.skipped_objects)
            ),
        ),
    )


def clear_faults(_: ClearFaults, machine: Machine) -> tuple[Request, ...]:
    """Clears the print's error, then closes its dialog on the screen."""
    error = whole(machine.wire.get("print_error")) or 0
    clear = printing(
        "clean_print_error",
        subtask_id=text(machine.wire.get("subtask_id")) or "",
        print_error=error,
        confirms=_has_no_print_fault,
    )
    close = Request(
        "system",
        {
            "command": "uiop",
            "name": "print_error",
            "action": "close",
            "source": 1,
            "type": "dialog",
            "err": f"{error & 0xFFFFFFFF:08X}",
        },
        # P1S closes the dialog without a word.
        is_settled_by_ack=False,
    )
    return clear, close


def _has_no_print_fault(state: PrinterState) -> bool:
    return all(fault.kind is not FaultKind.PRINT for fault in state.faults)
