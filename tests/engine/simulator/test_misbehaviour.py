"""Each misbehaviour as a client meets it on the wire."""

import asyncio
import json
import ssl
from pathlib import Path

import aiomqtt
import pytest

from odin_engine.simulator.bambu import GcodeState, Misbehaviour, SimulatedPrinter
from odin_engine.simulator.bambu.machine.plan import PlanFilament, PrintPlan
from tests.engine.simulator.clients import mqtt, trusting_context
from tests.engine.simulator.test_commands import START, start

PLAN = PrintPlan("job", 1, 50, 600, (PlanFilament(0, "PLA", "#FF0000", 20),))


def begin(printer: SimulatedPrinter) -> None:
    printer.machine.start(PLAN, slots={0: 0})
    printer.advance(400)
    assert printer.machine.gcode_state is GcodeState.RUNNING


async def test_drop_link(p1s: SimulatedPrinter) -> None:
    with pytest.raises(aiomqtt.MqttError):
        await _lose(p1s, "drop_link")
    assert p1s.clients == 0
    async with mqtt(p1s) as client:
        await client.ask("info", "get_version")


async def test_silent_keeps_the_link_and_says_nothing(x1c: SimulatedPrinter) -> None:
    async with mqtt(x1c) as client:
        x1c.machine.misbehave("silent")
        await client.send("pushing", "pushall")
        await x1c.request("pushall")
        while True:
            # What was on its way may still come in.
            try:
                async with asyncio.timeout(0.2):
                    await client.raw()
            except TimeoutError:
                break
        assert x1c.clients == 1
        x1c.machine.behave("silent")
        await client.state()


@pytest.mark.parametrize("form", ["b", "c"])
async def test_refused_commands_without_an_answer(
    x1c: SimulatedPrinter, form: str
) -> None:
    x1c.machine.misbehave("refuse_commands", form=form)
    async with mqtt(x1c) as client:
        await client.send("print", "print_speed", param="3")
        await x1c.request("print_speed")
        report = await client.state(spd_lvl=2)
        known = [{"attr": 0x0500_0500, "code": 0x0001_0007}]
        assert report["hms"] == (known if form == "b" else [])
        assert int(report["fun"], 16) & 0x2000_0000


async def test_change_access_code(p1s: SimulatedPrinter) -> None:
    old = p1s.access_code
    with pytest.raises(aiomqtt.MqttError):
        await _lose(p1s, "change_access_code", code="87654321")
    with pytest.raises(aiomqtt.MqttCodeError):
        async with mqtt(p1s, code=old):
            pass
    assert p1s.access_code == "87654321"
    async with mqtt(p1s) as client:
        await client.ask("info", "get_version")


async def test_change_certificate(p1s: SimulatedPrinter) -> None:
    before = await _leaf(p1s)
    fingerprint = p1s.fingerprint
    p1s.machine.misbehave("change_certificate")
    assert await _leaf(p1s) != before
    assert p1s.fingerprint != fingerprint


async def test_fault(p1s: SimulatedPrinter) -> None:
    begin(p1s)
    async with mqtt(p1s) as client:
        p1s.machine.misbehave(
            "fault", print_error="0300_8003", hms="0C00_0300_0003_0008"
        )
        report = await client.state(gcode_state="PAUSE", print_error=0x0300_8003)
        assert report["hms"] == [{"attr": 0x0C00_0300, "code": 0x0003_0008}]


async def test_runout(p1s: SimulatedPrinter) -> None:
    begin(p1s)
    async with mqtt(p1s) as client:
        await client.send("pushing", "pushall")
        await client.state(msg=0)
        p1s.machine.misbehave("runout")
        p1s.advance(3)
        report = await client.state(stg_cur=6, print_error=0x0700_8011)
        assert report["ams"]["tray_exist_bits"] == "e"


async def test_slow_parse(p1s: SimulatedPrinter, sliced: Path) -> None:
    p1s.machine.misbehave("slow_parse")
    async with mqtt(p1s) as client:
        await start(p1s, client, sliced)
        p1s.advance(130)
        assert p1s.machine.gcode_state is GcodeState.PREPARE
        p1s.advance(10)
        assert GcodeState(p1s.machine.gcode_state) is GcodeState.RUNNING


