"""What the server says, in the shapes of OctoPrint 1.11 and of 2.0.

Source: docs.octoprint.org, "REST API", "Push updates", "Data model".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from odin_engine.simulator.plain import Activity, PlainMachine

VARIANTS = {"1.11": "1.11.8", "2.0": "2.0.0"}
ROLES = (
    *("status", "connection", "webcam", "files_list", "files_upload", "files_delete"),
    *("files_select", "print", "monitor_terminal", "control", "timelapse_list"),
    "settings_read",
)


@dataclass(slots=True)
class StoredFile:
    """A file in the local storage: its size, and the ends of its content."""

    path: str
    size: int
    date: int
    content: bytes = b""


def flags(machine: PlainMachine, *, is_away: bool, is_new: bool) -> dict[str, bool]:
    """Returns the flags; 2.0 calls a paused job printing as well."""
    prints = machine.activity in {Activity.HEATING, Activity.PRINTING}
    is_paused = machine.activity is Activity.PAUSED
    is_error = machine.activity is Activity.FAILED
    is_closed = is_away or is_error
    return {
        "operational": not is_closed,
        "printing": not is_closed and (prints or (is_new and is_paused)),
        "cancelling": False,
        "pausing": False,
        "resuming": False,
        "finishing": False,
        "closedOrError": is_closed,
        "error": is_error,
        "paused": not is_closed and is_paused,
        "ready": not is_closed and not machine.is_busy,
        "sdReady": not is_closed,
    }


def text(machine: PlainMachine, *, is_away: bool) -> str:
    """Returns the state for people."""
    if machine.activity is Activity.FAILED:
        return "Offline after error"
    if is_away:
        return "Offline"
    words = {
        Activity.HEATING: "Printing",
        Activity.PRINTING: "Printing",
        Activity.PAUSED: "Paused",
    }
    return words.get(machine.activity, "Operational")


def state(machine: PlainMachine, *, is_away: bool, is_new: bool) -> dict[str, Any]:
    """Returns the state as the socket and `/api/printer` have it."""
    return {
        "text": text(machine, is_away=is_away),
        "flags": flags(machine, is_away=is_away, is_new=is_new),
        "error": machine.fault or "",
    }


def temperatures(machine: PlainMachine) -> dict[str, Any]:
    """Returns one sample, with a sensor of the board that is no heater."""
    found: dict[str, Any] = {
        f"tool{number}": {
            "actual": round(each.current_c, 2),
            "target": each.target_c,
            "offset": 0,
        }
        for number, each in enumerate(machine.nozzles)
    }
    for name in ("bed", "chamber"):
        heater = machine.heaters.get(name)
        if heater is not None:
            found[name] = {
                "actual": round(heater.current_c, 2),
                "target": heater.target_c,
                "offset": 0,
            }
    found["BRD"] = {"actual": 34.5, "target": None}
    return found


def job(machine: PlainMachine, file: StoredFile | None, *, is_new: bool) -> Any:  # noqa: ANN401
    """Returns the selected file; without one its fields are there and empty."""
    planned = machine.job
    said: dict[str, Any] = {
        "file": {
            "name": file.path.rsplit("/", 1)[-1] if file else None,
            "display": file.path.rsplit("/", 1)[-1] if file else None,
            "path": file.path if file else None,
            "origin": "local" if file else None,
            "size": file.size if file else None,
            "date": file.date if file else None,
        },
        "estimatedPrintTime": planned.print_s if planned and file else None,
        "filament": (
            {"tool0": {"length": planned.used_mm, "volume": planned.used_mm * 0.0024}}
            if planned and file
            else None
        ),
        "user": "simulated" if file else None,
    }
    if not is_new:
        said |= {"averagePrintTime": None, "lastPrintTime": None}
    return said


def progress(machine: PlainMachine, file: StoredFile | None) -> dict[str, Any]:
    """Returns how far it is: bytes in percent, and empty after a cancel."""
    if file is None or machine.activity in {Activity.IDLE, Activity.CANCELLED}:
        return dict.fromkeys(
            (
                "completion",
                "filepos",
                "printTime",
                "printTimeLeft",
                "printTimeLeftOrigin",
            )
        )
    is_early = machine.progress < 0.02
    return {
        "completion": machine.progress * 100,
        "filepos": round(file.size * machine.progress),
        "printTime": round(machine.printed_s),
        "printTimeLeft": None if is_early else round(machine.remaining_s),
        "printTimeLeftOrigin": "linear" if is_early else "mixed-analysis",
    }


def connection(*, is_away: bool, is_new: bool, said: str) -> dict[str, Any]:
    """Returns the answer of `/api/connection`."""
    port = None if is_away else "/dev/ttyACM0"
    if is_new:
        return {
            "current": {
                "state": said,
                "connector": None if is_away else "serial",
                "parameters": {} if is_away else {"port": port, "baudrate": 115200},
                "capabilities": {},
                "profile": "_default",
            },
            "options": {
                "connectors": [
                    {"connector": "serial", "name": "Serial", "parameters": {}}
                ],
                "profiles": [{"id": "_default", "name": "Default"}],
                "preferredConnector": {"connector": "serial", "parameters": {}},
                "preferredProfile": "_default",
            },
        }
    return {
        "current": {
            "state": said,
            "port": port,
            "baudrate": None if is_away else 115200,
            "printerProfile": "_default",
        },
        "options": {
            "ports": ["/dev/ttyACM0"],
            "baudrates": [250000, 115200],
            "printerProfiles": [{"id": "_default", "name": "Default"}],
            "portPreference": "/dev/ttyACM0",
            "baudratePreference": 115200,
            "printerProfilePreference": "_default",
        },
    }


def file(stored: StoredFile) -> dict[str, Any]:
    """Returns a file as listings have it."""
    return {
        "name": stored.path.rsplit("/", 1)[-1],
        "display": stored.path.rsplit("/", 1)[-1],
        "path": stored.path,
        "type": "machinecode",
        "typePath": ["machinecode", "gcode"],
        "size": stored.size,
        "date": stored.date,
        "origin": "local",
    }


def profile(machine: PlainMachine, model: str) -> dict[str, Any]:
    """Returns the answer of `/api/printerprofiles`."""
    return {
        "profiles": {
            "_default": {
                "id": "_default",
                "name": "Default",
                "model": model,
                "default": True,
                "current": True,
                "heatedBed": machine.bed is not None,
                "heatedChamber": machine.chamber is not None,
                "extruder": {"count": len(machine.nozzles), "sharedNozzle": False},
            }
        }
    }


def settings(plugins: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what of `/api/settings` matters: the webcam, and which plugins are there."""
    return {
        "api": {"key": "THE-SERVERS-OWN-KEY", "allowCrossOrigin": False},
        "webcam": {
            "webcamEnabled": True,
            "defaultWebcam": "classic",
            "snapshotWebcam": "classic",
            "webcams": [
                {
                    "name": "classic",
                    "displayName": "Classic Webcam",
                    "canSnapshot": True,
                    "compat": {
                        "stream": "/webcam/?action=stream",
                        "snapshot": "http://127.0.0.1:8080/?action=snapshot",
                    },
                    "provider": "classicwebcam",
                }
            ],
        },
        "plugins": dict(plugins),
    }
