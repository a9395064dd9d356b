"""Whatever answers at the address: nothing but our own errors leaves the driver."""

import asyncio
from collections.abc import Awaitable, Mapping
from pathlib import Path

import orjson
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.prusalink.driver import PrusaLinkDriver
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.errors import Unavailable
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import (
    CommandRejected,
    DriverError,
    Job,
    NotSupported,
    Pause,
    Stop,
)
from odin_engine.printers.ports import Connection
from odin_engine.simulator.prusalink.http import HttpServer, Request, Response
from tests.engine.drivers.prusalink.rigs import FAST, start
from tests.engine.drivers.prusalink.talk import job, status
from tests.fuzzing import fuzzed
from tests.patience import PATIENCE_S

_OURS = (DriverError, CommandRejected, NotSupported, Unavailable)
_PATHS = (
    "/api/version",
    "/api/v1/info",
    "/api/v1/status",
    "/api/v1/job",
    "/api/v1/storage",
    "/api/v1/cameras",
    "/api/v1/transfer",
    "/api/v1/files/usb/",
)
_GOOD: Mapping[str, object] = {
    "/api/version": {"api": "2.0.0", "text": "PrusaLink", "original": "PrusaLink"},
    "/api/v1/info": {"serial": "1"},
    "/api/v1/status": status("PRINTING", 7, 40, 3600, 1500),
    "/api/v1/job": job(7, "box.gcode", refs={"icon": "/x", "thumbnail": "/y"}),
    "/api/v1/cameras": {"camera_list": [{"camera_id": "cam1"}]},
}
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["printer", "id", "file"]), inner, max_size=2)
    ),
    max_leaves=5,
)
_BODY = st.binary(max_size=40) | _JSON.map(orjson.dumps)
_ANSWER = st.tuples(
    st.sampled_from([200, 200, 201, 204, 401, 404, 409, 500, 503]), _BODY
)
_ANSWERS = st.dictionaries(st.sampled_from(_PATHS), _ANSWER, max_size=3)


@fuzzed(60)
@given(answers=_ANSWERS, otherwise=_ANSWER)
def test_any_server_is_survived(
    answers: dict[str, tuple[int, bytes]],
    otherwise: tuple[int, bytes],
) -> None:
    asyncio.run(_meet(answers, otherwise))


async def _meet(
    answers: dict[str, tuple[int, bytes]], otherwise: tuple[int, bytes]
) -> None:
    async def answer(request: Request) -> Response:
        await request.drain()
        known = answers.get(request.path)
        if known is None and request.path in _GOOD:
            return Response(200, orjson.dumps(_GOOD[request.path]))
        code, body = known or otherwise
        challenge = {"WWW-Authenticate": body.hex()} if code == 401 else {}
        return Response(code, b"" if code == 204 else body, challenge)

    server = HttpServer(answer, None)
    port = await server.open("127.0.0.1", 0)
    connection = Connection("127.0.0.1", None, "key", {"http": port})
    driver = PrusaLinkDriver(connection, SystemClock(), LoopTicker(), pace=FAST)
    states = driver.states()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await _survives(anext(states))
            for doing in (
                driver.execute(start()),
                driver.emergency_stop(),
                driver.files(),
                driver.read_print_details(Job(external_id="7", file="/usb/a.gcode")),
                driver.camera_frame("cam1"),
                driver.delete_file("a.gcode"),
                driver.upload(Path(__file__), "a.gcode", lambda *_: None),
            ):
                await _survives(asyncio.wait_for(doing, 0.2))
            for command in (Pause(), Stop()):
                await _survives(asyncio.wait_for(driver.execute(command), 0.05))
    finally:
        await states.aclose()
        await driver.close()
        await server.close()


async def _survives(doing: Awaitable[object]) -> None:
    try:
        await doing
    except (*_OURS, TimeoutError):
        return
