"""Connecting, losing, falling silent and coming back, for whatever driver."""

import asyncio
import logging
from pathlib import Path

import pytest

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict
from odin_engine.printers.events import LinkChanged
from odin_engine.printers.model import (
    Activity,
    CertificateChanged,
    LinkReason,
    LinkStatus,
    LoginRejected,
    PrinterState,
    ProtocolViolation,
    Unreachable,
    WrongSerial,
)
from odin_engine.printers.ports import Certificate
from tests.engine.doubles import ManualClock
from tests.engine.printers.farm import Farm, run_farm
from tests.engine.printers.memory_driver import CERTIFICATE, MemoryFamily, job

OTHER = "b" * 64


def links(farm: Farm) -> list[tuple[LinkStatus, LinkReason | None]]:
    return [
        (event.after, event.reason)
        for event in farm.happened(LinkChanged)
        if isinstance(event, LinkChanged)
    ]


async def test_online_means_that_a_report_came(farm: Farm) -> None:
    printer_id = await farm.add()
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    assert farm.state(printer_id).activity is Activity.IDLE
    assert links(farm) == [(LinkStatus.ONLINE, None)]
    seen = farm.machine(printer_id).seen[0]
    assert (seen.host, seen.serial, seen.secret) == ("10.0.0.1", "MEM1", "opensesame")


@pytest.mark.parametrize(
    ("error", "status", "reason", "retry_s"),
    [
        (Unreachable("no"), LinkStatus.OFFLINE, LinkReason.NO_ANSWER, 1),
        (
            LoginRejected("no"),
            LinkStatus.UNAUTHORISED,
            LinkReason.ACCESS_CODE_REJECTED,
            300,
        ),
        (
            WrongSerial("no", "A", "B"),
            LinkStatus.UNAUTHORISED,
            LinkReason.SERIAL_MISMATCH,
            300,
        ),
        (ProtocolViolation("no"), LinkStatus.OFFLINE, LinkReason.PROTOCOL, 1),
        (RuntimeError("bug"), LinkStatus.OFFLINE, LinkReason.PROTOCOL, 1),
    ],
)
async def test_each_failure_shows_and_heals(
    farm: Farm,
    family: MemoryFamily,
    error: Exception,
    status: LinkStatus,
    reason: LinkReason,
    retry_s: float,
) -> None:
    machine = family.machine("10.0.0.1")
    machine.unreachable = error
    printer_id = await farm.add()
    state = farm.state(printer_id)
    assert (state.link, state.link_reason) == (status, reason)
    assert machine.connections == 1
    await farm.go(retry_s - 0.5)
    assert machine.connections == 1
    machine.unreachable = None
    await farm.go(1)
    assert machine.connections == 2
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    assert farm.state(printer_id).link_reason is None


async def test_retries_back_off_to_a_minute(farm: Farm, family: MemoryFamily) -> None:
    machine = family.machine("10.0.0.1")
    machine.unreachable = Unreachable("no")
    await farm.add()
    tries = []
    for _ in range(8):
        before = machine.connections
        waited = 0
        while machine.connections == before:
            await farm.go(1)
            waited += 1
        tries.append(waited)
    assert tries[:6] == [1, 2, 4, 8, 16, 32]
    assert tries[6:] == [60, 60]


