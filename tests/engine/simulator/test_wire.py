"""MQTT as independent clients meet it: logging in, listening, asking."""

import asyncio
import contextlib
import json
import ssl

import aiomqtt
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from odin_engine.simulator.bambu import PlanFilament, PrintPlan, SimulatedPrinter
from odin_engine.simulator.bambu.mqtt_packets import Connack
from tests.engine.simulator.clients import mqtt, nameless, trusting_context
from tests.patience import PATIENCE_S


async def test_a_wrong_code_is_answered_with_5(p1s: SimulatedPrinter) -> None:
    with pytest.raises(aiomqtt.MqttCodeError, match=r"[Nn]ot authori"):
        async with mqtt(p1s, code="00000000"):
            pass
    (seen,) = p1s.connects
    assert seen.answer is Connack.NOT_AUTHORISED
    assert seen.username == "bblp"
    assert seen.password == "00000000"


async def test_a_wrong_serial_is_accepted_and_silent(p1s: SimulatedPrinter) -> None:
    async with mqtt(p1s, serial=p1s.serial.lower()) as wrong, mqtt(p1s) as right:
        await wrong.send("pushing", "pushall")
        await right.send("pushing", "pushall")
        await right.state(msg=0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await wrong.raw()


async def test_the_request_topic_cannot_be_listened_to(p1s: SimulatedPrinter) -> None:
    async with aiomqtt.Client(
        p1s.host,
        p1s.ports["mqtt"],
        username="bblp",
        password=p1s.access_code,
        tls_context=trusting_context(),
    ) as client:
        (code,) = await client.subscribe(f"device/{p1s.serial}/request")
        assert getattr(code, "value", code) == 0x80


async def test_pushall_brings_a_full_report_and_deltas_follow(
    p1s: SimulatedPrinter,
) -> None:
    async with mqtt(p1s) as client:
        await client.send("pushing", "pushall", version=1, push_target=1)
        full = await client.state(msg=0)
        assert len(full) > 60
        p1s.machine.settings.speed_level = 3
        delta = await client.state(msg=1, spd_lvl=3)
        assert len(delta) < 10
        assert int(delta["sequence_id"]) > int(full["sequence_id"])


async def test_big_boards_send_full_reports_only(x1c: SimulatedPrinter) -> None:
    async with mqtt(x1c) as client:
        first, second = await client.state(), await client.state()
        assert first["msg"] == second["msg"] == 0
        assert len(first) > 90


async def test_get_version_lists_the_modules(x1c: SimulatedPrinter) -> None:
    async with mqtt(x1c) as client:
        reply = await client.ask("info", "get_version")
        names = [module["name"] for module in reply["module"]]
        assert names[:3] == ["ota", "ams/0", "ams/1"]


async def test_a_small_board_lags_after_too_many_pushalls(
    p1s: SimulatedPrinter,
) -> None:
    async with mqtt(p1s) as client:
        # The first report of all is whole by itself.
        await client.state(msg=0)
        for _ in range(4):
            await client.send("pushing", "pushall")
            await client.state(msg=0)
        await client.send("pushing", "pushall")
        await p1s.request("pushall", nth=5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await client.raw()
        p1s.advance(11)
        await client.state(msg=0)


async def test_a_burst_of_commands_wedges_a_p1s_until_a_new_client_comes(
    p1s: SimulatedPrinter,
) -> None:
    async with mqtt(p1s) as client:
        for _ in range(20):
            await client.send("print", "print_speed", param="3")
        await p1s.request("print_speed", nth=20)
        await client.send("print", "print_speed", param="1")
        await p1s.request("print_speed", nth=21)
        assert p1s.machine.settings.speed_level == 3
    async with mqtt(p1s) as client:
        reply = await client.ask("print", "print_speed", param="1")
        assert reply["result"] == "SUCCESS"


async def test_a_fifth_client_finds_no_place(p1s: SimulatedPrinter) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(mqtt(p1s))
        with pytest.raises(aiomqtt.MqttError):
            await stack.enter_async_context(mqtt(p1s))
    assert p1s.connects[-1].answer is Connack.UNAVAILABLE


async def test_two_clients_of_one_name_push_each_other_out(
    p1s: SimulatedPrinter,
) -> None:
    first = await _raw(p1s)
    second = await _raw(p1s)
    assert await first[0].read() == b""
    second[1].close()


@pytest.mark.parametrize(
    "rubbish",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x10\xff\xff\xff\xff\xff",
        b"\x10\x02\x00\x50",
        b"\x30\x00",
        b"\xf0\x00",
    ],
)
async def test_what_is_no_mqtt_ends_that_connection_only(
    p1s: SimulatedPrinter, rubbish: bytes
) -> None:
    async with mqtt(p1s) as client:
        reader, writer = await _open(p1s)
        writer.write(rubbish)
        # An abort may come as a reset.
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        await client.ask("info", "get_version")


async def test_a_client_that_says_nothing_is_dropped_after_its_keepalive(
    p1s: SimulatedPrinter,
) -> None:
    reader, writer = await _raw(p1s, keepalive_s=1)
    async with asyncio.timeout(PATIENCE_S):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()


async def test_paho_reads_reports(p1s: SimulatedPrinter) -> None:
    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[bytes] = loop.create_future()

    def keep(payload: bytes) -> None:
        if not arrived.done():
            arrived.set_result(payload)

    def took(_: object, __: object, message: paho.MQTTMessage) -> None:
        loop.call_soon_threadsafe(keep, message.payload)

    def connected(client: paho.Client, *_: object) -> None:
        client.subscribe(f"device/{p1s.serial}/report", qos=1)
        client.publish(
            f"device/{p1s.serial}/request",
            json.dumps({"pushing": {"command": "pushall", "sequence_id": "2"}}),
        )

    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set("bblp", p1s.access_code)
    client.tls_set_context(trusting_context())
    client.on_message, client.on_connect = took, connected
    client.connect_async(p1s.host, p1s.ports["mqtt"])
    client.loop_start()
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert "print" in json.loads(await arrived)
    finally:
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)


