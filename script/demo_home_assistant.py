"""The demo inside Home Assistant: `script/demo --home-assistant`.

Runs `odin demo`, and beside it a Home Assistant that is onboarded and has the engine. Both
keep their data below the demo's folder, so that a second start continues the first.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from script.home_assistant import RESTART_EXIT_CODE, HomeAssistant
from script.home_assistant_person import Failed, Person
from script.home_assistant_steps import (
    add_dashboard,
    add_engine,
    add_user,
    entries,
    move_engine,
    until_loaded,
)

_FIRST_TRIED, _TRIED = 8123, 10
_PATIENCE_S = 120.0
_POLITE_S = 30.0
_LOOK_EVERY_S = 0.2
_OWNER, _GUEST = "demo", "guest"


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".cache/demo"),
    show_default=True,
    help="Where the demo keeps its data.",
)
@click.option(
    "--home-assistant-port",
    "port",
    type=click.IntRange(1, 65535),
    help=f"Where Home Assistant listens. The first free from {_FIRST_TRIED} if left out.",
)
@click.argument("others", nargs=-1, type=click.UNPROCESSED)
def main(folder: Path, port: int | None, others: tuple[str, ...]) -> None:
    """Runs the demo inside a Home Assistant. Ctrl-C stops it.

    What is not listed goes to `odin demo`, such as --port of the engine.
    """
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _told)
    folder = folder.resolve()
    try:
        port = _usable(port)
        with contextlib.suppress(_Told), _demo(folder, others) as (demo, engine):
            _run(folder, port, demo, engine)
    except Failed as error:
        raise click.ClickException(str(error)) from error


class _Told(Exception):
    """Somebody wants a stop."""


def _told(_number: int, _frame: FrameType | None) -> NoReturn:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    click.echo("\nStopping Home Assistant …")
    raise _Told


def _usable(port: int | None) -> int:
    """Returns the port that is wanted, or without a wish one that is free."""
    wanted = range(_FIRST_TRIED, _FIRST_TRIED + _TRIED) if port is None else [port]
    for candidate in wanted:
        with (
            contextlib.suppress(OSError),
            socket.create_server(("127.0.0.1", candidate)),
        ):
            return candidate
    raise Failed(
        f"Home Assistant cannot listen on port {wanted[0]}, as something else does"
        " already. Choose another with --home-assistant-port."
    )


@contextlib.contextmanager
def _demo(
    folder: Path, others: tuple[str, ...]
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Runs `odin demo`; yields it and the engine's address once the engine is up."""
    with tempfile.TemporaryDirectory() as private:
        address = Path(private) / "address"
        process = subprocess.Popen(  # noqa: S603 - our own program
            [
                *(sys.executable, "-m", "odin_engine", "demo", *others),
                *("--dir", folder, "--address-file", address),
            ],
            stdin=subprocess.DEVNULL,
            # A Ctrl-C at the terminal is for us, who stop the parts in order.
            process_group=0,
        )
        try:
            deadline = time.monotonic() + _PATIENCE_S
            while not (address.exists() and address.read_text()):
                if process.poll() is not None:
                    raise Failed("The engine did not start; see the lines above.")
                if time.monotonic() > deadline:
                    raise Failed("The engine did not start in time.")
                _wait()
            yield process, address.read_text()
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLITE_S)


def _run(
    folder: Path, port: int, demo: subprocess.Popen[bytes], engine: str
) -> NoReturn:
    """Runs Home Assistant, again where it asks for it, until a part ends."""
    password = (folder / "password").read_text().strip()
    home = HomeAssistant(folder / "home-assistant", port)
    try:
        click.echo("Starting Home Assistant …")
        home.start()
        with home.enter(_OWNER, password) as owner:
            has_cards = _furnish(owner, folder, engine, password)
        click.echo(_welcome(home, password, has_cards=has_cards))
        while demo.poll() is None:
            if home.exit_code == RESTART_EXIT_CODE:
                home.start()
            elif home.exit_code is not None:
                raise Failed(f"Home Assistant ended by itself; see {home.log}")
            _wait()
        raise Failed("A part of the demo stopped; see the lines above.")
    finally:
        home.stop()


def _furnish(owner: Person, folder: Path, engine: str, password: str) -> bool:
    """Gives Home Assistant the engine, a guest and a dashboard; returns whether cards."""
    found = entries(owner)
    if found:
        entry_id = found[0]["entry_id"]
        move_engine(owner, entry_id, engine)
    else:
        entry_id = add_engine(owner, engine, _make_token(folder))
    until_loaded(owner, entry_id)
    add_user(owner, _GUEST, password)
    return add_dashboard(owner)


def _make_token(folder: Path) -> str:
    scopes = ("--scope", "all", "--scope", "act-as")
    made = subprocess.run(  # noqa: S603 - our own program
        [
            *(sys.executable, "-m", "odin_engine", "token", "create"),
            *("home-assistant", "--user", _OWNER, *scopes),
        ],
        env=os.environ | {"ODIN_DATA_DIR": str(folder / "engine")},
        text=True,
        capture_output=True,
        check=False,
    )
    for word in made.stdout.split():
        if word.startswith("odin_"):
            return word
    raise Failed(f"The engine gave no token: {made.stderr.strip()}")


def _welcome(home: HomeAssistant, password: str, *, has_cards: bool) -> str:
    lines = [
        "",
        f"  Home Assistant is at  {home.base}",
        f"  Administrator         {_OWNER}",
        f"  Someone else          {_GUEST}",
        f"  Password of both      {password}",
        "",
    ]
    if has_cards:
        lines += [
            "O.D.I.N. is in the sidebar, and a dashboard with its cards: Print farm.",
            "",
        ]
    else:
        lines += ["Panel and cards are not built: `script/panel` builds them.", ""]
    lines += ["Ctrl-C stops both; another start continues them.", ""]
    return "\n".join(lines)


def _wait() -> None:
    time.sleep(_LOOK_EVERY_S)  # noqa: TID251 - another process decides


if __name__ == "__main__":
    main()
