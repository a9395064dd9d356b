"""A disk without room: printers go on and are obeyed, and all is remembered afterwards.

Once with a limit on the size of the engine's files, which needs no rights, and once
with a small disk, where one may be mounted.
"""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import Api, Engine
from tests.e2e.troubles import full_disk

FIRST = Path(__file__).parent / "first_version"
_SIZE = "8m"
_MOST_NOTES = 3000
"""As many changes of 4 kB as a disk can still take that has no room for a page more."""


@dataclass(frozen=True, slots=True)
class Disk:
    """Where an engine keeps its data, and how to take all room from it by its pid."""

    folder: Path
    full: Callable[[int], AbstractContextManager[None]]


@pytest.fixture(params=["limit", "disk"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "limit":
        yield Disk(tmp_path, full_disk)
        return
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if mount is None or unmount is None or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    options = ("-t", "tmpfs", "-o", f"size={_SIZE}")
    mounted = subprocess.run(
        [mount, *options, "tmpfs", str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk may be mounted here: {mounted.stderr.strip()}")
    yield Disk(folder, lambda _: _filled(folder))
    subprocess.run([unmount, str(folder)], check=True)


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


async def test_printers_are_obeyed_and_all_is_remembered_afterwards(
    disk: Disk, machines: list[dict[str, Any]], tmp_path: Path
) -> None:
    engine = Engine(disk.folder)
    engine.log = tmp_path / "engine.log"
    token = await engine.token()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        engine.running() as process,
        aiohttp.ClientSession(engine.base, headers=headers) as session,
    ):
        api = Api(session)
        printer_id = await api.register(machines[2])
        path = f"/printers/{printer_id}"
        await api.until(path, link="online", activity="printing")
        with disk.full(process.pid):
            problem = await _until_nothing_can_be_stored(api, path)
            assert problem["status"] == 503
            assert problem["detail"].startswith("The engine can store nothing just now")
            assert problem["detail"].endswith(
                "has room and the database runs, then try again."
            )
            # Who is at the machine is in more of a hurry than who keeps the books.
            await api("POST", f"{path}/pause")
            await api.until(path, activity="paused")
            stopped = await api("POST", f"{path}/emergency-stop")
            assert stopped["outcome"] == "confirmed"
            await api.until(path, activity="cancelled")
            assert (await api("GET", "/printers"))["total"] == 1
            # Time enough for everything that is tried every second.
            await asyncio.sleep(4)
        # No time for another try by itself before it ends.
        process.send_signal(signal.SIGTERM)
        await process.wait()
    with closing(sqlite3.connect(disk.folder / "data" / "odin.db")) as database:
        runs = database.execute("SELECT name, result FROM print_runs").fetchall()
        audited = database.execute("SELECT action FROM audit_entries").fetchall()
    assert runs == [("Long job", "cancelled")]
    assert ("pause",) in audited
    log = engine.log.read_text()
    # Where the log is on that disk too, these lines are lost.
    assert log.count("history waits for the database") <= 1
    assert log.count("Audit.flush") <= 2, "one line when it comes, one when it goes"
    assert "could not be written" not in log


async def _until_nothing_can_be_stored(api: Api, path: str) -> dict[str, Any]:
    for number in range(_MOST_NOTES):
        body = {"notes": f"{number:04}" * 1000}
        async with api.session.patch(f"/api/v1{path}", json=body) as answer:
            if answer.status != 200:
                problem: dict[str, Any] = await answer.json(content_type=None)
                return problem
    raise AssertionError("there was room all the time")


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("backup", "../all.zip")])
def test_a_command_on_a_full_disk_says_so(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    shutil.copyfile(FIRST / "secret.key", data_dir / "secret.key")
    with closing(sqlite3.connect(data_dir / "odin.db")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript((FIRST / "odin.sql").read_text())
    before = (data_dir / "odin.db").read_bytes()
    limited = (
        "import resource, runpy, sys;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1));"
        "sys.argv[0] = 'odin';"
        "runpy.run_module('odin_engine', run_name='__main__')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", limited, *words],
        cwd=data_dir,
        env=os.environ | {"ODIN_DATA_DIR": str(data_dir)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    said = ended.stdout + ended.stderr
    assert "Traceback" not in said
    assert "Make room on the disk" in said
    assert (data_dir / "odin.db").read_bytes() == before
