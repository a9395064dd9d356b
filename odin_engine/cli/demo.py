"""`odin demo`: the engine and a simulated farm, ready to look at. No printer needed.

Everything lives below one folder, so that a second start continues the first.
"""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import click

from odin_engine.cli.address import check_address
from odin_engine.kernel.errors import OdinError
from odin_engine.simulator.farm import FIRST_PORT

_USER = "demo"
_FARM = Path(__file__).parents[1] / "simulator" / "farms" / "demo.yaml"
_PATIENCE_S = 30.0


@click.command()
@click.option(
    "--port", default=8710, show_default=True, help="Where the engine listens."
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".cache/demo"),
    show_default=True,
    help="Where the demo keeps its data.",
)
@click.option(
    "--farm",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    default=_FARM,
    help="The farm to simulate.",
)
@click.option(
    "--farm-port",
    type=int,
    default=FIRST_PORT,
    show_default=True,
    help="Port of the first simulated printer; each takes the next five.",
)
def demo(port: int, folder: Path, farm: Path, farm_port: int) -> None:
    """Runs the engine with a farm of simulated printers. Ctrl-C stops it."""
    try:
        check_address("127.0.0.1", port)
    except OdinError as error:
        raise click.ClickException(error.message) from error
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_run(port, folder.resolve(), farm, farm_port))


async def _run(port: int, folder: Path, farm: Path, farm_port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    (folder / "farm").mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "ODIN_DATA_DIR": str(folder / "engine"),
        "ODIN_HOST": "127.0.0.1",
        "ODIN_PORT": str(port),
        "ODIN_ALLOW_LOOPBACK": "true",
        "ODIN_LOG_LEVEL": os.environ.get("ODIN_LOG_LEVEL", "warning"),
    }
    addresses = folder / "farm" / "printers.json"
    addresses.unlink(missing_ok=True)
    click.echo("Starting the simulated printers …")
    simulate = ["simulate", str(farm), "--state-dir", str(folder / "farm")]
    simulate += ["--first-port", str(farm_port)]
    async with _process(
        *simulate, "--addresses", str(addresses), env=environment
    ) as sim:
        await _until(addresses.exists, sim)
        password = _read(folder / "password")
        if password is None:
            password = await _create_user(environment)
            _keep(folder / "password", password)
        click.echo("Starting the engine …")
        async with _process("serve", env=environment) as engine:
            base = f"http://127.0.0.1:{port}"
            added = await _register(
                base, password, json.loads(addresses.read_text()), engine
            )
            click.echo(
                f"\n  O.D.I.N. is at   {base}\n"
                f"  User             {_USER}\n"
                f"  Password         {password}\n"
                f"  API description  {base}/api/docs\n\n"
                f"{added} Ctrl-C stops the demo; another start continues it.\n"
            )
            await _first_of(stop, sim, engine)
    click.echo("Stopped.")


@contextlib.asynccontextmanager
async def _process(*arguments: str, env: dict[str, str]) -> AsyncIterator[Process]:
    """Runs another `odin` command and ends it politely, at the latest after 10 s."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "odin_engine",
        *arguments,
        env=env,
        stdout=DEVNULL,
        stdin=DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _until(is_done: Callable[[], bool], process: Process) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not is_done():
            if process.returncode is not None:
                raise click.ClickException(
                    "A part of the demo stopped; see the lines above."
                )
            await asyncio.sleep(0.05)


def _read(file: Path) -> str | None:
    return file.read_text().strip() if file.exists() else None


def _keep(file: Path, password: str) -> None:
    file.touch(mode=0o600)
    file.write_text(password)


async def _create_user(environment: dict[str, str]) -> str:
    """Creates the demo's user; returns the password."""
    password = f"Demo-{secrets.token_urlsafe(9)}-1"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "odin_engine", "user", "create", _USER),
        *("--role", "admin", "--password-stdin"),
        env=environment,
        stdin=PIPE,
        stdout=DEVNULL,
    )
    await process.communicate(password.encode())
    if process.returncode != 0:
        raise click.ClickException("The demo's user could not be created; see above.")
    return password


async def _register(
    base: str, password: str, machines: list[dict[str, Any]], engine: Process
) -> str:
    """Adds the simulated machines that the engine does not know yet, over its API."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(base, cookie_jar=jar) as session:
        await _until_healthy(session, engine)
        login = {"name": _USER, "password": password}
        async with session.post("/api/v1/auth/login", json=login) as answer:
            csrf = (await _json(answer))["csrf_token"]
        async with session.get("/api/v1/printers", params={"limit": "200"}) as answer:
            known = {
                printer["serial"]: printer for printer in (await _json(answer))["items"]
            }
        for machine in machines:
            body = {
                "name": machine["name"],
                "family": "bambu",
                "host": machine["host"],
                "serial": machine["serial"],
                "secret": machine["access_code"],
                "ports": machine["ports"],
            }
            headers = {"X-CSRF-Token": csrf}
            if (printer := known.get(machine["serial"])) is None:
                async with session.post(
                    "/api/v1/printers", json=body, headers=headers
                ) as answer:
                    await _json(answer)
            elif printer["ports"] != machine["ports"]:
                headers["If-Match"] = f'"{printer["version"]}"'
                place = f"/api/v1/printers/{printer['id']}"
                async with session.patch(
                    place, json={"ports": machine["ports"]}, headers=headers
                ) as answer:
                    await _json(answer)
    return f"{len(machines)} simulated printers are registered."


async def _until_healthy(session: aiohttp.ClientSession, engine: Process) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while engine.returncode is None:
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with session.get("/healthz") as answer:
                    if answer.ok:
                        return
            await asyncio.sleep(0.05)
    raise click.ClickException("The engine did not start; see the lines above.")


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    body = await answer.json(content_type=None)
    if not answer.ok:
        raise click.ClickException(
            f"The engine said {answer.status}: {body.get('detail')}"
        )
    assert isinstance(body, dict)  # noqa: S101 - narrows the type
    return body


async def _first_of(stop: asyncio.Event, *processes: Process) -> None:
    waits: list[asyncio.Task[object]] = [asyncio.create_task(stop.wait())]
    waits += [asyncio.create_task(process.wait()) for process in processes]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
