"""Frames as machines send them, for tests of what they mean; and captures in place."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from odin_engine.drivers.printers.elegoo.protocol.document import Document, fold
from odin_engine.drivers.printers.elegoo.protocol.messages import read
from odin_engine.drivers.printers.elegoo.protocol.translate import translate
from odin_engine.printers.model import PrinterState

CAPTURES = Path(os.environ.get("ODIN_CAPTURES", "../shared/fixtures")) / "elegoo"
needs_captures = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="no captures: set ODIN_CAPTURES to their folder"
)
BOARD = "0000aaaa1111bbbb2222cccc3333dddd"
BEGAN = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)

type Frame = dict[str, Any]


def attributes(machine: str = "Centauri Carbon", **more: Any) -> Frame:  # noqa: ANN401 - wire values
    told = {"MachineName": machine, "MainboardID": BOARD, **more}
    return {"Attributes": told, "Topic": f"sdcp/attributes/{BOARD}"}


def fdm(machine: list[int], code: int = 0, **more: Any) -> Frame:  # noqa: ANN401 - wire values
    """A status of a Centauri Carbon; what is not a section goes into `PrintInfo`."""
    info = {"Status": code, "Filename": "/local/cube.gcode", "TaskId": "t1"} | more
    temperatures = {key: info.pop(key) for key in list(info) if key.startswith("Temp")}
    status = {
        "CurrentStatus": machine,
        "TempOfNozzle": 24.1,
        "TempTargetNozzle": 0,
        "TempOfHotbed": 23.9,
        "TempTargetHotbed": 0,
        **temperatures,
        "PrintInfo": info,
    }
    return {"Status": status, "MainboardID": BOARD, "Topic": f"sdcp/status/{BOARD}"}


def resin(machine: list[int], code: int = 0, **more: Any) -> Frame:  # noqa: ANN401 - wire values
    info = {"Status": code, "Filename": "cube.goo", "TaskId": "t1"} | more
    status = {"CurrentStatus": machine, "ReleaseFilm": 12, "PrintInfo": info}
    return {"Status": status, "MainboardID": BOARD, "Topic": f"sdcp/status/{BOARD}"}


def history(status: int, reason: int = 0, task: str = "t1") -> Frame:
    row = {"TaskId": task, "TaskStatus": status, "ErrorStatusReason": reason}
    data = {"Ack": 0, "HistoryDetailList": [row]}
    return {"Data": {"Cmd": 321, "RequestID": "r", "Data": data}}


def after(
    *frames: Frame, document: Document | None = None, from_s: float = 0
) -> Document:
    """Returns the document after frames, two seconds apart."""
    folded = document or Document()
    for number, frame in enumerate(frames):
        at = BEGAN + timedelta(seconds=from_s + 2 * number)
        folded = fold(folded, read(frame), at)
    return folded


def shown(*frames: Frame) -> PrinterState:
    """Returns the state after frames."""
    return translate(after(*frames))