async def test_the_certificate_carries_the_serial_and_stays(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("state")
    shown = []
    for _ in range(2):
        async with SimulatedPrinter("P1S", state_dir=folder) as printer:
            _, writer = await _open(printer)
            channel: ssl.SSLObject = writer.get_extra_info("ssl_object")
            assert channel.version() == "TLSv1.2"
            shown.append(channel.getpeercert(binary_form=True))
            writer.close()
            assert printer.serial.encode() in (shown[-1] or b"")
    assert shown[0] == shown[1]


async def test_a_fast_clock_shows_every_stage_of_a_print() -> None:
    plan = PrintPlan("job", 1, 20, 600, (PlanFilament(0, "PLA", "#FF0000", 10),))
    async with SimulatedPrinter("X1C", clock_factor=600) as printer:
        async with mqtt(printer) as client:
            printer.machine.start(plan, slots={0: 0})
            seen: list[tuple[str, int]] = []
            while not seen or seen[-1][0] != "FINISH":
                report = await client.state()
                step = (report["gcode_state"], report["stg_cur"])
                if step not in seen:
                    seen.append(step)
        await printer.wait_until(lambda machine: machine.prints.percent == 100)
    assert seen == [
        ("IDLE", -1),
        ("PREPARE", -1),
        *(("RUNNING", stage) for stage in (2, 14, 13, 1, 4, 0, -1)),
        ("FINISH", -1),
    ]


async def test_a_taken_port_is_an_error_and_leaves_nothing_open(
    p1s: SimulatedPrinter,
) -> None:
    second = SimulatedPrinter("P1S", ports={"detect": p1s.ports["ftps"]})
    with pytest.raises(OSError, match="in use"):
        await second.__aenter__()
    assert not second.is_on


async def _open(
    printer: SimulatedPrinter,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(
        printer.host, printer.ports["mqtt"], ssl=trusting_context()
    )


async def _raw(
    printer: SimulatedPrinter, keepalive_s: int = 60
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await _open(printer)
    strings = b"".join(
        len(each).to_bytes(2) + each
        for each in (b"raw", b"bblp", printer.access_code.encode())
    )
    body = b"\x00\x04MQTT\x04\xc2" + keepalive_s.to_bytes(2) + strings
    writer.write(bytes([0x10, len(body)]) + body)
    assert await reader.readexactly(4) == b"\x20\x02\x00\x00"
    return reader, writer


async def test_a_message_may_hold_several_requests(p1s: SimulatedPrinter) -> None:
    message = {
        "user_id": "1234567890",
        "pushing": {"command": "pushall"},
        "info": {"command": "get_version"},
        "upgrade": {"command": "get_history"},
    }
    async with mqtt(p1s) as client:
        await client.raw_send(json.dumps(message))
        await client.state(msg=0)
        version = await client.until(lambda body: "module" in body)
        assert set(version) == {"command", "module"}
        history = await client.until(lambda body: body["command"] == "get_history")
        assert history["firmware_optional"] == []
    assert [each.command for each in p1s.requests] == [
        "pushall",
        "get_version",
        "get_history",
    ]


async def test_line_ends_may_stand_inside_strings(p1s: SimulatedPrinter) -> None:
    async with mqtt(p1s) as client:
        await client.raw_send(
            '{"print": {"command": "gcode_line", "sequence_id": 2006,'
            ' "param": "M140 S55 \n"}, "user_id":"1234567890"}'
        )
        reply = await client.until(lambda body: body["command"] == "gcode_line")
        assert reply["sequence_id"] == 2006
        assert p1s.machine.bed.target_c == 55


@pytest.mark.parametrize("payload", ["[" * 100_000, '{"print": 3}', "{}", "\xff"])
async def test_nonsense_is_passed_over(p1s: SimulatedPrinter, payload: str) -> None:
    async with mqtt(p1s) as client:
        await client.raw_send(payload)
        await client.ask("info", "get_version")


async def test_clients_without_a_name_stand_side_by_side(
    p1s: SimulatedPrinter,
) -> None:
    async with nameless(p1s) as first, nameless(p1s) as second:
        for client in (first, second):
            await client.subscribe(f"device/{p1s.serial}/report")
        p1s.machine.settings.speed_level = 3
        p1s.report()
        for client in (first, second):
            async with asyncio.timeout(PATIENCE_S):
                await anext(aiter(client.messages))
    assert len({each.client_id for each in p1s.connects}) == 2
