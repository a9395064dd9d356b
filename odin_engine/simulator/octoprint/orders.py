"""What the machine is told over the REST API: targets, moves, the job, its plugins.

Source: docs.octoprint.org, "Printer operations", "Job operations"; OctoPrint 1.11,
`server/api/printer.py`, `job.py`.
"""

import json
from typing import Any

from aiohttp import web

from odin_engine.simulator.octoprint import shapes
from odin_engine.simulator.octoprint.answers import done, no, said
from odin_engine.simulator.octoprint.host import Host
from odin_engine.simulator.plain import Activity

_NOT_OPERATIONAL = "Printer is not operational"
_HEATS = {"bed": "M140", "chamber": "M141"}


class Orders:
    """Serves what is told to, and asked of, one machine."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def routes(self) -> list[web.RouteDef]:
        """Returns where it is told what."""
        return [
            web.get("/api/printer", self._printer),
            web.get("/api/printer/{heater:tool|bed|chamber}", self._temperatures),
            web.post("/api/printer/printhead", self._head),
            web.post("/api/printer/tool", self._tool),
            web.post("/api/printer/command", self._command),
            web.post("/api/printer/{heater}", self._heater),
            web.get("/api/job", self._job),
            web.post("/api/job", self._job_order),
            web.get("/api/plugin/{plugin}", self._plugin),
            web.post("/api/plugin/{plugin}", self._plugin_order),
            web.get("/plugin/DisplayLayerProgress/values", self._layers),
        ]

    async def _printer(self, _: web.Request) -> web.Response:
        if not self._host.is_there:
            return no(409, _NOT_OPERATIONAL)
        server = self._host
        return said(
            {
                "temperature": shapes.temperatures(server.machine),
                "state": shapes.state(
                    server.machine, is_away=False, is_new=server.is_new
                ),
                "storage" if server.is_new else "sd": {"ready": True},
            }
        )

    async def _temperatures(self, request: web.Request) -> web.Response:
        if not self._host.is_there:
            return no(409, _NOT_OPERATIONAL)
        wanted = request.match_info["heater"]
        told = shapes.temperatures(self._host.machine)
        return said({each: told[each] for each in told if each.startswith(wanted)})

    async def _command(self, request: web.Request) -> web.Response:
        if not self._host.is_there:
            return no(409, _NOT_OPERATIONAL)
        body = await request.json()
        for line in body.get("commands") or [body["command"]]:
            self._host.send(str(line))
        return done()

    async def _tool(self, request: web.Request) -> web.Response:
        if not self._host.is_there:
            return no(409, _NOT_OPERATIONAL)
        body = await request.json()
        match body.get("command"):
            case "target":
                for tool, target in body["targets"].items():
                    self._host.send(f"M104 T{tool.removeprefix('tool')} S{target}")
            case "select":
                self._host.send(str(body["tool"]).replace("tool", "T"))
            case "flowrate":
                self._host.send(f"M221 S{body['factor']}")
            case _:
                return no(400, "command is invalid")
        return done()

    async def _heater(self, request: web.Request) -> web.Response:
        name = request.match_info["heater"]
        if not self._host.is_there:
            return no(409, _NOT_OPERATIONAL)
        if name not in _HEATS or name not in self._host.machine.heaters:
            return no(409, f"Printer does not have a heated {name}")
        self._host.send(f"{_HEATS[name]} S{(await request.json())['target']}")
        return done()

    async def _head(self, request: web.Request) -> web.Response:
        if not self._host.is_there:
            return no(409, _NOT_OPERATIONAL)
        body = await request.json()
        if body.get("command") == "feedrate":
            self._host.send(f"M220 S{body['factor']}")
            return done()
        if self._host.machine.is_busy:
            return no(409, f"{_NOT_OPERATIONAL} or currently printing")
        moves = [f"{axis.upper()}{body[axis]}" for axis in "xyz" if axis in body]
        is_home = body.get("command") == "home"
        self._host.send("G28 X0 Y0 Z0" if is_home else f"G0 {' '.join(moves)}")
        return done()

    async def _job(self, _: web.Request) -> web.Response:
        server = self._host
        return said(
            {
                "job": shapes.job(
                    server.machine, server.selected, is_new=server.is_new
                ),
                "progress": shapes.progress(server.machine, server.selected),
                "state": shapes.text(server.machine, is_away=server.is_away),
            }
        )

    async def _job_order(self, request: web.Request) -> web.Response:
        if not self._host.is_there:
            return no(409, _NOT_OPERATIONAL)
        body, machine = await request.json(), self._host.machine
        if not machine.is_busy:
            return no(409, "Printer is neither printing nor paused")
        action = body.get("action", "toggle")
        is_paused = machine.activity is Activity.PAUSED
        if body.get("command") == "cancel":
            machine.cancel()
        elif action == "resume" or (action == "toggle" and is_paused):
            machine.resume()
        else:
            machine.pause()
        return done()

    async def _plugin(self, _: web.Request) -> web.Response:
        prompt = self._host.prompt
        return said({"text": prompt[0], "choices": prompt[1]} if prompt else {})

    async def _plugin_order(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = json.loads(await request.text())
        match request.match_info["plugin"], body.get("command"):
            case "psucontrol", "getPSUState":
                return said({"isPSUOn": self._host.is_powered})
            case "psucontrol", ("turnPSUOn" | "turnPSUOff") as word:
                self._host.switch(is_on=word == "turnPSUOn")
            case "action_command_prompt", "select":
                if self._host.prompt is None:
                    return no(409, "No active prompt")
                self._host.answer()
            case _:
                return no(400, "command is invalid")
        return done()

    async def _layers(self, _: web.Request) -> web.Response:
        machine = self._host.machine
        layer = str(machine.layer) if machine.is_busy else "-"
        total = str(machine.job.layers) if machine.job else "-"
        return said({"layer": {"current": layer, "total": total}})
