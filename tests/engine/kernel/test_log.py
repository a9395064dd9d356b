"""No secret reaches the log, by value or by looks."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from odin_engine.kernel.log import (
    LogFormat,
    Redactor,
    print_past_redaction,
    set_up_logging,
)
from odin_engine.kernel.secrets import KnownSecrets

_CANARY = "canary-7f3a9c"


@pytest.fixture
def known() -> KnownSecrets:
    known = KnownSecrets()
    known.add(_CANARY)
    return known


@pytest.fixture(autouse=True)
def _keep_handlers() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(params=["console", "json"])
def log_format(request: pytest.FixtureRequest) -> LogFormat:
    chosen: LogFormat = request.param
    return chosen


def test_a_known_value_is_hidden_wherever_it_stands(
    known: KnownSecrets, log_format: LogFormat
) -> None:
    stream = io.StringIO()
    set_up_logging(log_format, "info", known, stream)
    log = logging.getLogger("odin_engine.test")
    log.warning("code is %s, also %r", _CANARY, {"x": _CANARY})
    try:
        int(_CANARY)
    except ValueError:
        log.exception("failed")
    told = stream.getvalue()
    assert _CANARY not in told
    assert "code is ***" in told
    assert "literal for int() with base 10: '***'" in told


@pytest.mark.parametrize(
    "text",
    [
        f"rtsps://bblp:{_CANARY}@10.0.0.5:322/x",
        f"login bblp:{_CANARY}@printer",
        f"postgresql+asyncpg://odin:{_CANARY}@db/odin",
        f"token odin_4{_CANARY}abcdef used",
        f"password={_CANARY}&x=1",
        f'{{"password": "{_CANARY}", "x": 1}}',
        f"{{'access_code': '{_CANARY}'}}",
        f"new_password: {_CANARY}",
        f"Authorization: Bearer {_CANARY}",
        f"Authorization: Digest username=x, response={_CANARY}",
        f"(b'authorization', b'Bearer {_CANARY}')",
        f"Cookie: odin_session={_CANARY}; other=1",
        f"X-Api-Key: {_CANARY}",
        f"GET /x?api_key={_CANARY}",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    told = Redactor(KnownSecrets())(text)
    assert _CANARY not in told
    assert "***" in told


@pytest.mark.parametrize(
    "text",
    [
        "odin_engine.kernel.migrate: upgrading",
        "http://printer.local:8883/path is away",
        "the token is invalid",
        "basic setup done",
        "odin_engine_is_a_long_module_name",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert Redactor(KnownSecrets())(text) == text


def test_a_line_break_in_a_name_forges_no_line(known: KnownSecrets) -> None:
    stream = io.StringIO()
    set_up_logging("console", "info", known, stream)
    logging.getLogger("x").info("printer %s is on", "a\n2026 INFO root: forged\x1b[2J")
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_json_lines_are_whole(known: KnownSecrets) -> None:
    stream = io.StringIO()
    set_up_logging("json", "info", known, stream)
    logging.getLogger("x").info("two\nlines")
    logging.getLogger("x").debug("not shown")
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == (
        "info",
        "x",
        "two\nlines",
    )
    assert told["at"].endswith("+00:00")


def test_the_setup_code_is_shown_on_purpose() -> None:
    stream = io.StringIO()
    print_past_redaction(f"setup code: {_CANARY}", stream)
    assert stream.getvalue() == f"setup code: {_CANARY}\n"


def test_no_line_of_the_log_can_be_forged(known: KnownSecrets) -> None:
    """Neither by a name in a message nor by one in an error that a traceback shows."""
    forged = "x\n2026-11-01 08:00:00Z INFO    odin_engine: all is well\x1b[2J"
    stream = io.StringIO()
    set_up_logging("console", "info", known, stream)
    log = logging.getLogger("odin_engine.test")
    log.warning("called %s", forged)
    log.error("failed at %s", forged, exc_info=LookupError(forged))
    told = stream.getvalue()
    begun = [line for line in told.splitlines() if not line.startswith("  ")]
    assert len(begun) == 2
    assert all(line.split()[2] in {"WARNING", "ERROR"} for line in begun)
    assert "\x1b" not in told
