"""The two lanes of news."""

import asyncio
import logging
from dataclasses import dataclass

import pytest

from odin_engine.kernel.bus import Facts, Telemetry


@dataclass(frozen=True)
class _Happened:
    number: int


@dataclass(frozen=True)
class _HappenedBadly(_Happened):
    pass


async def test_facts_arrive_in_order_and_by_parent_type(facts: Facts) -> None:
    heard: list[_Happened] = []

    async def hear(event: _Happened) -> None:
        heard.append(event)

    undo = facts.subscribe(_Happened, hear)
    dispatcher = asyncio.create_task(facts.run())
    facts.publish(_Happened(1), _HappenedBadly(2), "other", _Happened(3))
    await facts.drain()
    undo()
    facts.publish(_Happened(4))
    await facts.drain()
    dispatcher.cancel()
    assert heard == [_Happened(1), _HappenedBadly(2), _Happened(3)]


async def test_a_broken_handler_silences_nobody(
    facts: Facts, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[int] = []

    async def break_down(_event: _Happened) -> None:
        raise LookupError("broken")

    async def hear(event: _Happened) -> None:
        heard.append(event.number)

    facts.subscribe(_Happened, break_down)
    facts.subscribe(_Happened, hear)
    dispatcher = asyncio.create_task(facts.run())
    with caplog.at_level(logging.ERROR):
        facts.publish(_Happened(1), _Happened(2))
        await facts.drain()
    dispatcher.cancel()
    assert heard == [1, 2]
    assert caplog.text.count("LookupError: broken") == 2


async def test_a_slow_watcher_gets_the_latest_value_only() -> None:
    telemetry: Telemetry[int] = Telemetry()
    with telemetry.watch() as watcher:
        for value in range(1000):
            telemetry.put("a", value)
        telemetry.put("b", 1)
        telemetry.put("b", None)
        assert await watcher.changed() == {"a": 999, "b": None}
        assert watcher.take() == {}
    telemetry.put("a", 1)
    assert watcher.take() == {}
