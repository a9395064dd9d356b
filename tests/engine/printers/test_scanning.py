"""Looking for machines at every address of a network: politely, and nowhere else."""

import asyncio
from collections.abc import Mapping
from typing import override

import pytest
from httpx import AsyncClient

from odin_engine.identity.model import Role
from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.errors import Invalid, OdinError
from odin_engine.kernel.fetch import AddressRefused
from odin_engine.kernel.tasks import Task, TaskState
from odin_engine.printers.model import Unreachable
from odin_engine.printers.model.record import UnknownFamily
from odin_engine.printers.ports import Found
from odin_engine.printers.service.scanning import ScanRunning
from tests.engine.doubles import ManualClock, settle
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import MemoryFamily
from tests.engine.printers.web import Login, codes
from tests.patience import PATIENCE_S


class Street(MemoryFamily):
    """Asks of addresses take a while; counts them."""

    def __init__(self, ticker: Ticker) -> None:
        super().__init__()
        self._ticker = ticker
        self.takes_s = 0.0
        self.fails: dict[str, Exception] = {}
        self.asked: list[str] = []
        self.now = 0
        self.most = 0

    @override
    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:
        self.asked.append(host)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self._ticker.sleep(self.takes_s)
            if host in self.fails:
                raise self.fails[host]
            return await super().probe(host, ports)
        finally:
            self.now -= 1


@pytest.fixture
def family(clock: ManualClock) -> Street:
    return Street(clock)


def there(host: str, serial: str | None = None) -> Found:
    return Found("memory", host, serial, "X1", "Curie", "probe", {"web": 80})


async def ended(farm: Farm, task: Task, clock: ManualClock) -> Task:
    """Lets time pass until a task has ended."""
    async with asyncio.timeout(PATIENCE_S):
        while task.id in farm.tasks.live():
            await clock.advance(0.5)
            # Its rows are written by a thread.
            await asyncio.to_thread(bool)
    return await farm.tasks.get(task.id)


async def begun(farm: Farm, task: Task) -> None:
    """Waits until a task works; its row is written first, by a thread."""
    async with asyncio.timeout(PATIENCE_S):
        while farm.tasks.live()[task.id].message is None:
            await asyncio.to_thread(bool)
    await settle()


async def test_every_address_is_asked_once(
    farm: Farm, family: Street, clock: ManualClock
) -> None:
    printer_id = await farm.add(host="10.0.0.7", serial=None)
    family.found = [there("10.0.0.7"), there("10.0.0.200", "NEW")]
    family.fails = {"10.0.0.3": Unreachable("no"), "10.0.0.4": OSError("no")}
    task = await farm.printers.scanning.begin("10.0.0.0/24", owner="me")
    done = await ended(farm, task, clock)
    assert (done.state, done.progress, done.owner) == (TaskState.DONE, 1.0, "me")
    assert family.asked == [f"10.0.0.{last}" for last in range(1, 255)]
    assert done.result is not None
    first, second = done.result["items"]
    assert (first["host"], first["is_known"], first["printer_id"]) == (
        "10.0.0.7",
        True,
        printer_id,
    )
    assert (second["serial"], second["is_known"], second["ports"]) == (
        "NEW",
        False,
        {"web": 80},
    )
    assert done.message == "254 of 254 addresses asked, 2 found"


async def test_it_is_polite(farm: Farm, family: Street, clock: ManualClock) -> None:
    family.takes_s = 2.5
    began_s = clock.monotonic_s()
    task = await farm.printers.scanning.begin("192.168.4.0/24")
    await ended(farm, task, clock)
    # 254 answers of 2.5 s, 32 at a time; the clock runs on while results are stored.
    assert clock.monotonic_s() - began_s >= 19
    assert family.most == 32
    family.takes_s, family.most = 0.0, 0
    began_s = clock.monotonic_s()
    task = await farm.printers.scanning.begin("192.168.4.0/24")
    await ended(farm, task, clock)
    assert clock.monotonic_s() - began_s >= 254 / 50


