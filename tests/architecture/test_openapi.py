"""`docs/openapi.json` is what this version serves."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_committed_description_is_up_to_date(tmp_path: Path) -> None:
    written = tmp_path / "openapi.json"
    subprocess.run(
        [sys.executable, "-m", "odin_engine", "openapi", "-o", str(written)],
        check=True,
        cwd=ROOT,
    )
    assert written.read_text() == (ROOT / "docs" / "openapi.json").read_text(), (
        "run: .venv/bin/odin openapi -o docs/openapi.json"
    )
