"""A private PostgreSQL server on loopback, where Debian's packages are installed."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest

_PORT_TRIES = 4
_FAST = ("fsync", "full_page_writes")
"""What makes a server survive a power cut: of no use where only processes are killed."""


class Postgres:
    """A server with its data in a folder of its own; the user is `odin`."""

    def __init__(self) -> None:
        initdb, pg_ctl = _find("initdb"), _find("pg_ctl")
        if initdb is None or pg_ctl is None:
            _absent("PostgreSQL (initdb, pg_ctl) is not installed")
        self._folder = Path(tempfile.mkdtemp(prefix="odin-postgres-"))
        as_user = _as_unprivileged_user(self._folder)
        self._data = self._folder / "data"
        data = str(self._data)
        _run([*as_user, initdb, "-D", data, "-U", "odin", "-A", "trust", "-E", "UTF8"])
        self._control = [*as_user, pg_ctl, "-D", data, "-w"]
        self._port = 0

    @property
    def url(self) -> str:
        """Its address, without a database."""
        return f"postgresql+asyncpg://odin@127.0.0.1:{self._port}"

    def start(self) -> None:
        """Starts it: on a free port the first time, on the same one afterwards.

        Another process may take a port between the look and the start.
        """
        for tries_left in reversed(range(_PORT_TRIES)):
            port = self._port or _free_port()
            options = [f"-p {port}", "-c listen_addresses=127.0.0.1"]
            options += [f"-c unix_socket_directories={self._folder}"]
            options += [f"-c {name}=off" for name in _FAST]
            words = ["-l", str(self._folder / "log"), "-o", " ".join(options), "start"]
            if _run([*self._control, *words], check=tries_left == 0).returncode == 0:
                self._port = port
                return

    def kill(self) -> None:
        """Kills it, so that it must recover when it starts again."""
        pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        # Its children see that and end; until then it cannot be started again.
        _run([*self._control, "-m", "immediate", "stop"], check=False)

    def close(self) -> None:
        """Stops it for good."""
        _run([*self._control, "-m", "immediate", "stop"], check=False)
        shutil.rmtree(self._folder)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _find(program: str) -> str | None:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([*map(str, places), os.environ.get("PATH", os.defpath)])
    return shutil.which(program, path=path)


def _as_unprivileged_user(folder: Path) -> list[str]:
    """Returns the command that drops root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return []
    user = "postgres" if _exists("postgres") else "nobody"
    shutil.chown(folder, user)
    return ["runuser", "-u", user, "--"]


def _exists(user: str) -> bool:
    return _run(["id", user], check=False).returncode == 0


def _run(command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    # Its output goes nowhere: a server that inherits a pipe keeps it open for ever.
    return subprocess.run(
        command,
        check=check,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )


def _absent(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
