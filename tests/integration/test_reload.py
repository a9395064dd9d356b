"""What a reload leaves behind: nothing."""

import asyncio
import gc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import aiohttp
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.odin.coordinator import OdinCoordinator
from tests.integration.conftest import set_up, until
from tests.integration.farm import Engine
from tests.integration.people import House

_RELOADS = 20


class Traces:
    """What is there of us now, by kind."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    def count(self) -> dict[str, int]:
        """Counts it."""
        gc.collect()
        kinds = Counter(
            type(each).__name__
            for each in gc.get_objects()
            if isinstance(each, OdinCoordinator | aiohttp.ClientWebSocketResponse)
        )
        return {
            "tasks": len(asyncio.all_tasks()),
            "listeners": sum(self._hass.bus.async_listeners().values()),
            "files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
            "views": len(self._hass.http.app.router.routes()),
            **kinds,
        }


async def test_nothing_is_left_of_twenty_reloads(
    hass: HomeAssistant,
    engine: Engine,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up(hass, entry)
    house = House(hass, hass_client, hass_ws_client)
    browser, socket = await house.browser(), await house.socket("Theo")

    async def use() -> None:
        """Has a live line and a request going on while it is reloaded."""
        await socket.send_json_auto_id(
            {"type": "odin/live", "entry_id": entry.entry_id}
        )
        while (await socket.receive_json()).get("type") != "result":
            pass
        answer = await browser.get(f"/api/odin/{entry.entry_id}/printers")
        assert answer.status == 200
        await answer.read()
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()

    traces = Traces(hass)
    for _ in range(3):
        await use()
    before = traces.count()
    assert before["OdinCoordinator"] == 1
    for _ in range(_RELOADS):
        await use()
    await until(_is_no_more(traces, before))


def _is_no_more(traces: Traces, before: dict[str, int]) -> Callable[[], bool]:
    def is_no_more() -> bool:
        now = traces.count()
        return all(now[kind] <= count for kind, count in before.items())

    return is_no_more
