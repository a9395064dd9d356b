"""`docs/openapi.json` is what this version serves."""

import json
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


def test_the_description_tells_how_each_operation_is_opened() -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    schemes = document["components"]["securitySchemes"]
    assert {each["type"] for each in schemes.values()} == {"http", "apiKey"}
    opened = {
        f"{method} {path}": operation.get("security")
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert opened["get /api/v1/info"] == []
    assert opened["get /api/v1/printers"] == [
        {"token": ["read:printers"]},
        {"session": ["read:printers"]},
    ]
    assert opened["post /api/v1/printers/{printer_id}/pause"] == [
        {"token": ["control:printers"]},
        {"session": ["control:printers"], "csrf": []},
    ]
    assert [name for name, security in opened.items() if security is None] == []
