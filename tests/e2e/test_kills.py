"""`kill -9` at moments that dice choose, of the engine and of the farm, again and again.

Afterwards everything has recovered by itself, and what the engine remembers is compared
with what the machines truly did (`witness`). `ODIN_KILLS` says how often (4),
`ODIN_KILLS_SEED` throws other dice.
"""

import asyncio
import os
import random
import re
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import Api, Engine
from tests.e2e.processes import free_port, free_ports, read_json, until_healthy
from tests.e2e.truth import Span, Witnessed, read_diary

KILLS = int(os.environ.get("ODIN_KILLS", "4"))
SEED = int(os.environ.get("ODIN_KILLS_SEED", "7"))
_PATIENCE_S = 60.0
_FACTOR = 120
_FARM = f"""
clock_factor: {_FACTOR}
printers:
  - {{name: Ada, model: X1C}}
  - {{name: Brunel, model: P1S}}
  - {{name: Curie, model: A1 mini}}
  - {{name: Durer, model: P1S}}
  - {{name: Eiffel, model: A1}}
  - {{name: Franklin, model: P1P}}
"""
_WELL_BEFORE = 0.75
"""How many kills wait until all machines are heard; the others may hit the start."""
_TABLES = ("print_runs", "printer_faults", "printer_nozzles", "alerts", "outbox")
_MARGIN_S = 3.0
"""What a busy computer may take from a login to the first report, and to a commit."""
_SETTLES_S = 7.0
"""A FAILED waits six seconds for the code that calls it a cancel."""
_LINK_LINE = re.compile(r" (\w+) +odin_engine\.printers\.service\.fleet: (\w+): (.+)$")


class Killable:
    """An `odin` or test process that is killed and started again, with a log each time."""

    def __init__(self, folder: Path, name: str, *arguments: str, **env: str) -> None:
        self._folder, self._name = folder, name
        self._arguments, self._environment = arguments, os.environ | env
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0
        self.lives: list[Span] = []

    @property
    def logs(self) -> list[str]:
        """What each life wrote."""
        files = [self._folder / f"{self._name}-{n + 1}.log" for n in range(self.starts)]
        return [file.read_text() for file in files]

    async def start(self) -> None:
        self.starts += 1
        arguments = [each.format(start=self.starts) for each in self._arguments]
        with (self._folder / f"{self._name}-{self.starts}.log").open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *arguments),
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.lives.append(Span(time.monotonic()))

    async def end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            self.lives[-1].ended_s = time.monotonic()
            async with asyncio.timeout(15):
                await self.process.wait()


class News:
    """Keeps what the live socket tells, over every life of the engine."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.events: list[dict[str, Any]] = []

    async def listen(self) -> None:
        """Connects as often as it must, until cancelled."""
        while True:
            try:
                async with self._api.session.ws_connect("/api/v1/ws") as socket:
                    topics = ["printers"]
                    await socket.send_json({"type": "subscribe", "topics": topics})
                    async for message in socket:
                        told = message.json()
                        if told["type"] == "event":
                            self.events.append(told)
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


@dataclass
class Scene:
    """Both processes, and what is around them."""

    folder: Path
    engine: Killable
    farm: Killable
    api: Api
    news: News
    base: str

    async def trouble(self, dice: random.Random) -> None:
        """Kills and starts again, as often as `KILLS` says."""
        turns = [[self.engine], [self.engine], [self.farm], [self.engine, self.farm]]
        for kill in range(KILLS):
            if kill % len(turns) == 0:
                dice.shuffle(turns)
            victims = turns[kill % len(turns)]
            if dice.random() < _WELL_BEFORE:
                await self._well()
            await asyncio.sleep(dice.uniform(0.1, 4.0))
            for victim in victims:
                await victim.end(signal.SIGKILL)
            await asyncio.sleep(dice.choice((0.0, dice.uniform(0.0, 3.0))))
            for victim in dice.sample(victims, len(victims)):
                await victim.start()

    async def calm(self) -> dict[str, Witnessed]:
        """Waits until all is well by itself and no print runs; returns what happened."""
        await self._well()
        assert self.farm.process is not None
        # Not earlier: it would end a farm that is still starting.
        self.farm.process.send_signal(signal.SIGUSR1)
        diary = self.folder / "diary.jsonl"
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                seen = await asyncio.to_thread(read_diary, diary)
                if all(each.is_over for each in seen.values()):
                    break
                await asyncio.sleep(0.3)
        await self._until(
            lambda printer: (
                printer["link"] == "online"
                and printer["activity"] in {"idle", "finished", "failed", "cancelled"}
            )
        )
        return seen

    async def _well(self) -> None:
        assert self.engine.process is not None
        await until_healthy(self.base, self.engine.process)
        await self._until(lambda printer: printer["link"] == "online")

    async def _until(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                shown = (await self.api("GET", "/printers"))["items"]
                if all(map(condition, shown)):
                    return
                await asyncio.sleep(0.2)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A farm and an engine that knows it, both running, one nozzle in each machine."""
    plan = tmp_path / "farm.yaml"
    plan.write_text(_FARM)
    ports, port = free_ports(30), free_port()
    farm = Killable(
        tmp_path,
        "farm",
        *("tests.e2e.witness", str(plan), "--folder", str(tmp_path)),
        *("--first-port", str(ports), "--boot", "{start}", "--seed", str(SEED)),
    )
    data_dir = tmp_path / "data"
    settings = {"ODIN_DATA_DIR": str(data_dir), "ODIN_ALLOW_LOOPBACK": "true"}
    engine = Killable(
        tmp_path, "engine", *("odin_engine", "serve", "--port", str(port)), **settings
    )
    token = await Engine(tmp_path).token()
    base, headers = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {token}"}
    try:
        async with aiohttp.ClientSession(base, headers=headers) as session:
            api = Api(session)
            scene = Scene(tmp_path, engine, farm, api, News(api), base)
            await farm.start()
            await engine.start()
            assert engine.process is not None
            await until_healthy(base, engine.process)
            for machine in await read_json(tmp_path / "addresses.json"):
                body = {"name": machine["name"], "family": "bambu"}
                body |= {"host": machine["host"], "serial": machine["serial"]}
                body |= {"secret": machine["access_code"], "ports": machine["ports"]}
                printer = await api("POST", "/printers", json=body)
                nozzle = {"head": 0, "diameter_mm": 0.4}
                await api("POST", f"/printers/{printer['id']}/nozzles", json=nozzle)
            yield scene
    finally:
        await engine.end(signal.SIGTERM)
        await farm.end(signal.SIGTERM)


