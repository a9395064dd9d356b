"""Where real captures are, outside the repository; tests skip where they are not."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

_FOLDER = Path(os.environ.get("ODIN_CAPTURES", "../shared/fixtures")) / "bambu"

needs_captures = pytest.mark.skipif(
    not _FOLDER.is_dir(), reason="no captures: set ODIN_CAPTURES to their folder"
)


def capture_path(name: str) -> Path:
    """Returns the path of a capture."""
    return _FOLDER / name


def capture(name: str) -> dict[str, Any]:
    """Returns a capture's JSON object."""
    body: dict[str, Any] = orjson.loads(capture_path(name).read_bytes())
    return body


def captures() -> list[str]:
    """Returns the names of the captured reports, none where there is no folder."""
    return sorted(path.name for path in _FOLDER.glob("*_full*.json"))
