"""A data folder of the first version, opened by this one.

`first_version/` was written by that version itself: its database as SQL (revision 0001),
its key, and what its API told of it. The printers are the simulator's.
"""

import asyncio
import json
import os
import random
import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.migrate import (
    MIGRATIONS,
    current,
    head,
    migrate,
    revisions,
    whole_schema,
)
from tests.e2e.conftest import Api, Engine
from tests.e2e.processes import free_ports, odin, read_json

FIRST = Path(__file__).parent / "first_version"
SEED = int(os.environ.get("ODIN_KILLS_SEED", "7"))
_TOLD: dict[str, Any] = json.loads((FIRST / "told.json").read_text())
_FARM = """
printers:
  - {name: Ada, model: X1C}
  - {name: Brunel, model: P1S}
  - {name: Curie, model: A1 mini}
"""
_KILLS = 3


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """The folder as the first version left it."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copyfile(FIRST / "secret.key", folder / "secret.key")
    (folder / "secret.key").chmod(0o600)
    with closing(sqlite3.connect(folder / "odin.db")) as database:
        database.executescript((FIRST / "odin.sql").read_text())
    return folder


@pytest.fixture
async def machines(tmp_path: Path) -> AsyncIterator[list[dict[str, Any]]]:
    """The same machines at other ports, with new certificates, as after a reset."""
    farm, addresses = tmp_path / "farm.yaml", tmp_path / "printers.json"
    farm.write_text(_FARM)
    arguments = ["--state-dir", str(tmp_path / "farm"), "--addresses", str(addresses)]
    arguments += ["--first-port", str(free_ports(15)), "--control-port", "0"]
    log = tmp_path / "farm.log"
    async with odin("simulate", str(farm), *arguments, data_dir=tmp_path, log=log):
        yield await read_json(addresses)


@pytest.fixture
async def api(engine: Engine) -> AsyncIterator[Api]:
    """The API by the token that the first version gave its administrator."""
    async with _session(engine, "admin") as session:
        yield Api(session)


def _session(engine: Engine, token: str) -> aiohttp.ClientSession:
    headers = {"Authorization": f"Bearer {_TOLD['tokens'][token]}"}
    return aiohttp.ClientSession(engine.base, headers=headers)


async def test_everything_of_the_first_version_is_there(
    data_dir: Path, engine: Engine, api: Api
) -> None:
    async with engine.running():
        for path, items in _TOLD["answers"].items():
            found = {
                each.get("id") or each.get("key") or each.get("at"): each
                for each in await _all(api, path)
            }
            for item in items:
                known = item.get("id") or item.get("key") or item.get("at")
                assert found[known] | item == found[known], path
        [fan, *_] = (await api("GET", _of("Brunel", "telemetry") + _WHEN))["items"]
        assert fan["nozzles"][0]["target_c"] == 255
        await _people_get_in(engine)
        # What is new since then works on what is old; old tokens get no new rights.
        refusal = await api.refusal("GET", "/alerts")
        assert refusal["permission"] == "read:alerts"
        [run, *_] = (await api("GET", _of("Ada", "prints")))["items"]
        assert run["has_picture"] is False
    assert "setup code" not in engine.log.read_text()
    [copy] = (data_dir / "backups").iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert await current(_url(copy)) == "0001"


@pytest.mark.usefixtures("data_dir")
async def test_its_printers_are_reached_with_the_codes_it_kept(
    engine: Engine, api: Api, machines: list[dict[str, Any]]
) -> None:
    async with engine.running():
        for machine in machines[:2]:
            path = f"/printers/{_TOLD['ids'][machine['name']]}"
            await api("PATCH", path, json={"ports": machine["ports"]})
            # Nothing is sent to a machine that shows another certificate than then.
            await api.until(path, link="certificate_changed")
            shown = await api("GET", f"{path}/certificate")
            confirmed = {
                "pinned": shown["pinned_sha256"],
                "found": shown["found_sha256"],
            }
            await api("POST", f"{path}/certificate/confirm", json=confirmed)
            await api.until(path, link="online")
        # The print that ran when the first version stopped is not on the machine now.
        path = _of("Brunel", "prints")
        async with asyncio.timeout(20):
            while (await api("GET", path))["items"][0]["result"] is None:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        [run] = (await api("GET", path))["items"]
        assert run["name"] == "Long vase"
        assert run["result"] == "unknown"


async def test_each_revision_is_a_step_that_keeps_every_row(
    data_dir: Path, tmp_path: Path
) -> None:
    database = data_dir / "odin.db"
    rows = dict(_counts(database))
    for revision in revisions()[1:]:
        steps = _migrations_until(tmp_path / revision, revision)
        await migrate(_url(database), data_dir, SystemClock(), steps)
        assert await current(_url(database)) == revision
        assert dict(_counts(database)) | rows == dict(_counts(database))
        with closing(sqlite3.connect(database)) as opened:
            assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
            assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert await _differences(_url(database)) == []


async def test_a_backup_of_the_first_version_is_restored(
    data_dir: Path, tmp_path: Path
) -> None:
    log, archive, fresh = tmp_path / "log", tmp_path / "first.zip", tmp_path / "fresh"
    assert await _odin(log, data_dir, "backup", str(archive)) == 0
    assert await current(_url(data_dir / "odin.db")) == "0001"
    assert await _odin(log, fresh, "restore", "--yes", str(archive)) == 0, (
        log.read_text()
    )
    assert await current(_url(fresh / "odin.db")) == head()
    assert (fresh / "secret.key").read_bytes() == (FIRST / "secret.key").read_bytes()
    assert await _odin(log, fresh, "user", "list") == 0
    assert re.search(r"^olga +operator +yes", log.read_text(), re.MULTILINE)


@pytest.mark.timeout(180)
async def test_a_kill_in_the_middle_of_an_upgrade_costs_nothing(
    data_dir: Path, engine: Engine, api: Api
) -> None:
    dice = random.Random(SEED)  # noqa: S311 - no secret
    for _ in range(_KILLS):
        log = engine.folder / "killed.log"
        async with odin("serve", data_dir=data_dir, log=log, ODIN_PORT="0") as process:
            # About as long as a start takes, so that some hit the upgrade.
            await asyncio.sleep(dice.uniform(0.1, 1.5))
            process.kill()
            await process.wait()
        assert await current(_url(data_dir / "odin.db")) in {"0001", head()}, SEED
    async with engine.running():
        prints = await api("GET", _of("Ada", "prints"))
        assert prints["total"] == 6
    for copy in (data_dir / "backups").glob("before-*.db"):
        assert await current(_url(copy)) == "0001"
        assert dict(_counts(copy))["print_runs"] == 7
    assert await _differences(_url(data_dir / "odin.db")) == []


@pytest.mark.parametrize(
    "command", [("serve", "--port", "0"), ("user", "list"), ("doctor",)]
)
async def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    data_dir: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    database, log = data_dir / "odin.db", tmp_path / "log"
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '0999'")
        opened.commit()
    before = database.read_bytes()
    assert await _odin(log, data_dir, *command) == 1
    assert "schema 0999" in log.read_text()
    assert "nstall the newer engine again" in log.read_text()
    assert "Traceback" not in log.read_text()
    assert database.read_bytes() == before
    assert not (data_dir / "backups").exists()


async def test_the_copy_that_was_kept_is_the_way_back(
    data_dir: Path, engine: Engine, api: Api
) -> None:
    async with engine.running():
        assert (await api("GET", "/printers"))["total"] == 3
    [copy] = (data_dir / "backups").iterdir()
    for suffix in ("", "-wal", "-shm"):
        (data_dir / f"odin.db{suffix}").unlink(missing_ok=True)
    copy.rename(data_dir / "odin.db")
    before = _dump(data_dir / "odin.db")
    with closing(sqlite3.connect(data_dir / "first.db")) as first:
        first.executescript((FIRST / "odin.sql").read_text())
    assert before == _dump(data_dir / "first.db")
    async with engine.running():
        assert (await api("GET", "/printers"))["total"] == 3


async def _people_get_in(engine: Engine) -> None:
    for name, password in _TOLD["passwords"].items():
        jar = aiohttp.CookieJar(unsafe=True)  # The engine has no name but its address.
        async with aiohttp.ClientSession(engine.base, cookie_jar=jar) as browser:
            body = {"name": name, "password": password}
            async with browser.post("/api/v1/auth/login", json=body) as answer:
                assert answer.status == 200, name
            async with browser.get("/api/v1/alerts") as answer:
                assert answer.status == 200, name
    statuses = {}
    for name in _TOLD["tokens"]:
        async with _session(engine, name) as session:
            for path in ("printers", "users"):
                async with session.get(f"/api/v1/{path}") as answer:
                    statuses[name, path] = answer.status
    assert statuses == {
        ("admin", "printers"): 200,
        ("admin", "users"): 200,
        ("grafana", "printers"): 200,
        ("grafana", "users"): 403,
        ("yearly", "printers"): 200,
        ("yearly", "users"): 403,
        ("revoked", "printers"): 401,
        ("revoked", "users"): 401,
        ("api", "printers"): 200,
        ("api", "users"): 403,
    }


_WHEN = "?since=2026-11-20T14:00:00Z&until=2026-11-20T15:00:00Z"


async def _all(api: Api, path: str) -> list[dict[str, Any]]:
    when = _WHEN if path.endswith("environment") else "?limit=200"
    items: list[dict[str, Any]] = (
        await api("GET", path + ("" if path == "/settings" else when))
    )["items"]
    return items


def _of(name: str, what: str) -> str:
    return f"/printers/{_TOLD['ids'][name]}/{what}"


def _url(database: Path) -> str:
    return f"sqlite+aiosqlite:///{database}"


def _counts(path: Path) -> Iterator[tuple[str, int]]:
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            counted = database.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - ours
            yield table, counted.fetchone()[0]


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


def _migrations_until(folder: Path, newest: str) -> Path:
    """Copies the migrations up to a revision, as if there were no later ones yet."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (folder / "versions").glob("*.py"):
        if file.name[: len(newest)] > newest:
            file.unlink()
    return folder


async def _differences(url: str) -> list[Any]:
    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[Any] = compare_metadata(context, whole_schema())
        return found

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(compare)
    await engine.dispose()
    return differences


async def _odin(log: Path, data_dir: Path, *words: str) -> int:
    """Runs a command to its end; what it said is added to the log."""
    environment: Mapping[str, str] = os.environ | {"ODIN_DATA_DIR": str(data_dir)}
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "odin_engine", *words),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    async with asyncio.timeout(60):
        return await process.wait()
