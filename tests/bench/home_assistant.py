"""What Home Assistant's event loop pays for the farm, and how late an entity is.

Home Assistant runs in a process of its own with the integration in it, the engine and
its printers in another; each printer changes once a second, by turns its job and its
numbers. The values that change say when. Baseline: setting one state by hand.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any

import click
import orjson
from aiohttp.resolver import ThreadedResolver

from tests.bench.farm import Farm, farm
from tests.bench.figures import Figure, best_s, percentile

PRINTERS = 50
_SECONDS = 15.0
_SETTLE_S = 5.0
_BATCH = 100
_JOB, _BED = "_job", "_bed_temperature"
"""How the unique ids of the two entities end that say when."""


def measure() -> list[Figure]:
    """Returns the delays at the entities, and the cost of one update."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    async with farm(PRINTERS, "jobs") as running:
        found = await _follow_in_another_process(running)
    said = f"{PRINTERS} printers at 1/s"
    baseline = "setting one state"
    return [
        Figure(f"{said}, job → entity, p50", percentile(found["job_s"], 50), ""),
        Figure(
            f"{said}, job → entity, p95", percentile(found["job_s"], 95), "≤ 100 ms"
        ),
        Figure(
            f"{said}, numbers → entity, p95",
            percentile(found["number_s"], 95),
            "≤ 1.1 s",
        ),
        Figure(
            "its event loop, per update of a printer",
            found["per_update_s"],
            "≤ 0.2 ms",
            baseline,
            found["one_state_s"],
        ),
    ]


async def _follow_in_another_process(running: Farm) -> Mapping[str, Any]:
    with tempfile.TemporaryFile() as complaints:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.home_assistant"),
            *(f"http://127.0.0.1:{running.port}", running.token),
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
        )
        said, _ = await process.communicate()
        if process.returncode != 0:
            complaints.seek(0)
            raise RuntimeError(complaints.read().decode())
    found: Mapping[str, Any] = orjson.loads(said.splitlines()[-1])
    return found


async def _follow(url: str, token: str) -> dict[str, Any]:
    # Home Assistant is not needed by any other benchmark, and takes seconds to import.
    from homeassistant import loader  # noqa: PLC0415 - reason above
    from homeassistant.const import (  # noqa: PLC0415 - reason above
        CONF_TOKEN,
        CONF_URL,
        CONF_VERIFY_SSL,
        EVENT_STATE_CHANGED,
    )
    from homeassistant.core import (  # noqa: PLC0415 - reason above
        Event,
        EventStateChangedData,
        callback,
    )
    from homeassistant.helpers import entity_registry as er  # noqa: PLC0415 - as above
    from homeassistant.helpers.aiohttp_client import (  # noqa: PLC0415 - reason above
        DATA_RESOLVER,
        async_get_clientsession,
    )
    from pytest_homeassistant_custom_component.common import (  # noqa: PLC0415 - as above
        MockConfigEntry,
        async_test_home_assistant,
    )

    from custom_components.odin.client import OdinClient  # noqa: PLC0415 - reason above
    from custom_components.odin.const import DOMAIN  # noqa: PLC0415 - reason above

    async with async_test_home_assistant() as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS, None)
        # Home Assistant's own one asks the network for names; here there are none.
        hass.data[DATA_RESOLVER] = ThreadedResolver()
        info = await OdinClient(async_get_clientsession(hass), url, token).info()
        data = {CONF_URL: url, CONF_TOKEN: token, CONF_VERIFY_SSL: True}
        entry = MockConfigEntry(domain=DOMAIN, unique_id=info.engine_id, data=data)
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        await asyncio.sleep(_SETTLE_S)
        endings = {
            each.entity_id: each.unique_id
            for each in er.async_entries_for_config_entry(
                er.async_get(hass), entry.entry_id
            )
        }
        jobs_s: list[float] = []
        numbers_s: list[float] = []

        @callback
        def hear(event: Event[EventStateChangedData]) -> None:
            state = event.data["new_state"]
            unique_id = endings.get(event.data["entity_id"], "")
            if state is None:
                return
            if unique_id.endswith(_JOB) and state.state.isdecimal():
                jobs_s.append((time.monotonic_ns() - int(state.state)) / 1e9)
            elif unique_id.endswith(_BED):
                numbers_s.append((time.monotonic() - float(state.state)) % 100)

        stop = hass.bus.async_listen(EVENT_STATE_CHANGED, hear)
        before_s = time.thread_time()
        await asyncio.sleep(_SECONDS)
        spent_s = time.thread_time() - before_s
        stop()
        values = iter(range(sys.maxsize))
        one_state_s = best_s(
            lambda: [
                hass.states.async_set("sensor.one", str(next(values)))
                for _ in range(_BATCH)
            ]
        )
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_stop(force=True)
    return {
        "job_s": jobs_s,
        "number_s": numbers_s,
        "per_update_s": spent_s / (_SECONDS * PRINTERS),
        "one_state_s": one_state_s / _BATCH,
    }


def main() -> None:
    """Follows the engine at an address, with a token; prints what it saw as JSON."""
    found = asyncio.run(_follow(sys.argv[1], sys.argv[2]))
    click.echo(json.dumps(found))


if __name__ == "__main__":
    main()
