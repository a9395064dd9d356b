"""A port may close in the very round in which somebody comes in."""

import asyncio
import contextlib
import gc
import socket

import pytest

from odin_engine.simulator.listening import hang_up
from tests.patience import PATIENCE_S


@pytest.mark.parametrize("rounds", range(5))
async def test_who_came_in_last_is_not_left_hanging(rounds: int) -> None:
    loop = asyncio.get_running_loop()
    complaints: list[object] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    loop.set_debug(True)  # only then does the loop speak of a transport it lost
    server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as client:
        client.settimeout(0)
        for _ in range(rounds):
            await asyncio.sleep(0)

        hang_up(server, cut=True)
        async with asyncio.timeout(PATIENCE_S):
            await server.wait_closed()
            with contextlib.suppress(ConnectionResetError):
                assert await loop.sock_recv(client, 1) == b""
    gc.collect()
    assert complaints == []
