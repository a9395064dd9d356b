"""The emergency stop."""

import asyncio

import pytest

from odin_engine.printers.model import (
    Activity,
    CommandRejected,
    Heat,
    Home,
    LinkStatus,
    LoginRejected,
    Temperatures,
    Unreachable,
)
from odin_engine.printers.service import StopOutcome, Stopped
from tests.engine.doubles import settle
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import MemoryDriver, job


async def stop(farm: Farm, *printer_ids: str) -> dict[str, Stopped]:
    stopping = asyncio.create_task(farm.printers.emergency.stop(printer_ids or None))
    await farm.go(5.1)
    assert stopping.done()
    return {each.printer_id: each for each in stopping.result()}


async def test_everybody_is_stopped_and_nobody_waits_for_another(farm: Farm) -> None:
    fine, hanging, refusing, broken, lost = [
        await farm.add(name) for name in ("A", "B", "C", "D", "E")
    ]
    disabled = await farm.add("F", is_enabled=False)
    farm.machine(hanging).hangs = True
    farm.machine(refusing).report(activity=Activity.PRINTING, job=job())
    farm.machine(refusing).says = CommandRejected("Not now.")
    farm.machine(broken).says = KeyError("bug")
    farm.machine(lost).unreachable = Unreachable("gone")
    farm.machine(lost).lose()
    await farm.go()
    stopping = asyncio.create_task(farm.printers.emergency.stop())
    await settle()
    assert farm.machine(fine).stops == 1
    assert farm.machine(refusing).stops == 1
    await farm.go(5.1)
    answers = {each.printer_id: each for each in await stopping}
    assert {each: answers[each].outcome for each in answers} == {
        fine: StopOutcome.CONFIRMED,
        hanging: StopOutcome.NO_ANSWER,
        refusing: StopOutcome.REFUSED,
        broken: StopOutcome.NO_ANSWER,
        lost: StopOutcome.NO_ANSWER,
    }
    assert disabled not in answers
    for printer_id in (hanging, refusing, broken, lost):
        assert "Switch the power off" in answers[printer_id].text
    assert "Switch the power off" not in answers[fine].text


async def test_a_printer_that_prints_nothing_has_nothing_to_refuse(farm: Farm) -> None:
    printer_id = await farm.add()
    farm.machine(printer_id).says = CommandRejected("Not printing.")
    answers = await stop(farm)
    assert answers[printer_id].outcome is StopOutcome.CONFIRMED
    assert answers[printer_id].text == "Nothing was printing, and no heater was on."


async def test_who_refuses_while_a_heater_is_on_did_not_stop(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.says = CommandRejected("Not printing.")
    machine.report(temperatures=Temperatures(bed=Heat(55.0, 60.0)))
    await settle()
    answers = await stop(farm)
    assert answers[printer_id].outcome is StopOutcome.REFUSED
    assert "Switch the power off" in answers[printer_id].text


async def test_who_does_not_know_us_any_more_did_not_stop(farm: Farm) -> None:
    printer_id = await farm.add()
    farm.machine(printer_id).says = LoginRejected("The key is refused.")
    answers = await stop(farm)
    assert answers[printer_id].outcome is StopOutcome.REFUSED
    assert "The key is refused. Switch the power off" in answers[printer_id].text


async def test_a_lost_printer_is_connected_again_for_its_stop(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    machine.unreachable = Unreachable("gone")
    machine.lose()
    for _ in range(6):
        await farm.go(20.0)
    machine.unreachable = None
    stopping = asyncio.create_task(farm.printers.emergency.stop())
    await settle()
    await farm.go(0.3)
    (answer,) = await stopping
    assert answer.outcome is StopOutcome.CONFIRMED
    assert machine.stops == 1


async def test_one_that_needs_no_connection_is_stopped_without(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[object] = []

    async def emergency_stop(driver: MemoryDriver) -> None:
        stopped.append(driver)

    monkeypatch.setattr(MemoryDriver, "emergency_stop", emergency_stop)
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.unreachable = Unreachable("gone")
    machine.lose()
    await farm.go(20.0)
    answers = await stop(farm)
    assert answers[printer_id].outcome is StopOutcome.CONFIRMED
    assert len(stopped) == 1


async def test_it_passes_guards_locks_and_observe_only(farm: Farm) -> None:
    printer_id = await farm.add(is_observe_only=True)
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    other = await farm.add("Berta")
    farm.machine(other).hangs = True
    waiting = asyncio.create_task(farm.printers.commands.execute(other, Home()))
    await settle()
    farm.machine(other).hangs = False
    answers = await stop(farm)
    assert {each.outcome for each in answers.values()} == {StopOutcome.CONFIRMED}
    waiting.cancel()


async def test_a_stale_printer_is_tried(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.is_silent_when_asked = True
    await farm.go(70)
    assert farm.state(printer_id).link is LinkStatus.STALE
    answers = await stop(farm)
    assert answers[printer_id].outcome is StopOutcome.CONFIRMED
    assert machine.stops == 1


async def test_a_printer_that_is_gone_keeps_nobody_running(farm: Farm) -> None:
    printer_id = await farm.add()
    answers = await stop(farm, "deleted", printer_id, printer_id)
    assert len(answers) == 2
    assert answers[printer_id].outcome is StopOutcome.CONFIRMED
    assert answers["deleted"].outcome is StopOutcome.NO_ANSWER
    assert farm.machine(printer_id).stops == 1


async def test_a_disabled_printer_named_by_hand_is_answered(farm: Farm) -> None:
    printer_id = await farm.add(is_enabled=False)
    answers = await stop(farm, printer_id)
    assert answers[printer_id].outcome is StopOutcome.NO_ANSWER
