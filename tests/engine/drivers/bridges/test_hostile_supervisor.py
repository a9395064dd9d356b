"""A Supervisor that answers nonsense: nobody becomes administrator by it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from hypothesis import example, given
from hypothesis import strategies as st

from odin_engine.drivers.bridges.supervisor import (
    CorePeople,
    Supervisor,
    SupervisorRefused,
    SupervisorSilent,
)
from tests.engine.doubles import ManualClock
from tests.fuzzing import fuzzed

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "is_owner",
                    "is_active",
                    "group_ids",
                    "success",
                    "result",
                    "type",
                ]
            ),
            inner,
        )
    ),
    max_leaves=8,
)


@dataclass
class Babbler:
    """Says the same whatever it is asked."""

    says: object = None
    greets: object = field(default_factory=dict)
    url: str = ""

    async def answer(self, _: web.Request) -> web.Response:
        if isinstance(self.says, bytes):
            return web.Response(body=self.says)
        return web.json_response(self.says)

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "auth_required"})
        await socket.receive()
        await socket.send_json(self.greets)
        await socket.receive()
        if isinstance(self.says, bytes):
            await socket.send_bytes(self.says)
        else:
            await socket.send_json(self.says)
        await socket.close()
        return socket


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[asyncio.Runner, Babbler]]:
    babbler = Babbler()
    app = web.Application()
    app.router.add_get("/addons/self/info", babbler.answer)
    app.router.add_post("/discovery", babbler.answer)
    app.router.add_get("/core/websocket", babbler.socket)
    serving = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    with asyncio.Runner() as runner:
        runner.run(serving.setup())
        runner.run(web.TCPSite(serving, "127.0.0.1", 0).start())
        babbler.url = f"http://127.0.0.1:{serving.addresses[0][1]}"
        yield runner, babbler
        runner.run(serving.cleanup())


@given(says=_VALUES | st.binary(max_size=20), greets=_VALUES)
@example(says=[], greets=[])
@example(says=[1], greets={"type": "auth_ok"})
@example(
    says={"success": True, "result": [{"id": "x", "is_active": True, "group_ids": 5}]},
    greets={"type": "auth_ok"},
)
@fuzzed(60)
def test_any_answer_is_read_or_refused(
    stage: tuple[asyncio.Runner, Babbler], says: object, greets: object
) -> None:
    runner, babbler = stage
    babbler.says, babbler.greets = says, greets
    supervisor = Supervisor(babbler.url, "token")
    for question in (
        supervisor.own_host(),
        supervisor.offer("odin", {}),
        supervisor.administrators(),
    ):
        try:
            runner.run(question)
        except SupervisorRefused, SupervisorSilent:
            continue
    people = CorePeople(supervisor, ManualClock())
    if not runner.run(people.is_administrator("a stranger")):
        return
    assert "a stranger" in str(says)
