"""Where real captures are, outside the repository; tests skip where they are not."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

_FOLDER = Path(os.environ.get("ODIN_CAPTURES", "../shared/fixtures")) / "prusalink"

needs_captures = pytest.mark.skipif(
    not _FOLDER.is_dir(), reason="no captures: set ODIN_CAPTURES to their folder"
)


def capture_bytes(name: str) -> bytes:
    """Returns a capture as it lies there."""
    return (_FOLDER / name).read_bytes()


def capture(name: str) -> Any:  # noqa: ANN401 - what it is, the test says
    """Returns a capture's JSON."""
    return orjson.loads(capture_bytes(name))


def captures() -> list[str]:
    """Returns the names of the captures, none where there is no folder."""
    return sorted(path.name for path in _FOLDER.glob("*.json"))