async def test_a_dead_printer_is_logged_once(
    farm: Farm, family: MemoryFamily, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    family.machine("10.0.0.1").unreachable = Unreachable("no")
    printer_id = await farm.add()
    await farm.go(600)
    assert [r.getMessage() for r in caplog.records] == ["Anna: offline (no_answer)"]
    family.machine("10.0.0.1").unreachable = None
    await farm.go(60)
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    assert [r.getMessage() for r in caplog.records][1:] == ["Anna: online (-)"]


async def test_a_broken_driver_is_logged_with_its_traceback_once(
    farm: Farm, family: MemoryFamily, caplog: pytest.LogCaptureFixture
) -> None:
    machine = family.machine("10.0.0.1")
    machine.unreachable = KeyError("bug")
    await farm.add()
    await farm.go(300)
    assert machine.connections > 5
    assert len([r for r in caplog.records if r.exc_info]) == 1
    assert machine.closed == machine.connections


async def test_a_driver_that_breaks_after_each_report_is_slowed_down(
    farm: Farm, caplog: pytest.LogCaptureFixture
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    for _ in range(60):
        if machine.driver is not None:
            machine.lose(KeyError("bug"))
        await farm.go(1)
    assert machine.connections < 10
    assert len([r for r in caplog.records if r.exc_info]) == 1


async def test_a_lost_link_keeps_its_values_and_comes_back(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    await farm.go()
    machine.lose()
    await farm.go()
    state = farm.state(printer_id)
    assert (state.link, state.link_reason) == (
        LinkStatus.OFFLINE,
        LinkReason.LINK_LOST,
    )
    assert state.activity is Activity.PRINTING
    await farm.go(1)
    assert farm.state(printer_id).link is LinkStatus.ONLINE


async def test_a_new_session_that_answers_before_it_reports_takes_nothing_back(
    farm: Farm,
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    await farm.go()
    whole, machine.is_mute = machine.state, True
    machine.lose()
    await farm.go(1.5)
    machine.report(activity=None, job=None)
    await farm.go()
    assert farm.state(printer_id).activity is Activity.PRINTING
    machine.report(activity=whole.activity, job=whole.job)
    await farm.go()
    assert farm.state(printer_id).link is LinkStatus.ONLINE


async def test_connected_without_a_report_says_why(
    farm: Farm, family: MemoryFamily
) -> None:
    machine = family.machine("10.0.0.1")
    machine.is_mute = True
    printer_id = await farm.add()
    assert farm.state(printer_id).link is LinkStatus.CONNECTING
    await farm.go(14)
    assert farm.state(printer_id).link is LinkStatus.CONNECTING
    await farm.go(3)
    state = farm.state(printer_id)
    assert (state.link, state.link_reason) == (
        LinkStatus.NO_REPORT,
        LinkReason.WRONG_SERIAL_OR_CASE,
    )
    assert machine.asked == 1
    await farm.go(300)
    assert machine.connections > 2
    assert links(farm) == [(LinkStatus.NO_REPORT, LinkReason.WRONG_SERIAL_OR_CASE)]
    machine.is_mute = False
    await farm.go(150)
    assert farm.state(printer_id).link is LinkStatus.ONLINE


async def test_silence_is_asked_about_then_stale_then_dropped(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.is_silent_when_asked = True
    machine.report(activity=Activity.PRINTING, job=job())
    await farm.go(19)
    assert machine.asked == 0
    await farm.go(3)
    assert machine.asked == 1
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    await farm.go(40)
    state = farm.state(printer_id)
    assert (state.link, state.link_reason) == (LinkStatus.STALE, LinkReason.SILENT)
    assert machine.connections == 1
    machine.is_mute = True
    await farm.go(29)
    state = farm.state(printer_id)
    assert (state.link, state.link_reason) == (LinkStatus.OFFLINE, LinkReason.SILENT)
    await farm.go(2)
    assert machine.connections == 2


async def test_an_answer_keeps_a_quiet_printer_online(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    await farm.go(600)
    assert machine.asked > 5
    assert machine.connections == 1
    assert links(farm) == [(LinkStatus.ONLINE, None)]


async def test_a_stale_printer_that_speaks_again_is_online(farm: Farm) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.is_silent_when_asked = True
    await farm.go(70)
    assert farm.state(printer_id).link is LinkStatus.STALE
    machine.breathe()
    await farm.go(1)
    assert farm.state(printer_id).link is LinkStatus.ONLINE


async def test_a_report_without_news_after_a_reconnect_is_heard_too(
    farm: Farm,
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.is_mute = True
    machine.lose()
    await farm.go(2)
    assert farm.state(printer_id).link is LinkStatus.OFFLINE
    machine.breathe()
    await farm.go(1)
    assert farm.state(printer_id).link is LinkStatus.ONLINE


async def test_the_first_certificate_is_pinned(
    farm: Farm, database: Database, facts: Facts, clock: ManualClock, tmp_path: Path
) -> None:
    printer_id = await farm.add()
    assert farm.record(printer_id).pin_sha256 == CERTIFICATE.sha256
    farm.machine(printer_id).lose()
    await farm.go(1)
    assert farm.machine(printer_id).seen[-1].pin_sha256 == CERTIFICATE.sha256
    await farm.kill()
    async with run_farm(database, facts, clock, farm.family, tmp_path) as again:
        assert again.record(printer_id).pin_sha256 == CERTIFICATE.sha256


async def test_a_changed_certificate_waits_for_a_person(
    farm: Farm, family: MemoryFamily
) -> None:
    machine = family.machine("10.0.0.1")
    printer_id = await farm.add()
    machine.unreachable = CertificateChanged("no", CERTIFICATE.sha256, OTHER)
    machine.lose()
    await farm.go(1)
    assert farm.state(printer_id).link is LinkStatus.CERTIFICATE_CHANGED
    await farm.go(3600)
    assert machine.connections == 2
    shown = farm.printers.registry.certificate(printer_id)
    assert (shown.pinned_sha256, shown.found_sha256) == (CERTIFICATE.sha256, OTHER)
    for pinned, found in ((CERTIFICATE.sha256, "c" * 64), (OTHER, OTHER)):
        with pytest.raises(Conflict):
            await farm.printers.registry.confirm_certificate(printer_id, pinned, found)
    machine.unreachable = None
    machine.certificate = Certificate("MEM1", OTHER, is_vendor_signed=True)
    await farm.printers.registry.confirm_certificate(
        printer_id, CERTIFICATE.sha256, OTHER
    )
    await farm.go(1)
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    assert machine.seen[-1].pin_sha256 == OTHER
    with pytest.raises(Conflict):
        await farm.printers.registry.confirm_certificate(
            printer_id, CERTIFICATE.sha256, OTHER
        )


async def test_refresh_asks_or_tries_at_once(farm: Farm, family: MemoryFamily) -> None:
    machine = family.machine("10.0.0.1")
    machine.unreachable = LoginRejected("no")
    printer_id = await farm.add()
    machine.unreachable = None
    farm.printers.refresh(printer_id)
    await farm.go()
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    farm.printers.refresh(printer_id)
    await farm.go()
    assert machine.asked == 1


async def test_a_disabled_printer_is_left_alone(farm: Farm) -> None:
    printer_id = await farm.add(is_enabled=False)
    assert farm.state(printer_id).link is LinkStatus.DISABLED
    assert farm.machine(printer_id).connections == 0
    await farm.printers.registry.edit(printer_id, {"is_enabled": True})
    await farm.go(0.1)
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    await farm.printers.registry.edit(printer_id, {"is_enabled": False})
    await farm.go(100)
    state = farm.state(printer_id)
    assert (state.link, state.link_reason) == (
        LinkStatus.DISABLED,
        LinkReason.SWITCHED_OFF,
    )
    assert state.activity is None
    assert farm.machine(printer_id).driver is None


async def test_a_farm_starts_and_stops_in_time(
    farm: Farm, database: Database, facts: Facts, clock: ManualClock, tmp_path: Path
) -> None:
    for number in range(100):
        await farm.printers.registry.add(
            {
                "name": f"P{number}",
                "family": "memory",
                "host": f"10.0.1.{number}",
                "serial": f"S{number}",
            }
        )
    await farm.kill()
    loop = asyncio.get_running_loop()
    async with run_farm(database, facts, clock, farm.family, tmp_path) as again:
        # `run_farm` lets one second pass by the test's clock.
        states = [view.state.link for view in again.printers.views().values()]
        assert states == [LinkStatus.ONLINE] * 100
        before = loop.time()
    assert loop.time() - before < 2


def _away(farm: Farm, printer_id: str) -> bool:
    state = farm.state(printer_id)
    return (state.link, state.link_reason) == (
        LinkStatus.OFFLINE,
        LinkReason.MACHINE_AWAY,
    )


async def test_a_host_without_its_machine_is_offline_until_it_says_otherwise(
    farm: Farm,
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job())
    await farm.go(1)
    machine.report(link=LinkStatus.OFFLINE, link_reason=LinkReason.MACHINE_AWAY)
    await farm.go(1)
    assert _away(farm, printer_id)
    assert farm.state(printer_id).job is not None
    # The host is asked and answers, and that says nothing of the machine.
    for _ in range(3):
        machine.breathe()
        await farm.go(50)
        assert _away(farm, printer_id)
    assert machine.connections == 1
    machine.report(link=LinkStatus.ONLINE, link_reason=None)
    await farm.go(1)
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    assert links(farm)[1:] == [
        (LinkStatus.OFFLINE, LinkReason.MACHINE_AWAY),
        (LinkStatus.ONLINE, None),
    ]


async def test_a_host_that_falls_silent_too_is_dropped_and_never_stale(
    farm: Farm,
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(link=LinkStatus.OFFLINE, link_reason=LinkReason.MACHINE_AWAY)
    machine.is_silent_when_asked = True
    await farm.go(70)
    assert _away(farm, printer_id)
    assert machine.asked
    machine.is_mute = True
    await farm.go(22)
    state = farm.state(printer_id)
    assert (state.link, state.link_reason) == (LinkStatus.OFFLINE, LinkReason.SILENT)
    await farm.go(2)
    assert machine.connections == 2


async def test_a_host_that_comes_back_without_its_machine_takes_nothing_back(
    farm: Farm,
) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(activity=Activity.PRINTING, job=job("vase"))
    await farm.go(1)
    machine.state = PrinterState(
        link=LinkStatus.OFFLINE, link_reason=LinkReason.MACHINE_AWAY
    )
    machine.lose()
    await farm.go(2)
    assert _away(farm, printer_id)
    state = farm.state(printer_id)
    assert state.activity is Activity.PRINTING
    assert state.job is not None
    assert state.job.name == "vase"
    machine.breathe()
    await farm.go(5)
    assert _away(farm, printer_id)
