"""What a simulated machine says on its own wire, heard in the background of a test."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from tests.e2e.panel.place import Place
from tests.integration.wire import Ear, listen
from tests.patience import PATIENCE_S


@contextlib.contextmanager
def listening(place: Place, name: str) -> Iterator[Ear]:
    """Listens to a machine past engine and Home Assistant, from a whole report on."""
    ears: list[Ear] = []
    heard, over = threading.Event(), threading.Event()

    async def hear() -> None:
        async with listen(place.machines, name) as ear:
            ears.append(ear)
            heard.set()
            await asyncio.to_thread(over.wait)

    # A browser's loop may run in this thread already.
    thread = threading.Thread(target=asyncio.run, args=[hear()])
    thread.start()
    try:
        assert heard.wait(PATIENCE_S), f"{name} says nothing"
        yield ears[0]
    finally:
        over.set()
        thread.join()