async def test_garbage_comes_between_reports_that_are_whole(
    x1c: SimulatedPrinter,
) -> None:
    x1c.machine.misbehave("garbage")
    async with mqtt(x1c) as client:
        broken = 0
        while broken < 3:
            try:
                json.loads(await client.raw())
            except ValueError:
                broken += 1
        await client.state()


async def test_non_utf8(x1c: SimulatedPrinter) -> None:
    x1c.machine.misbehave("non_utf8")
    async with mqtt(x1c) as client:
        payload = await client.raw()
        with pytest.raises(UnicodeDecodeError):
            payload.decode()
        assert json.loads(payload.decode(errors="replace"))["print"]


async def test_duplicate_reports(x1c: SimulatedPrinter) -> None:
    x1c.machine.misbehave("duplicate_reports")
    async with mqtt(x1c) as client:
        assert await client.raw() == await client.raw()


async def test_reorder_reports(x1c: SimulatedPrinter) -> None:
    async with mqtt(x1c) as client:
        await client.raw()
        x1c.machine.misbehave("reorder_reports")
        numbers = []
        for _ in range(5):
            report = json.loads(await client.raw())["print"]
            numbers.append(int(report["sequence_id"]))
        assert numbers != sorted(numbers)


async def test_stale_100(p1s: SimulatedPrinter, sliced: Path) -> None:
    p1s.machine.misbehave("stale_100", for_s=200)
    async with mqtt(p1s) as client:
        await start(p1s, client, sliced)
        p1s.advance(120)
        assert p1s.machine.gcode_state is GcodeState.RUNNING
        assert p1s.machine.prints.percent == 100
        p1s.advance(300)
        report = await client.until(lambda body: 0 < body.get("mc_percent", 0) < 100)
        assert report


async def test_busy(p1s: SimulatedPrinter, sliced: Path) -> None:
    p1s.machine.misbehave("busy")
    async with mqtt(p1s) as client:
        reply = await start(p1s, client, sliced)
        assert reply["result"] == "FAIL"
        await client.state(print_error=0x0500_4004)
        p1s.machine.behave("busy")
        reply = await client.ask("print", "project_file", **START)
        assert reply["result"] == "SUCCESS"


async def test_cancel_at_the_screen(p1s: SimulatedPrinter) -> None:
    begin(p1s)
    async with mqtt(p1s) as client:
        p1s.machine.misbehave("cancel")
        await client.state(gcode_state="FAILED")
        p1s.advance(5)
        await client.state(print_error=0x0300_400C)


async def test_power_cut_and_return(p1s: SimulatedPrinter) -> None:
    begin(p1s)
    ports = dict(p1s.ports)
    with pytest.raises(aiomqtt.MqttError):
        await _lose(p1s, "power_cut")
    with pytest.raises(ConnectionRefusedError):
        await _leaf(p1s)
    p1s.machine.behave("power_cut")
    await p1s.wait_until_open()
    assert p1s.ports == ports
    async with mqtt(p1s) as client:
        await client.send("pushing", "pushall")
        await client.state(gcode_state="IDLE", msg=0)


async def test_the_door(x1c: SimulatedPrinter) -> None:
    async with mqtt(x1c) as client:
        x1c.machine.misbehave("door_open")
        await client.until(lambda body: bool(body.get("home_flag", 0) & 1 << 23))
        x1c.machine.behave("door_open")
        await client.until(
            lambda body: "home_flag" in body and not body["home_flag"] & 1 << 23
        )


def test_every_misbehaviour_is_tested() -> None:
    here = Path(__file__).parent
    text = "".join(path.read_text() for path in here.glob("test_*.py"))
    missing = [name for name in Misbehaviour if f'"{name}"' not in text]
    assert missing == []


async def _lose(printer: SimulatedPrinter, name: str, **options: str) -> None:
    """Listens while it begins, until the link ends."""
    async with mqtt(printer) as client:
        printer.machine.misbehave(name, **options)
        while True:
            await client.raw()


async def _leaf(printer: SimulatedPrinter) -> bytes:
    _, writer = await asyncio.open_connection(
        printer.host, printer.ports["mqtt"], ssl=trusting_context()
    )
    channel: ssl.SSLObject = writer.get_extra_info("ssl_object")
    leaf = channel.getpeercert(binary_form=True)
    writer.close()
    assert leaf
    return leaf
