"""How long a change takes from the driver's report to a WebSocket client's ears.

The client is another process, so the way includes the loop, the encoding, the kernel
and the frame. Baseline: a bare socket that sends a constant of the same size as often.
"""

import asyncio
import json
import socket
import sys
import time
from contextlib import suppress

import aiohttp
import click
import orjson
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from tests.bench.farm import farm
from tests.bench.figures import Figure, percentile

PRINTERS = 500
_SECONDS = 8
_SIZE = 450
_CALM_AFTER_NS = 500_000_000
"""What comes right behind the first snapshot, 3 MB of it, waits for it."""


def measure() -> list[Figure]:
    """Returns the latencies that clients see."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    bare = await _bare()
    async with farm(PRINTERS) as running:
        address = f"http://127.0.0.1:{running.port}/api/v1/ws"
        ours = await _listen(address, {"Authorization": f"Bearer {running.token}"})
    return [
        Figure(
            f"{PRINTERS} printers at 1/s, p{percent}",
            percentile(ours, percent),
            bar,
            f"bare socket, p{percent}",
            percentile(bare, percent),
        )
        for percent, bar in ((50, "≤ 1 ms"), (95, ""), (99, "≤ 50 ms"))
    ]


async def _listen(address: str, headers: dict[str, str]) -> list[float]:
    taken_s = []
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address, headers=headers, max_msg_size=0) as client,
    ):
        await client.send_json({"type": "subscribe", "topics": ["printers"]})
        end_s, calm_ns = time.monotonic() + _SECONDS, 0
        while time.monotonic() < end_s:
            message = await client.receive()
            heard_ns = time.monotonic_ns()
            content = orjson.loads(message.data)
            if content["type"] == "snapshot":
                calm_ns = heard_ns + _CALM_AFTER_NS
            elif content["type"] == "patch" and heard_ns > calm_ns:
                taken_s += [
                    (heard_ns - int(change["job"]["stage_text"])) / 1e9
                    for change in content["changed"].values()
                ]
    return taken_s


async def _bare() -> list[float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        port = json.loads(await process.stdout.readline())
        return await _listen(f"http://127.0.0.1:{port}/", {})
    finally:
        process.terminate()
        await process.wait()


def main() -> None:
    """Serves the bare socket until SIGTERM."""
    app = FastAPI()

    @app.websocket("/")
    async def push(client: WebSocket) -> None:
        await client.accept()
        began, step = time.monotonic(), 0
        # The latter, where the client went between two of them.
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                step += 1
                due = began + step / PRINTERS
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                job = {"stage_text": str(time.monotonic_ns())}
                change = {"job": job, "rest": "x" * _SIZE}
                patch = {"type": "patch", "changed": {"1": change}}
                await client.send_text(orjson.dumps(patch).decode())

    async def serve() -> None:
        config = uvicorn.Config(app, log_level="error", ws_per_message_deflate=False)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            click.echo(listening.getsockname()[1])
            await uvicorn.Server(config).serve([listening])

    with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:
        runner.run(serve())


if __name__ == "__main__":
    main()
