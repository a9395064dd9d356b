"""What a simulated machine says itself, heard past the engine: the truth to compare with."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator
from typing import Any

import aiomqtt
import orjson

from tests.e2e.apart import Json, Machines

_ASK_FOR_ALL = orjson.dumps({"pushing": {"sequence_id": "0", "command": "pushall"}})


class Ear:
    """One machine's reports, laid over each other."""

    def __init__(self) -> None:
        self.told: Json = {}
        self._watched: list[tuple[tuple[str, ...], list[float]]] = []

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - JSON
        return self.told.get(name)

    @property
    def lights(self) -> dict[str, str]:
        """Modes by the machine's own names."""
        return {each["node"]: each["mode"] for each in self.told["lights_report"]}

    def watch(self, *names: str) -> list[float]:
        """Returns a list that gets the time whenever one of these changes."""
        times: list[float] = []
        self._watched.append((names, times))
        return times

    def hear(self, report: Json) -> None:
        """Takes a report; objects are merged, everything else is replaced."""
        before, self.told = self.told, _merged(self.told, report.get("print", {}))
        for names, times in self._watched:
            if any(before.get(name) != self.told.get(name) for name in names):
                times.append(time.monotonic())


def _merged(before: Json, change: Json) -> Json:
    merged = dict(before)
    for name, value in change.items():
        was = merged.get(name)
        is_both = isinstance(was, dict) and isinstance(value, dict)
        merged[name] = _merged(was, value) if is_both and was else value
    return merged


@contextlib.asynccontextmanager
async def listen(machines: Machines, name: str) -> AsyncIterator[Ear]:
    """Listens to a machine, from a whole report on."""
    screen = machines.screens[name]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    ear = Ear()
    async with aiomqtt.Client(
        screen["host"],
        screen["ports"]["mqtt"],
        username="bblp",
        password=screen["access_code"],
        protocol=aiomqtt.ProtocolVersion.V311,
        tls_context=context,
        tls_insecure=True,
    ) as client:
        await client.subscribe(f"device/{screen['serial']}/report")
        await client.publish(f"device/{screen['serial']}/request", _ASK_FOR_ALL)
        task = asyncio.create_task(_hear(client, ear))
        async with asyncio.timeout(20):
            while ear["gcode_state"] is None:  # noqa: ASYNC110 - another process decides
                await asyncio.sleep(0.02)
        try:
            yield ear
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _hear(client: aiomqtt.Client, ear: Ear) -> None:
    async for message in client.messages:
        assert isinstance(message.payload, bytes)
        ear.hear(orjson.loads(message.payload))
