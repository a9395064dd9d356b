"""Where real captures are, outside the repository; tests skip where they are not."""

import os
from pathlib import Path

import pytest

_FOLDER = Path(os.environ.get("ODIN_CAPTURES", "../shared/fixtures")) / "octoprint"

needs_captures = pytest.mark.skipif(
    not _FOLDER.is_dir(), reason="no captures: set ODIN_CAPTURES to their folder"
)


def capture(name: str) -> bytes:
    """Returns a capture as it lies there."""
    return (_FOLDER / name).read_bytes()


def captures() -> list[str]:
    """Returns the names of the captures, none where there is no folder."""
    return sorted(path.name for path in _FOLDER.glob("*.json"))
