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
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from pathlib import Path

import aiohttp
import click

from odin_engine.cli.address import check_address
from odin_engine.cli.demo_engine import USER, Machine, signed_in, tend_plates
from odin_engine.cli.simulate import CONTROL_FILE
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.lock import InUse, exclusive
from odin_engine.simulator.farm import FIRST_PORT
from odin_engine.simulator.kinds import BAMBU

_FARM = Path(__file__).parents[1] / "simulator" / "farms" / "demo.yaml"
_FIRST_TRIED, _TRIED = 8710, 10
_PATIENCE_S = 60.0
_POLITE_S = 10.0


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help=f"Where the engine listens. The first free from {_FIRST_TRIED} if left out.",
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
    type=click.IntRange(1024, 60000),
    help="Port of the first simulated printer; each takes the next few. The first"
    f" free block from {FIRST_PORT} if left out.",
)
@click.option(
    "--address-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the engine's address once everything runs.",
)
def demo(
    port: int | None,
    folder: Path,
    farm: Path,
    farm_port: int | None,
    address_file: Path | None,
) -> None:
    """Runs the engine with a farm of simulated printers. Ctrl-C stops it."""
    folder = folder.resolve()
    (folder / "farm").mkdir(parents=True, exist_ok=True)
    try:
        with exclusive(folder):
            run = _run(_usable(port), folder, farm.resolve(), farm_port, address_file)
            asyncio.run(_until_told(run))
    except InUse as error:
        raise click.ClickException(f"A demo runs on {folder} already.") from error
    except OdinError as error:
        raise click.ClickException(error.message) from error
    click.echo("Stopped.")


def _usable(port: int | None) -> int:
    """Returns the port that is wanted, or without a wish one that is free.

    Raises:
        Refused: nobody can listen there.
    """
    if port is not None:
        check_address("127.0.0.1", port)
        return port
    for candidate in range(_FIRST_TRIED, _FIRST_TRIED + _TRIED):
        with contextlib.suppress(OdinError):
            check_address("127.0.0.1", candidate)
            return candidate
    return _usable(_FIRST_TRIED)


async def _until_told(work: Coroutine[object, object, None]) -> None:
    """Does the work until it ends or somebody wants a stop; more signals change nothing."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    told = asyncio.Event()

    def stop() -> None:
        if not told.is_set():
            told.set()
            click.echo("\nStopping …")
            task.cancel()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _run(
    port: int,
    folder: Path,
    farm: Path,
    farm_port: int | None,
    address_file: Path | None,
) -> None:
    environment = os.environ | {
        "ODIN_DATA_DIR": str(folder / "engine"),
        "ODIN_HOST": "127.0.0.1",
        "ODIN_PORT": str(port),
        "ODIN_ALLOW_LOOPBACK": "true",
        "ODIN_DISCOVERY_ADDRESS": "127.0.0.1",
        "ODIN_LOG_LEVEL": os.environ.get("ODIN_LOG_LEVEL", "warning"),
    }
    addresses = folder / "farm" / "printers.json"
    addresses.unlink(missing_ok=True)
    click.echo("Starting the simulated printers …")
    simulate = ["simulate", str(farm), "--state-dir", str(folder / "farm")]
    simulate += ["--addresses", str(addresses), "--continue"]
    if farm_port is not None:
        simulate += ["--first-port", str(farm_port)]
    async with _process(*simulate, env=environment) as sim:
        await _until(addresses.exists, sim)
        machines: list[Machine] = json.loads(addresses.read_text())
        control_port = int((folder / "farm" / CONTROL_FILE).read_text())
        password = _read(folder / "password")
        if password is None:
            password = await _create_user(environment)
            _keep(folder / "password", password)
        click.echo("Starting the engine …")
        base = f"http://127.0.0.1:{port}"
        async with _process("serve", env=environment) as engine:
            await _until_healthy(base, engine)
            async with signed_in(base, password) as session:
                to_find = await session.register(machines)
            click.echo(_welcome(base, password, machines, to_find))
            click.echo(_how_to_control(control_port, machines))
            if address_file is not None:
                _keep(address_file, base)
            async with asyncio.TaskGroup() as group:
                work = tend_plates(base, password, machines, control_port)
                tending = group.create_task(work)
                await _first_end(sim, engine)
                tending.cancel()
    raise click.ClickException("A part of the demo stopped; see the lines above.")


def _welcome(
    base: str,
    password: str,
    machines: Sequence[Machine],
    to_find: Sequence[Machine],
) -> str:
    lines = [
        "",
        f"  O.D.I.N. is at   {base}",
        f"  User             {USER}",
        f"  Password         {password}",
        f"  API description  {base}/api/docs",
        "",
        f"{len(machines) - len(to_find)} simulated printers are registered.",
    ]
    if to_find:
        lines.append(f"{len(to_find)} more are on the network, to be found and added:")
    for each in to_find:
        name = f"{each['name']} ({each['model']})"
        word = "access code" if each["family"] == BAMBU else "key"
        needed = f"{word} {each['secret']}" if each["secret"] else "needs no key"
        lines.append(f"  {name:<28} {needed}")
    return "\n".join(lines)


def _how_to_control(control_port: int, machines: Sequence[Machine]) -> str:
    name = machines[0]["name"] if machines else "PRINTER"
    # As it was called itself: `odin` need not be on the PATH.
    odin = sys.argv[0] if Path(sys.argv[0]).name == "odin" else "odin"
    return (
        f"Make one go wrong: `{odin} misbehave {name} fault`; `{odin} misbehave --list`"
        f" tells more (control port {control_port}).\n\n"
        "Ctrl-C stops the demo; another start continues it.\n"
    )


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
        # A Ctrl-C at the terminal is for the demo, which stops its parts in order.
        process_group=0,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _POLITE_S)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _until(is_done: Callable[[], bool], process: Process) -> None:
    with _patience("The simulated printers did not start in time."):
        async with asyncio.timeout(_PATIENCE_S):
            while not is_done():
                _check_runs(process)
                await asyncio.sleep(0.05)


async def _until_healthy(base: str, engine: Process) -> None:
    with _patience("The engine did not start in time."):
        async with asyncio.timeout(_PATIENCE_S), aiohttp.ClientSession(base) as session:
            while True:
                _check_runs(engine)
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    async with session.get("/healthz") as answer:
                        if answer.ok:
                            return
                await asyncio.sleep(0.05)


@contextlib.contextmanager
def _patience(complaint: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise click.ClickException(complaint) from error


def _check_runs(process: Process) -> None:
    if process.returncode is not None:
        raise click.ClickException("A part of the demo stopped; see the lines above.")


def _read(file: Path) -> str | None:
    return file.read_text().strip() if file.exists() else None


def _keep(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)


async def _create_user(environment: dict[str, str]) -> str:
    """Creates the demo's user; returns the password."""
    password = f"Demo-{secrets.token_urlsafe(9)}-1"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "odin_engine", "user", "create", USER),
        *("--role", "admin", "--password-stdin"),
        env=environment,
        stdin=PIPE,
        stdout=DEVNULL,
    )
    await process.communicate(password.encode())
    if process.returncode != 0:
        raise click.ClickException("The demo's user could not be created; see above.")
    return password


async def _first_end(*processes: Process) -> None:
    """Waits until a process ends by itself."""
    waits = [asyncio.ensure_future(process.wait()) for process in processes]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
