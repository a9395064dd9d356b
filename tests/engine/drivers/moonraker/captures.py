"""Where real captures are, outside the repository; tests skip where they are not."""

import os
from pathlib import Path

import pytest

from odin_engine.drivers.printers.moonraker.protocol.replaying import (
    read_recording,
    replay,
)
from odin_engine.printers.model import PrinterState

_FOLDER = Path(os.environ.get("ODIN_CAPTURES", "../shared/fixtures")) / "moonraker"

needs_captures = pytest.mark.skipif(
    not _FOLDER.is_dir(), reason="no captures: set ODIN_CAPTURES to their folder"
)


def capture(name: str) -> bytes:
    """Returns a capture as it lies there."""
    return (_FOLDER / f"{name}.json").read_bytes()


def captures() -> list[str]:
    """Returns the names of all captures, none where there is no folder."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


def state_of(*names: str) -> PrinterState:
    """Returns the state that captures end in, one after the other."""
    records = [
        record for name in names for record in read_recording(capture(name)).records
    ]
    return replay(records)[0]
