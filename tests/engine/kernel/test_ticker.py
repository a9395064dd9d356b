"""Periodic work goes on after a failure."""

import asyncio
import logging

import pytest

from odin_engine.kernel.ticker import every
from tests.engine.doubles import ManualClock, settle


async def test_a_failed_tick_does_not_stop_the_next(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            raise LookupError("once")

    periodic = asyncio.create_task(every(10, work, clock))
    with caplog.at_level(logging.ERROR):
        await clock.advance(9)
        assert done == []
        await clock.advance(21)
    periodic.cancel()
    assert done == [0, 1, 2]
    assert caplog.text.count("LookupError: once") == 1


async def test_a_failure_that_stays_is_told_when_it_comes_and_when_it_goes(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    state = {"is_full": True}

    async def work() -> None:
        if state["is_full"]:
            raise OSError("no room")

    periodic = asyncio.create_task(every(1, work, clock))
    with caplog.at_level(logging.INFO):
        await clock.advance(60)
        assert caplog.text.count("OSError: no room") == 1
        state["is_full"] = False
        await clock.advance(60)
        assert caplog.text.count("is well again") == 1
        state["is_full"] = True
        await clock.advance(60)
    periodic.cancel()
    assert caplog.text.count("OSError: no room") == 2


async def test_work_under_way_is_let_finish(clock: ManualClock) -> None:
    goes_on, done = asyncio.Event(), []

    async def work() -> None:
        await goes_on.wait()
        done.append(True)

    beating = asyncio.create_task(every(1, work, clock))
    await clock.advance(1)
    beating.cancel()
    await settle()
    assert not beating.done()
    goes_on.set()
    await asyncio.wait({beating})
    assert beating.cancelled()
    assert done == [True]
