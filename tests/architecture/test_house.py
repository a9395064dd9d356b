"""The house stands as the contracts say, and the set-up files keep their promises."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_locks_name_no_index_and_hash_every_package() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert not re.search(r"https?://|--index|--find-links|-i ", text), lock.name
        packages = re.findall(r"^[A-Za-z0-9_.\[\]-]+==", text, re.MULTILINE)
        hashed = re.findall(
            r"^[A-Za-z0-9_.\[\]-]+==[^\n]*\\\n\s+--hash", text, re.MULTILINE
        )
        assert len(packages) == len(hashed) > 0, lock.name


def test_panel_lock_names_no_registry() -> None:
    lock = ROOT / "frontend_panel" / "package-lock.json"
    assert '"resolved"' not in lock.read_text()


def test_scripts_are_executable() -> None:
    names = "bootstrap check demo test bench soak fuzz lock panel"
    for name in names.split():
        assert (ROOT / "script" / name).stat().st_mode & 0o111, name
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
