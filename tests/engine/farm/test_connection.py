"""Links made, lost, refused and silent, as a person and the log see them."""

import pytest

from odin_engine.printers.events import LinkChanged
from tests.engine.farm.yard import PLAN, Yard, logged


async def test_the_first_report_tells_a_link_and_nothing_else(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    machine = await yard.machine("P1S")
    machine.machine.start(PLAN, slots={0: 0})
    machine.advance(400)
    place = await yard.register(machine)
    await place.online()
    assert place.state.activity == "printing"
    assert [type(event) for event in place.events] == [LinkChanged]
    assert logged(caplog) == ["P1: online (-)"]


async def test_drop_link(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add()
    await place.prints()
    for _ in range(3):
        place.machine.machine.misbehave("drop_link")
        state = await place.until(lambda state: state.link != "online")
        assert place.link == "offline (link_lost)"
        assert state.activity == "printing"
        await yard.go(5)
        await place.online()
    assert place.happened == ["PrintStarted"]
    again = ["P1: offline (link_lost)", "P1: online (-)"]
    assert logged(caplog) == ["P1: online (-)", *again * 3]
    names = [connect.client_id for connect in place.machine.connects]
    assert len(set(names)) == 4


async def test_a_job_that_ended_while_the_link_was_down_is_told_once(
    yard: Yard,
) -> None:
    place = await yard.add()
    await place.prints()
    machine = place.machine
    machine.machine.misbehave("silent")
    machine.machine.misbehave("drop_link")
    await place.until(lambda state: state.link != "online")
    machine.advance(1600)
    machine.machine.behave("silent")
    assert machine.machine.gcode_state == "FINISH"
    await yard.go(1)
    await place.until(lambda state: state.activity == "finished")
    assert place.happened == ["PrintStarted", "PrintEnded"]
    assert place.results == ["finished"]


async def test_silent(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add()
    await place.prints()
    asked = len(place.machine.requests)
    place.machine.machine.misbehave("silent")
    await place.heard()
    await yard.go(19)
    assert place.link == "online (-)"
    await yard.go(3)
    await place.machine.request("get_version", nth=2)
    assert len(place.machine.requests) > asked
    await yard.go(40)
    assert place.link == "stale (silent)"
    assert place.machine.clients == 1
    assert len(place.machine.connects) == 1
    await yard.go(30)
    await place.until(lambda state: state.link != "stale")
    assert place.link == "offline (silent)"
    place.machine.machine.behave("silent")
    await place.recovers()
    assert place.happened == ["PrintStarted"]
    # Where the next session began before the machine spoke again, that is told as well.
    lines = [line for line in logged(caplog) if line != "P1: no_report (silent)"]
    assert lines == [
        "P1: online (-)",
        "P1: stale (silent)",
        "P1: offline (silent)",
        "P1: online (-)",
    ]
    assert len(logged(caplog)) <= len(lines) + 1


async def test_a_machine_that_was_heard_before_is_not_called_by_a_wrong_serial(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add()
    place.machine.machine.misbehave("silent")
    place.machine.machine.misbehave("drop_link")
    await place.until(lambda state: state.link != "online")
    for sessions in (2, 3):
        await place.connects(sessions)
        await yard.breathe()
        await yard.go(95)
    assert place.link == "no_report (silent)"
    place.machine.machine.behave("silent")
    await place.recovers()
    assert logged(caplog)[1:] == [
        "P1: offline (link_lost)",
        "P1: no_report (silent)",
        "P1: online (-)",
    ]


async def test_a_machine_that_never_reports(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    machine = await yard.machine()
    machine.machine.misbehave("silent")
    place = await yard.register(machine)
    await machine.request("pushall")
    assert place.link == "connecting (-)"
    await yard.go(16)
    assert place.link == "no_report (wrong_serial_or_case)"
    await yard.go(80)
    await place.connects(2)
    assert place.link == "no_report (wrong_serial_or_case)"
    machine.machine.behave("silent")
    await place.recovers()
    assert logged(caplog) == [
        "P1: no_report (wrong_serial_or_case)",
        "P1: online (-)",
    ]


async def test_change_access_code(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add()
    place.machine.machine.misbehave("change_access_code", code="87654321")
    await place.until(lambda state: state.link != "online")
    await yard.go(1)
    await place.until(lambda state: state.link == "unauthorised")
    assert place.link == "unauthorised (access_code_rejected)"
    for _ in range(14):
        await yard.go(50)
        await yard.breathe()
    # The one that was good, the first after it, and one in five minutes.
    assert len(place.machine.connects) == 4
    await yard.printers.registry.edit(place.id, {"secret": "87654321"})
    await yard.go()
    await place.online()
    assert logged(caplog) == [
        "P1: online (-)",
        "P1: offline (link_lost)",
        "P1: unauthorised (access_code_rejected)",
        "P1: connecting (-)",
        "P1: online (-)",
    ]


async def test_a_wrong_access_code_from_the_start(yard: Yard) -> None:
    machine = await yard.machine()
    place = await yard.register(machine, secret="00000000")
    await place.until(lambda state: state.link == "unauthorised")
    assert place.link == "unauthorised (access_code_rejected)"
    assert place.happened == []


async def test_change_certificate(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add()
    before = place.machine.fingerprint
    place.machine.machine.misbehave("change_certificate")
    await place.until(lambda state: state.link != "online")
    await yard.go(1)
    await place.until(lambda state: state.link == "certificate_changed")
    await yard.go(7200)
    shown = yard.printers.registry.certificate(place.id)
    found = place.machine.fingerprint
    assert (shown.pinned_sha256, shown.found_sha256) == (before, found)
    assert len(place.machine.connects) == 1, "the access code was sent"
    await yard.printers.registry.confirm_certificate(place.id, before, found)
    await yard.go()
    await place.online()
    assert logged(caplog) == [
        "P1: online (-)",
        "P1: offline (link_lost)",
        "P1: certificate_changed (certificate_changed)",
        "P1: connecting (-)",
        "P1: online (-)",
    ]


async def test_another_machine_at_the_address_is_sent_nothing(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    machine = await yard.machine("P1S")
    place = await yard.register(machine, serial="01P00A999999999")
    await place.until(lambda state: state.link == "unauthorised")
    assert place.link == "unauthorised (serial_mismatch)"
    for _ in range(8):
        await yard.go(50)
        await yard.breathe()
    assert machine.connects == []
    assert machine.requests == []
    assert logged(caplog) == ["P1: unauthorised (serial_mismatch)"]
    await yard.printers.registry.edit(place.id, {"serial": machine.serial})
    await yard.go()
    await place.online()


async def test_a_serial_typed_in_small_letters_is_the_right_one(yard: Yard) -> None:
    machine = await yard.machine("P1S")
    place = await yard.register(machine, serial=machine.serial.lower())
    await place.online()
    assert yard.printers.view(place.id).printer.serial == machine.serial


async def test_power_cut(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add()
    await place.prints()
    place.machine.machine.misbehave("power_cut")
    await place.until(lambda state: state.link != "online")
    for _ in range(40):
        await yard.go(1)
        await yard.breathe()
    assert place.link == "offline (no_answer)"
    assert place.happened == ["PrintStarted"]
    place.machine.machine.behave("power_cut")
    await place.machine.wait_until_open()
    await place.recovers()
    await yard.go(7)
    await place.until(lambda state: state.activity == "idle")
    assert place.results == ["unknown"]
    assert place.happened == ["PrintStarted", "PrintEnded"]
    assert len(logged(caplog)) <= 4
    assert logged(caplog)[-1] == "P1: online (-)"


async def test_a_machine_that_is_switched_off_is_one_line(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    machine = await yard.machine()
    machine.machine.misbehave("power_cut")
    place = await yard.register(machine)
    await place.until(lambda state: state.link == "offline")
    for _ in range(20):
        await yard.go(60)
        await yard.breathe()
    assert place.link == "offline (no_answer)"
    assert logged(caplog) == ["P1: offline (no_answer)"]


async def test_letting_go_in_the_middle_of_a_login_leaves_nothing(
    yard: Yard,
) -> None:
    """aiomqtt connects in a thread; what comes of that later is nobody's error."""
    machine = await yard.machine()
    for number in range(4):
        place = await yard.register(
            machine, serial=machine.serial if number % 2 else f"01P00A99999999{number}"
        )
        await yard.printers.registry.delete(place.id)
    await machine.wait_until(lambda _: machine.clients == 0)