@pytest.mark.timeout(150 + 20 * KILLS)
async def test_kills_at_any_moment_double_and_lose_nothing(scene: Scene) -> None:
    listening = asyncio.create_task(scene.news.listen())
    await scene.trouble(random.Random(SEED))  # noqa: S311 - no secret
    seen = await scene.calm()
    serials = {
        each["id"]: each["serial"]
        for each in (await scene.api("GET", "/printers"))["items"]
    }
    listening.cancel()
    await scene.engine.end(signal.SIGTERM)
    await scene.farm.end(signal.SIGTERM)
    with closing(sqlite3.connect(scene.folder / "data" / "odin.db")) as database:
        database.row_factory = sqlite3.Row
        memory = {
            table: [dict(row) for row in database.execute(f"SELECT * FROM {table}")]  # noqa: S608 - ours
            for table in _TABLES
        }
        assert [tuple(row) for row in database.execute("PRAGMA integrity_check")] == [
            ("ok",)
        ]
        assert list(database.execute("PRAGMA foreign_key_check")) == []
    for printer_id, serial in serials.items():
        mine = {
            table: [row for row in rows if row.get("printer_id") == printer_id]
            for table, rows in memory.items()
        }
        _check_prints(seen[serial], mine["print_runs"])
        _check_faults(seen[serial], mine["printer_faults"])
        _check_nozzle(seen[serial], mine["printer_nozzles"], mine["print_runs"])
        _check_alerts(seen[serial], mine["alerts"])
    assert [row for row in memory["outbox"] if row["state"] == "waiting"] == []
    _check_events(seen, scene.news.events)
    for log in scene.engine.logs:
        _check_log(log)
    for log in scene.farm.logs:
        assert "Traceback" not in log, log


