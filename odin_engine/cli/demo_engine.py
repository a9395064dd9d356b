"""The demo at the engine's API: it adds the simulated printers and tends their plates."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import aiohttp
import click

from odin_engine.cli.farm_control import farms_on

USER = "demo"
_PLATES_EVERY_S, _AGAIN_AFTER_S = 2.0, 30.0

type Machine = Mapping[str, Any]


class DemoEngine:
    """A session at the engine that runs for the demo."""

    def __init__(self, session: aiohttp.ClientSession, csrf_token: str) -> None:
        self._session = session
        self._csrf = {"X-CSRF-Token": csrf_token}

    async def register(self, machines: Sequence[Machine]) -> list[Machine]:
        """Adds the machines that the engine does not know yet; returns the others.

        The others are those that announce themselves: they are left to be found.
        """
        known = await self.printers()
        to_find = []
        for machine in machines:
            printer = next((each for each in known if _is_same(each, machine)), None)
            if printer is None and machine["is_announced"]:
                to_find.append(machine)
            elif printer is None:
                await self._add(machine)
            elif printer["ports"] != machine["ports"]:
                await self._move(printer, machine["ports"])
        return to_find

    async def printers(self) -> list[dict[str, Any]]:
        """Returns every printer the engine knows."""
        async with self._session.get(
            "/api/v1/printers", params={"limit": "200"}
        ) as answer:
            items: list[dict[str, Any]] = (await _json(answer))["items"]
            return items

    async def tend_plates(self, machines: Sequence[Machine], control_port: int) -> None:
        """Takes parts off the simulated plates that somebody says are clear.

        Runs until the engine no longer answers this session.
        """
        occupied: set[str] = set()
        while True:
            now = {
                machine["name"]
                for printer in await self.printers()
                if printer["plate"]["state"] == "occupied"
                for machine in machines
                if _is_same(printer, machine)
            }
            for name in occupied - now:
                await asyncio.to_thread(_take_off, control_port, name)
            occupied = now
            await asyncio.sleep(_PLATES_EVERY_S)

    async def _add(self, machine: Machine) -> None:
        ways_in = ("serial", "secret", "ports", "options")
        body = {key: machine[key] for key in ("name", "family", "host")}
        body |= {key: machine[key] for key in ways_in if machine[key]}
        async with self._session.post(
            "/api/v1/printers", json=body, headers=self._csrf
        ) as answer:
            await _json(answer)

    async def _move(self, printer: Machine, ports: Mapping[str, int]) -> None:
        headers = {**self._csrf, "If-Match": f'"{printer["version"]}"'}
        place = f"/api/v1/printers/{printer['id']}"
        async with self._session.patch(
            place, json={"ports": ports}, headers=headers
        ) as answer:
            await _json(answer)


@contextlib.asynccontextmanager
async def signed_in(base: str, password: str) -> AsyncIterator[DemoEngine]:
    """Opens a session of the demo's user for the length of the block."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(base, cookie_jar=jar) as session:
        login = {"name": USER, "password": password}
        async with session.post("/api/v1/auth/login", json=login) as answer:
            if answer.status == HTTPStatus.UNAUTHORIZED:
                raise click.ClickException(
                    f"The password of {USER} was changed. Write the new one into the"
                    " file `password` of the demo's folder, or delete the folder to"
                    " begin anew."
                )
            csrf: str = (await _json(answer))["csrf_token"]
        try:
            yield DemoEngine(session, csrf)
        finally:
            # The list of sessions, which people look at, shall not grow by each start.
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with asyncio.timeout(1):
                    await session.post(
                        "/api/v1/auth/logout", headers={"X-CSRF-Token": csrf}
                    )


async def tend_plates(
    base: str, password: str, machines: Sequence[Machine], control_port: int
) -> None:
    """Tends the plates for good, with a new session whenever the last one has ended."""
    while True:
        with contextlib.suppress(
            aiohttp.ClientError, TimeoutError, click.ClickException
        ):
            async with signed_in(base, password) as engine:
                await engine.tend_plates(machines, control_port)
        await asyncio.sleep(_AGAIN_AFTER_S)


def _is_same(printer: Machine, machine: Machine) -> bool:
    """Says whether the engine's printer is that machine; not all of them have serials."""
    by = ("serial",) if machine["serial"] else ("family", "name")
    return all((printer[key] or "").casefold() == machine[key].casefold() for key in by)


def _take_off(control_port: int, name: str) -> None:
    for farm in farms_on([control_port]):
        # It may print again already.
        with contextlib.suppress(click.ClickException):
            farm.send("POST", name, "acts", {"name": "clear_plate"})


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    body = await answer.json(content_type=None)
    if not answer.ok:
        raise click.ClickException(
            f"The engine said {answer.status}: {body.get('detail')}"
        )
    assert isinstance(body, dict)  # noqa: S101 - narrows the type
    return body
