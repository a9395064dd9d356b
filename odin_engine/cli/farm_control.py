"""A client of the control port of a simulated farm on this machine."""

import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import click

from odin_engine.simulator.control import CONTROL_PORTS, FARM_HEADER

_PATIENCE_S = 5.0
_NOT_UNDERSTOOD = (http.client.BAD_REQUEST, http.client.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class FarmControl:
    """A farm that runs, and the names and serials of its printers."""

    port: int
    printers: tuple[Mapping[str, Any], ...]

    def knows(self, name: str) -> bool:
        """Says whether a printer of the farm is called so, by name or serial."""
        wanted = name.casefold()
        return any(
            wanted in {each["name"].casefold(), each["serial"].casefold()}
            for each in self.printers
        )

    def send(
        self, method: str, printer: str, path: str, body: object = None
    ) -> dict[str, Any]:
        """Sends one request about a printer; returns how it stands afterwards.

        Raises:
            click.ClickException: the farm said no, in its own words.
        """
        place = f"/printers/{quote(printer, safe='')}/{path}"
        status, text, _ = _ask(self.port, method, place, body)
        if status in _NOT_UNDERSTOOD and self.knows(printer):
            text += ". `odin misbehave --list` explains what it can be told."
        if status != http.client.OK:
            raise click.ClickException(text)
        answer: dict[str, Any] = json.loads(text)
        return answer


def farms_on(ports: Iterable[int]) -> list[FarmControl]:
    """Looks which of these ports are control ports of farms that run."""
    found = []
    for port in ports:
        try:
            status, text, headers = _ask(port, "GET", "/printers")
        except OSError, http.client.HTTPException:
            continue
        if status == http.client.OK and FARM_HEADER in headers:
            found.append(FarmControl(port, tuple(json.loads(text))))
    return found


def find_farm(printer: str | None, port: int | None) -> FarmControl:
    """Finds the farm that is meant: the one at `port`, the only one, or the printer's.

    Raises:
        click.ClickException: there is none, or several could be meant.
    """
    farms = farms_on(CONTROL_PORTS if port is None else [port])
    if not farms:
        place = f"on port {port}" if port is not None else "on this machine"
        raise click.ClickException(
            f"No simulated farm runs {place}. Start one with `odin demo`, or with"
            " `odin simulate FARM.yaml`; it prints its control port."
        )
    fitting = [farm for farm in farms if printer is not None and farm.knows(printer)]
    candidates = fitting or farms
    if len(candidates) > 1:
        ports = ", ".join(str(farm.port) for farm in candidates)
        raise click.ClickException(
            f"Several farms run, on the ports {ports}. Choose with --control-port."
        )
    return candidates[0]


def _ask(
    port: int, method: str, path: str, body: object = None
) -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        data = None if body is None else json.dumps(body)
        headers = {} if data is None else {"Content-Type": "application/json"}
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers
    finally:
        connection.close()
