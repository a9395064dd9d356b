"""The least that can be done with a farm's reports: `python -m tests.bench.bare_mqtt FILE`.

One aiomqtt client per printer of the addresses file; each message is parsed and thrown
away. The baseline of `mqtt_farm`.
"""

import asyncio
import ssl
import sys
from pathlib import Path
from typing import Any

import aiomqtt
import orjson


async def _listen(address: dict[str, Any]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with aiomqtt.Client(
        address["host"],
        address["ports"]["mqtt"],
        username="bblp",
        password=address["access_code"],
        protocol=aiomqtt.ProtocolVersion.V311,
        tls_context=context,
        tls_insecure=True,
    ) as client:
        await client.subscribe(f"device/{address['serial']}/report")
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            orjson.loads(message.payload)


async def _run(addresses: list[dict[str, Any]]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for address in addresses:
            tasks.create_task(_listen(address))


if __name__ == "__main__":
    asyncio.run(_run(orjson.loads(Path(sys.argv[1]).read_bytes())))
