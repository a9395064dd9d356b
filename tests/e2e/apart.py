"""Processes of ours, each on its own, for tests that are not asynchronous."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.patience import PATIENCE_S

type Json = dict[str, Any]


class Process:
    """An `odin` command that can be killed and started again."""

    def __init__(self, *arguments: str, folder: Path, **environment: str) -> None:
        self._command = [sys.executable, "-m", "odin_engine", *arguments]
        self._environment = os.environ | {"ODIN_ALLOW_LOOPBACK": "true"} | environment
        self.log = folder / f"{arguments[0]}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; what it says goes to its log."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """Ends it the hard way, if it was started."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Ends it politely, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Runs another `odin` command in the same environment; returns its output."""
        return subprocess.run(
            [*self._command[:3], *arguments],
            env=self._environment,
            input=stdin,
            text=True,
            capture_output=True,
            check=True,
        ).stdout

    def new_token(self, name: str, user: str, *scopes: str) -> str:
        """Makes a token as on the engine's host: over the API none may name people."""
        told = [word for scope in scopes for word in ("--scope", scope)]
        made = self.run("token", "create", name, "--user", user, *told)
        return next(word for word in made.split() if word.startswith("odin_"))


@dataclass
class Machines:
    """The simulated farm's back door; `screens` is what is written on each, by name."""

    control: httpx.Client
    screens: Mapping[str, Json] = field(default_factory=dict)

    def misbehave(self, name: str, what: str, **options: object) -> None:
        """Makes a machine go wrong."""
        self._steer(name, "misbehaviours", {"name": what} | options)

    def end(self, name: str, what: str) -> None:
        """Ends a misbehaviour that lasts."""
        path = f"/printers/{name}/misbehaviours/{what}"
        self.control.delete(path).raise_for_status()

    def act(self, name: str, what: str, **options: object) -> None:
        """Does what a person does at a machine."""
        self._steer(name, "acts", {"name": what} | options)

    def tries(self, name: str, what: str) -> bool:
        """Does what a person does at a machine, if that can be done now."""
        return self._steered(name, "acts", {"name": what}).is_success

    def pass_time(self, name: str, seconds: float) -> None:
        """Lets time pass at a machine, at once."""
        path = f"/printers/{name}/advance"
        self.control.post(path, json={"seconds": seconds}).raise_for_status()

    def _steer(self, name: str, what: str, body: dict[str, object]) -> None:
        answer = self._steered(name, what, body)
        assert answer.is_success, answer.text

    def _steered(self, name: str, what: str, body: dict[str, object]) -> httpx.Response:
        return self.control.post(f"/printers/{name}/{what}", json=body)


def until_healthy(base: str) -> None:
    """Waits until the engine answers."""
    wait_for(lambda: _is_healthy(base), lambda: "the engine did not become healthy")


def wait_for(
    condition: Callable[[], bool],
    otherwise: Callable[[], str] = lambda: "too long",
    within_s: float = PATIENCE_S,
) -> None:
    """Waits until something is so, outside of any event loop."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)  # noqa: TID251 - other processes decide


def _is_healthy(base: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{base}/healthz").is_success
    return False