async def test_who_does_not_answer_is_left_behind(
    farm: Farm, family: Street, clock: ManualClock
) -> None:
    family.takes_s = 1e9
    task = await farm.printers.scanning.begin("10.0.0.0/29")
    done = await ended(farm, task, clock)
    assert done.result == {"items": []}
    assert family.now == 0


async def test_what_is_found_shows_at_once_and_survives_a_cancel(
    farm: Farm, family: Street, clock: ManualClock
) -> None:
    family.found = [there("10.0.0.2")]
    task = await farm.printers.scanning.begin("10.0.0.0/22")
    await begun(farm, task)
    await clock.advance(2)
    live = farm.tasks.live()[task.id]
    assert live.result is not None
    assert [each["host"] for each in live.result["items"]] == ["10.0.0.2"]
    assert 0 < live.progress < 0.2
    cancelled = await farm.tasks.cancel(task.id)
    assert cancelled.state is TaskState.CANCELLED
    assert cancelled.result == live.result
    asked = len(family.asked)
    await clock.advance(10)
    assert len(family.asked) == asked


async def test_one_network_at_a_time(farm: Farm, clock: ManualClock) -> None:
    begin = farm.printers.scanning.begin
    task, second = await asyncio.gather(
        begin("10.0.0.0/28"), begin("10.0.1.0/28"), return_exceptions=True
    )
    assert isinstance(task, Task)
    assert isinstance(second, ScanRunning)
    with pytest.raises(ScanRunning):
        await begin("10.0.1.0/28")
    await ended(farm, task, clock)
    await ended(farm, await farm.printers.scanning.begin("10.0.1.0/28"), clock)


@pytest.mark.parametrize(
    ("network", "error"),
    [
        ("", Invalid),
        ("the house", Invalid),
        ("10.0.0.0/21", Invalid),
        ("10.0.0.0/8", Invalid),
        ("0.0.0.0/0", Invalid),
        ("8.8.8.0/24", Invalid),
        ("fd00::/120", Invalid),
        ("10.0.0.0/24; rm", Invalid),
        ("127.0.0.0/24", AddressRefused),
        ("169.254.169.0/24", AddressRefused),
    ],
)
async def test_where_it_does_not_look(
    farm: Farm, family: Street, network: str, error: type[OdinError]
) -> None:
    with pytest.raises(error):
        await farm.printers.scanning.begin(network)
    assert family.asked == []


async def test_only_families_that_there_are(
    farm: Farm, family: Street, clock: ManualClock
) -> None:
    with pytest.raises(UnknownFamily):
        await farm.printers.scanning.begin("10.0.0.0/30", ["memory", "fax"])
    task = await farm.printers.scanning.begin("10.0.0.9/32", ["memory"])
    await ended(farm, task, clock)
    assert family.asked == ["10.0.0.9"]


async def test_over_http(
    farm: Farm, admin: AsyncClient, login: Login, clock: ManualClock
) -> None:
    body = {"network": "10.0.0.0/30"}
    begun = await admin.post("/printers/scan", json=body)
    assert begun.status_code == 202
    assert (begun.json()["kind"], begun.json()["state"]) == ("printer_scan", "queued")
    again = await admin.post("/printers/scan", json=body)
    assert codes(again) == (409, "printer_scan_running")
    await ended(farm, await farm.tasks.get(begun.json()["id"]), clock)
    bad: list[dict[str, object]] = [
        {},
        {"network": 5},
        {"network": "10.0.0.0/8"},
        {"network": "10.0.0.0/30", "families": []},
    ]
    for wrong in bad:
        answer = await admin.post("/printers/scan", json=wrong)
        assert answer.status_code == 422, wrong
    operator = await login(Role.OPERATOR)
    assert (await operator.post("/printers/scan", json=body)).status_code == 403
