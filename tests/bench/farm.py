"""A whole engine with printers that need no machine: `python -m tests.bench.farm N`.

Serves on a free port of 127.0.0.1, prints one line of JSON (`port`, `token`), then
changes each printer once a second, evenly spread. `job.stage_text` says when, as
`time.monotonic_ns`, which all processes of a machine share. With the word `jobs` behind
it every second change is of `job.name`, which says when as well, and the others are of
numbers alone: then the bed's temperature is `time.monotonic` modulo 100.
"""

import asyncio
import gc
import json
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import uvicorn
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from odin_engine.app import create_app, engine
from odin_engine.identity.model import ACT_AS, Permission, Role
from odin_engine.identity.service import Identity, NewToken, NewUser
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.http import provided
from odin_engine.kernel.migrate import migrate
from odin_engine.kernel.secrets import load_secrets
from odin_engine.kernel.settings import load_settings
from odin_engine.live.wire import MAX_MESSAGE_BYTES
from odin_engine.printers.model import (
    Activity,
    Camera,
    CameraKind,
    Capabilities,
    Control,
    Detector,
    Fans,
    FilamentUnit,
    Firmware,
    FirmwareModule,
    Heat,
    Job,
    Light,
    LightMode,
    LinkStatus,
    Model,
    Nozzle,
    PrinterState,
    Slot,
    SlotRef,
    Speed,
    SpeedLevel,
    Temperatures,
    UnitKind,
)
from odin_engine.printers.service import Printers

USER = "bench"
PASSWORD = "Correct-Horse-9"

_DISCARD_PORT = 9

type _Change = Callable[[PrinterState, int, int], PrinterState]
"""Makes the next state from the last, how many changes there were, and how many rounds."""


@dataclass(frozen=True, slots=True)
class Farm:
    """Where a farm listens, and what opens it."""

    port: int
    token: str


@asynccontextmanager
async def farm(printers: int, *words: str) -> AsyncIterator[Farm]:
    """Runs one in a process of its own."""
    with tempfile.TemporaryFile() as complaints:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.bench.farm",
            str(printers),
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
        )
        try:
            assert process.stdout is not None
            line = await process.stdout.readline()
            if not line:
                complaints.seek(0)
                raise RuntimeError(complaints.read().decode())
            yield Farm(**json.loads(line))
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def registration(number: int) -> dict[str, Any]:
    """Returns what registers a printer at an address where nobody listens.

    It is one of this machine: a benchmark knocks at no door of the house it runs in.
    """
    return {
        "name": f"Printer {number:03}",
        "family": "bambu",
        "host": "127.0.0.1",
        "ports": {"mqtt": _DISCARD_PORT, "ftps": _DISCARD_PORT},
        "serial": f"00M00A{number:09}",
        "secret": "12345678",
        "is_enabled": False,
    }


def busy_state() -> PrinterState:
    """Returns a machine with two units, in the middle of a print."""
    units = tuple(
        FilamentUnit(
            id=unit,
            kind=UnitKind.AMS,
            name=f"AMS {'AB'[unit]}",
            slots=tuple(_slot(number) for number in range(4)),
            temperature_c=27.1,
            humidity_pct=12,
            humidity_level=5,
            serial=f"00600A00000000{unit}",
            firmware="00.00.06.49",
        )
        for unit in range(2)
    )
    modules = tuple(
        FirmwareModule(name, "01.08.02.00", "AP05", f"00M00A{name}")
        for name in ("ota", "mc", "th", "ams/0", "ams/1", "ap", "xm")
    )
    return PrinterState(
        link=LinkStatus.ONLINE,
        control=Control.ALLOWED,
        activity=Activity.PRINTING,
        job=Job(
            name="bracket",
            file="/data/Metadata/plate_1.gcode",
            plate=1,
            external_id="1097",
            source="cloud",
            progress_pct=42,
            remaining_s=4680,
            layer=24,
            total_layers=75,
            stage="printing",
        ),
        temperatures=Temperatures(
            (Heat(275.0, 275.0),), Heat(105.0, 105.0), Heat(38.0)
        ),
        fans=Fans(20, 0, 0, 100),
        speed=Speed(SpeedLevel.STANDARD, 100),
        lights=(Light("chamber", LightMode.ON),),
        nozzles=(Nozzle(0, 0.4, "hardened_steel", is_active=True),),
        filament_units=units,
        active_slot=SlotRef(0, 0),
        detectors=(Detector("spaghetti", is_enabled=True),),
        cameras=(Camera("chamber", CameraKind.RTSPS),),
        firmware=Firmware("01.08.02.00", modules=modules),
        model=Model("bambu", "BL-P001", "X1 Carbon", "Bambu Lab", "00M00A000000000"),
        capabilities=Capabilities(("pause", "resume", "stop"), nozzle_max_c=300),
        wifi_dbm=-44,
    )


