"""The ports of a printer: opened together, cut together."""

import asyncio
import ssl
from collections.abc import Mapping

from odin_engine.simulator.bambu.camera import CameraServer
from odin_engine.simulator.bambu.detect import answer_probe
from odin_engine.simulator.bambu.ftps import FtpsServer
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.wire import Wire
from odin_engine.simulator.listening import hang_up


class Sockets:
    """Listens for MQTT, files, probes and viewers on one address."""

    def __init__(
        self, machine: Machine, wire: Wire, ftps: FtpsServer, context: ssl.SSLContext
    ) -> None:
        self._machine, self._wire, self._ftps = machine, wire, ftps
        self._camera = CameraServer(machine)
        self._context = context
        self._servers: list[asyncio.Server] = []
        self.are_open = False

    async def open(self, host: str, wanted: Mapping[str, int]) -> dict[str, int]:
        """Opens every port and gives the numbers by name; 0 or nothing takes a free one.

        Raises:
            OSError: a port is taken; those opened before it are closed again.
        """
        try:
            ports = await self._open(host, wanted)
        except OSError:
            await self.close()
            raise
        self.are_open = True
        return ports

    async def close(self) -> None:
        """Closes every port and cuts whoever is connected."""
        self.are_open = False
        servers, self._servers = self._servers, []
        for server in servers:
            hang_up(server, cut=True)
        await self._ftps.close()
        for server in servers:
            await server.wait_closed()

    async def _open(self, host: str, wanted: Mapping[str, int]) -> dict[str, int]:
        loop, context = asyncio.get_running_loop(), self._context
        mqtt = await loop.create_server(
            self._wire.broker.session, host, wanted.get("mqtt", 0), ssl=context
        )
        self._servers.append(mqtt)
        detect = await asyncio.start_server(
            lambda reader, writer: answer_probe(self._machine, reader, writer),
            host,
            wanted.get("detect", 0),
        )
        self._servers.append(detect)
        ftps = await self._ftps.listen(host, wanted.get("ftps", 0))
        ports = {"mqtt": _port(mqtt), "ftps": ftps, "detect": _port(detect)}
        if self._machine.model.camera == "jpeg":
            camera = await asyncio.start_server(
                self._camera.serve, host, wanted.get("camera", 0), ssl=context
            )
            self._servers.append(camera)
            ports["camera"] = _port(camera)
        return ports


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])
