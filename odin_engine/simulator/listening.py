"""Closing a listening port without forgetting whom it has just let in."""

import asyncio


def hang_up(server: asyncio.Server, *, cut: bool) -> None:
    """Stops listening at once; `cut` also ends the connections there are.

    A connection taken in the loop's current round gets its transport only in the next
    one, and a server closed in between leaves the socket open with nobody to own it.
    So the port stops taking first and closes a round later; `wait_closed` waits for it.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    loop.call_soon(server.close)
    if cut:
        loop.call_soon(server.abort_clients)
