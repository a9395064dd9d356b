"""What the list of all printers costs over HTTP, while they change all the time.

Baseline: `orjson.dumps` of the very same content.
"""

import asyncio
import time

import orjson

from tests.bench.farm import Farm, farm
from tests.bench.figures import Figure, best_s, percentile

PRINTERS = 100
_REQUESTS = 600


def measure() -> list[Figure]:
    """Returns what a client waits for, and what one request costs the server's loop."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    async with farm(PRINTERS) as running:
        taken_s, body = await _ask(running)
    content = orjson.loads(body)
    assert len(content["items"]) == PRINTERS
    dumps_s = best_s(lambda: orjson.dumps(content))
    baseline = f"orjson.dumps of the same {len(body) // 1000} kB"
    return [
        Figure(
            f"GET /api/v1/printers, {PRINTERS}, p{percent}",
            percentile(taken_s, percent),
            bar,
            baseline,
            dumps_s,
        )
        for percent, bar in ((50, "≤ 4 x"), (95, "≤ 1.5 ms"))
    ]


async def _ask(running: Farm) -> tuple[list[float], bytes]:
    """Sends one request after the other on one connection; the client costs little."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", running.port, limit=2**22
    )
    request = (
        f"GET /api/v1/printers?limit={PRINTERS} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {running.token}\r\n\r\n"
    ).encode()
    taken_s, body = [], b""
    for _ in range(_REQUESTS):
        began = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        taken_s.append(time.perf_counter() - began)
        # A moment for the printers: asking without pause would measure only itself.
        await asyncio.sleep(0.005)
    writer.close()
    return taken_s, body