def _slot(number: int) -> Slot:
    return Slot(
        id=number,
        is_occupied=True,
        is_active=number == 0,
        material="PLA",
        preset_id="GFA00",
        product="PLA Basic",
        color="#112233FF",
        colors=("#112233FF",),
        remaining_pct=60,
        spool_weight_g=1000,
        diameter_mm=1.75,
        nozzle_min_c=190,
        nozzle_max_c=230,
        tag_uid="1122334455667788",
        spool_uid="11223344556677881122334455667788",
    )


@asynccontextmanager
async def whole_engine(folder: Path) -> AsyncIterator[FastAPI]:
    """Runs an engine in this process, without a server; its data is in `folder`."""
    settings = load_settings(data_dir=folder, allow_loopback=True)
    secrets = load_secrets(folder)
    await migrate(settings.database_url, folder, SystemClock())
    app = create_app(settings, secrets)
    async with engine(settings, secrets, app):
        yield app


def printers_of(app: FastAPI) -> Printers:
    """Returns the printers behind an app."""
    return provided(_connection(app), Printers)


def identity_of(app: FastAPI) -> Identity:
    """Returns the users and tokens behind an app."""
    return provided(_connection(app), Identity)


async def _run(count: int, folder: Path, change: _Change) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with whole_engine(folder) as app:
            config = uvicorn.Config(
                app,
                lifespan="off",
                log_level="warning",
                ws_max_size=MAX_MESSAGE_BYTES,
                ws_per_message_deflate=False,
            )
            await _populate(app, count, listening.getsockname()[1])
            gc.freeze()
            keep_changing = asyncio.create_task(_keep_changing(app, change))
            await uvicorn.Server(config).serve([listening])
            keep_changing.cancel()


async def _populate(app: FastAPI, count: int, port: int) -> None:
    identity = identity_of(app)
    user = await identity.users.create(NewUser(USER, Role.ADMIN, PASSWORD))
    wanted = NewToken("bench", frozenset({*Permission, ACT_AS}))
    issued = await identity.tokens.issue(user.id, wanted)
    printers = printers_of(app)
    for number in range(count):
        printer = await printers.registry.add(registration(number))
        printers.observe(printer.id, busy_state())
    click.echo(json.dumps({"port": port, "token": issued.secret}))


async def _keep_changing(app: FastAPI, change: _Change) -> None:
    printers = printers_of(app)
    ids = list(printers.views())
    began, step = time.monotonic(), 0
    while True:
        step += 1
        due = began + step / len(ids)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        printer_id = ids[step % len(ids)]
        state = printers.view(printer_id).state
        printers.observe(printer_id, change(state, step, step // len(ids)))


def _change(state: PrinterState, step: int, _: int) -> PrinterState:
    assert state.job is not None
    job = replace(state.job, stage_text=str(time.monotonic_ns()))
    warm = Temperatures(
        (Heat(275.0 + step % 3, 275.0),), state.temperatures.bed, Heat(38.0)
    )
    return replace(state, job=job, temperatures=warm)


def _change_by_turns(state: PrinterState, step: int, round_: int) -> PrinterState:
    assert state.job is not None
    if (step + round_) % 2:
        job = replace(state.job, name=str(time.monotonic_ns()))
        return replace(state, job=job)
    now = Heat(time.monotonic() % 100)
    warm = replace(state.temperatures, bed=now)
    return replace(state, temperatures=warm)


def _connection(app: FastAPI) -> HTTPConnection:
    return HTTPConnection({"type": "http", "app": app})


def main() -> None:
    """Serves until SIGTERM."""
    with tempfile.TemporaryDirectory() as folder:
        config = uvicorn.Config("")
        runner = asyncio.Runner(loop_factory=config.get_loop_factory())
        with runner:
            change = _change_by_turns if "jobs" in sys.argv else _change
            runner.run(_run(int(sys.argv[1]), Path(folder), change))


if __name__ == "__main__":
    main()
