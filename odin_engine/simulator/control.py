r"""The loopback port by which a running farm is told to misbehave.

curl localhost:8790/printers
curl -d '{"name": "fault", "print_error": "0300_8003"}' \
        localhost:8790/printers/SERIAL/misbehaviours
curl -X DELETE localhost:8790/printers/SERIAL/misbehaviours/silent
curl -d '{"seconds": 600}' localhost:8790/printers/SERIAL/advance
"""

from collections.abc import Sequence

from aiohttp import web

from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.misbehaviour import UnknownMisbehaviour
from odin_engine.simulator.bambu.printer import SimulatedPrinter

_MOST_SECONDS = 7 * 86400


class ControlPort:
    """Serves the farm's controls; `async with` opens and closes the port."""

    def __init__(self, printers: Sequence[SimulatedPrinter], port: int = 0) -> None:
        self._printers = {printer.serial: printer for printer in printers}
        self._wanted = port
        self.port = 0
        app = web.Application()
        app.add_routes(
            [
                web.get("/printers", self._list),
                web.post("/printers/{serial}/misbehaviours", self._begin),
                web.delete("/printers/{serial}/misbehaviours/{name}", self._end),
                web.post("/printers/{serial}/advance", self._advance),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)

    async def __aenter__(self) -> ControlPort:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._wanted)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response(
            [_summary(each.machine) for each in self._printers.values()]
        )

    async def _begin(self, request: web.Request) -> web.Response:
        printer = self._find(request)
        options = await _body(request)
        name = options.pop("name", None)
        if not isinstance(name, str):
            raise web.HTTPBadRequest(text="name a misbehaviour")
        try:
            printer.machine.misbehave(name, **options)
        except (UnknownMisbehaviour, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response(_summary(printer.machine))

    async def _end(self, request: web.Request) -> web.Response:
        printer = self._find(request)
        try:
            printer.machine.behave(request.match_info["name"])
        except UnknownMisbehaviour as error:
            raise web.HTTPNotFound(text=str(error)) from error
        return web.json_response(_summary(printer.machine))

    async def _advance(self, request: web.Request) -> web.Response:
        printer = self._find(request)
        seconds = (await _body(request)).get("seconds")
        if not isinstance(seconds, (int, float)) or not 0 < seconds <= _MOST_SECONDS:
            raise web.HTTPBadRequest(text="seconds must lie between 0 and a week")
        printer.advance(seconds)
        return web.json_response(_summary(printer.machine))

    def _find(self, request: web.Request) -> SimulatedPrinter:
        serial = request.match_info["serial"]
        if serial not in self._printers:
            raise web.HTTPNotFound(text=f"no printer {serial}")
        return self._printers[serial]


async def _body(request: web.Request) -> dict[str, str | int | float | bool]:
    try:
        body = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text="the body is no JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body is no object")
    return body


def _summary(machine: Machine) -> dict[str, object]:
    return {
        "serial": machine.serial,
        "name": machine.name,
        "model": machine.model.name,
        "state": str(machine.gcode_state),
        "percent": machine.prints.percent,
        "misbehaviours": machine.misbehaviours.names(),
    }
