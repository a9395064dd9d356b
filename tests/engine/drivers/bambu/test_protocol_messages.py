"""From bytes to messages: what is state, what is a reply, what is nothing."""

import orjson
import pytest

from odin_engine.drivers.printers.bambu.protocol.messages import (
    Ack,
    Report,
    Unknown,
    VersionReply,
    parse,
)


@pytest.mark.parametrize(("msg", "is_full"), [(0, True), (1, False), (None, True)])
def test_reports_are_full_unless_they_say_delta(msg: int | None, is_full: bool) -> None:  # noqa: FBT001
    body = {"command": "push_status", "bed_temper": 20.0}
    if msg is not None:
        body["msg"] = msg
    message = parse(orjson.dumps({"print": body}))
    assert isinstance(message, Report)
    assert message.is_full is is_full
    assert message.data["bed_temper"] == 20.0


def test_a_report_may_lack_its_command() -> None:
    assert isinstance(parse(b'{"print": {"bed_temper": 20}}'), Report)


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    message = parse(b'{"print": {"command": "push_status", "subtask_name": "l\xe5da"}}')
    assert isinstance(message, Report)
    assert message.data["subtask_name"] == "l\ufffdda"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x00\xff\xfe",
        b"not json",
        b"[]",
        b'"text"',
        b"12",
        b"null",
        b"{}",
        b'{"print": 3}',
        b'{"print": []}',
        b'{"print": {"command": 3}}',
        b'{"system": {}}',
        b'{"info": {"command": "get_version", "module": {}}}',
        b"[" * 100_000,
        b'{"print": ' * 2000,
        b'{"print": {"mc_percent": NaN}}',
        b'{"a": "' + b"x" * (1 << 20) + b'"}',
    ],
)
def test_nonsense_is_unknown_and_says_why(payload: bytes) -> None:
    message = parse(payload)
    assert isinstance(message, Unknown)
    assert message.reason


def test_version_reply() -> None:
    message = parse(
        b'{"info": {"command": "get_version", "module": [{"name": "ota"}, 3, null]}}'
    )
    assert message == VersionReply(({"name": "ota"},))


def test_replies_are_no_state() -> None:
    # It carries nozzle_diameter, and must not be merged (BB #2663).
    message = parse(
        b'{"print": {"command": "extrusion_cali_get", "nozzle_diameter": "0.8",'
        b' "sequence_id": "9", "result": "success", "reason": ""}}'
    )
    assert isinstance(message, Ack)
    assert (message.namespace, message.command) == ("print", "extrusion_cali_get")
    assert (message.sequence_id, message.ok, message.reason) == ("9", True, None)


@pytest.mark.parametrize(
    ("fields", "ok"),
    [
        ({"result": "success"}, True),
        ({"result": "SUCCESS", "reason": "success"}, True),
        ({"result": "fail"}, False),
        ({"result": "FAIL"}, False),
        ({"result": "failed"}, False),
        ({"result": "success", "errno": -2}, False),
        ({"errno": -2}, False),
        ({"result": "success", "errno": -4}, True),
        ({"result": 7}, None),
        ({}, None),
    ],
)
def test_replies_say_yes_no_or_nothing(
    fields: dict[str, object],
    ok: bool | None,  # noqa: FBT001 - a case of the table
) -> None:
    message = parse(orjson.dumps({"print": {"command": "stop", **fields}}))
    assert isinstance(message, Ack)
    assert message.ok is ok


def test_a_refused_signature() -> None:
    message = parse(
        b'{"print": {"command": "pause", "sequence_id": 12, "result": "failed",'
        b' "reason": "mqtt message verify failed", "err_code": 84033543}}'
    )
    assert isinstance(message, Ack)
    assert message.err_code == 0x0502_4007
    assert message.sequence_id == "12"
    assert message.reason == "mqtt message verify failed"


@pytest.mark.parametrize(
    "namespace", ["system", "xcam", "camera", "upgrade", "pushing"]
)
def test_replies_of_other_namespaces(namespace: str) -> None:
    message = parse(orjson.dumps({namespace: {"command": "ledctrl"}}))
    assert isinstance(message, Ack)
    assert message.namespace == namespace