def _check_prints(machine: Witnessed, rows: list[dict[str, Any]]) -> None:
    """Each print has one row or none, and the row says what is true or that it is unknown."""
    by_name = {row["name"]: row for row in rows}
    assert len(by_name) == len(rows), f"doubled: {[row['name'] for row in rows]}"
    truth = {each.name: each for each in machine.prints}
    assert by_name.keys() <= truth.keys()
    for name, each in truth.items():
        row, ended_s = by_name.get(name), each.ended_s
        assert ended_s is not None
        note = f"{each} heard {machine.heard}, remembered {row}"
        if row is None:
            assert not any(
                heard.covers(ended_s - _MARGIN_S, ended_s + _SETTLES_S)
                or heard.covers(each.began_s, each.began_s + _MARGIN_S)
                for heard in machine.heard
            ), note
            continue
        assert row["result"] in {each.result, "unknown"} or (
            # Found failed before the code came that calls it a cancel.
            (each.result, row["result"]) == ("cancelled", "failed")
            and not any(
                heard.covers(ended_s, ended_s + _MARGIN_S) for heard in machine.heard
            )
        ), note
        shown_until_s = each.next_began_s or ended_s + 60
        if each.result and any(
            heard.touches(ended_s, shown_until_s - _MARGIN_S)
            and (
                heard.ended_s is None
                or heard.ended_s > max(heard.began_s, ended_s) + _SETTLES_S
            )
            for heard in machine.heard
        ):
            assert row["result"] == each.result, note
        if any(
            heard.covers(each.began_s - _MARGIN_S, ended_s + _SETTLES_S)
            for heard in machine.heard
        ):
            assert row["was_seen_starting"], note
            assert row["result"] == (each.result or "unknown"), note


def _check_faults(machine: Witnessed, rows: list[dict[str, Any]]) -> None:
    """Each fault has one row at most, none open twice, and none that never was."""
    still = Counter(code for code, span in machine.faults if span.ended_s is None)
    opened = Counter(row["code"] for row in rows if row["cleared_at"] is None)
    assert opened == still
    true, remembered = (
        Counter(code for code, _ in machine.faults),
        Counter(row["code"] for row in rows),
    )
    assert remembered <= true, f"{machine.faults} remembered {rows}"
    surely = Counter(
        code
        for code, span in machine.faults
        if any(
            heard.covers(span.began_s - _MARGIN_S, span.began_s + _MARGIN_S)
            for heard in machine.heard
        )
        and (span.ended_s is None or span.ended_s > span.began_s + _MARGIN_S)
    )
    assert surely <= remembered, f"{machine.faults} remembered {rows}"


def _check_nozzle(
    machine: Witnessed, nozzles: list[dict[str, Any]], runs: list[dict[str, Any]]
) -> None:
    """A nozzle has the hours of its prints, and no print more than it moved."""
    [nozzle] = nozzles
    counted_s = sum(run["printing_s"] for run in runs)
    assert nozzle["printing_s"] == pytest.approx(counted_s)
    by_name = {run["name"]: run["printing_s"] for run in runs}
    for each in machine.prints:
        lives = sum(
            heard.touches(each.began_s, each.ended_s or 0) for heard in machine.heard
        )
        # A whole second is counted for each second in which it moves.
        most_s = each.moving_s + 1.2 * (each.moves + lives)
        if each.result != "finished":
            # While the reason of its end is awaited it counts as printing.
            most_s += _SETTLES_S
        assert by_name.get(each.name, 0.0) <= most_s, (each, by_name)


def _check_alerts(machine: Witnessed, rows: list[dict[str, Any]]) -> None:
    """A print and a plate are told of once, a fault as often as it came at most."""
    once = Counter(row["key"] for row in rows if row["kind"] in {"print", "plate"})
    assert all(times == 1 for times in once.values()), rows
    told = Counter[str]()
    for row in rows:
        if row["kind"] == "fault":
            told[row["fault_code"]] += row["count"]
    assert told <= Counter(code for code, _ in machine.faults), rows
    still = {code for code, span in machine.faults if span.ended_s is None}
    opened = {
        row["fault_code"]
        for row in rows
        if row["kind"] == "fault" and row["ended_at"] is None
    }
    assert opened == still, rows


def _check_events(seen: dict[str, Witnessed], events: list[dict[str, Any]]) -> None:
    """No print was told to begin or to end twice, in all lives of the engine together."""
    for kind in ("print_started", "print_ended"):
        told = Counter(
            (event["data"]["printer_id"], event["data"]["job"]["name"])
            for event in events
            if event["name"] == kind
        )
        assert not [name for name, times in told.items() if times > 1], told
    raised = sum(event["name"] == "fault_raised" for event in events)
    urgent = sum(event["name"] == "attention_needed" for event in events)
    true = sum(len(machine.faults) for machine in seen.values())
    assert raised <= true
    assert urgent <= true


def _check_log(log: str) -> None:
    """A link is logged when it changes and at no other time; nothing else went wrong."""
    last: dict[str, str] = {}
    for line in log.splitlines():
        assert "Traceback" not in line, log
        assert " ERROR " not in line, log
        assert " CRITICAL " not in line, log
        found = _LINK_LINE.search(line)
        if found is not None:
            _, name, link = found.groups()
            assert last.get(name) != link, f"twice: {line}\n{log}"
            last[name] = link
        else:
            assert " WARNING " not in line, line
    assert log.count("listening on") <= 1
