"""What a simulated Moonraker answers to each method. Source: docs.moonraker.dev."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from odin_engine.simulator.moonraker import gcode
from odin_engine.simulator.moonraker.clients import Client
from odin_engine.simulator.moonraker.shelf import metadata_of

if TYPE_CHECKING:
    from odin_engine.simulator.moonraker.server import SimulatedMoonraker

VERSION = "v0.9.3-42-gabcdef0"
_COMPONENTS = (
    *("database", "file_manager", "klippy_apis", "machine", "data_store"),
    *("history", "power", "webcam", "spoolman", "job_queue", "update_manager"),
)
_WITHOUT_LOGIN = frozenset({"server.connection.identify"})
_COMMANDS = (
    "printer.print.",
    "printer.gcode.",
    "printer.restart",
    "printer.firmware_restart",
    "machine.device_power.post",
)
_REFUSED_IN = {
    "server.info": "refuse_info",
    "printer.info": "refuse_info",
    "printer.objects.subscribe": "refuse_subscription",
}


class Refused(Exception):
    """An error with its number, as the server words it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Rpc:
    """The methods, on one machine."""

    def __init__(self, server: SimulatedMoonraker) -> None:
        self._server = server
        self._methods: dict[str, Callable[[dict[str, Any], Client], Any]] = {
            "server.connection.identify": self._identify,
            "server.info": lambda *_: self.info(),
            "server.websocket.id": lambda _, client: {"websocket_id": id(client)},
            "printer.info": lambda *_: self._printer_info(),
            "printer.objects.list": lambda *_: self._objects(),
            "printer.objects.query": self._query,
            "printer.objects.subscribe": self._subscribe,
            "printer.gcode.script": self._script,
            "printer.print.start": self._start,
            "printer.print.pause": self._pause,
            "printer.print.resume": self._resume,
            "printer.print.cancel": self._cancel,
            "printer.emergency_stop": lambda *_: self.emergency_stop(),
            "printer.firmware_restart": lambda *_: self._restart(),
            "printer.restart": lambda *_: self._restart(),
            "machine.services.restart": lambda *_: self._service(),
            "server.files.list": lambda *_: list(server.shelf.listing()),
            "server.files.metadata": self._metadata,
            "server.files.delete_file": self._delete,
            "server.history.list": lambda *_: self._history(),
            "server.webcams.list": lambda *_: {"webcams": server.webcams()},
            "server.spoolman.status": lambda *_: self._spoolman(),
            "server.spoolman.post_spool_id": self._spool,
            "server.gcode_store": lambda *_: {"gcode_store": list(server.console)},
            "machine.device_power.devices": lambda *_: {"devices": server.power()},
            "machine.device_power.post_device": self._power,
        }

    async def answer(self, method: str, params: dict[str, Any], client: Client) -> Any:  # noqa: ANN401 - a wire value
        """Returns an answer; one that is withheld never comes. Raises Refused."""
        server = self._server
        if not client.may_call and method not in _WITHOUT_LOGIN:
            raise Refused(401, "Unauthorized")
        if method.startswith(_COMMANDS):
            server.requests.append(method)
            if "ignore_commands" in server.misbehaves:
                await asyncio.Event().wait()
            if "refuse_commands" in server.misbehaves:
                raise Refused(400, "Klipper does not want that: Must home axis first")
        if _REFUSED_IN.get(method) in server.misbehaves:
            raise Refused(500, "Internal Server Error")
        found = self._methods.get(method)
        if found is None:
            raise Refused(-32601, "Method not found")
        result = found(params, client)
        return await result if isinstance(result, Awaitable) else result

    def _identify(self, params: dict[str, Any], client: Client) -> dict[str, Any]:
        if client.is_identified:
            raise Refused(400, "Connection already identified")
        key, secret = params.get("api_key"), self._server.secret
        if key is not None and secret is not None:
            if key != secret:
                raise Refused(401, "Invalid API Key")
            client.may_call = True
            self._server.note_login(client)
        client.is_identified = True
        return {"connection_id": id(client)}

    def info(self) -> dict[str, Any]:
        """Returns `server.info`."""
        klipper = self._server.klipper
        is_away = klipper.state == "away" or klipper.is_hidden
        state = "disconnected" if is_away else klipper.state
        return {
            "klippy_connected": not is_away,
            "klippy_state": state,
            "components": list(_COMPONENTS),
            "failed_components": [],
            "registered_directories": ["config", "gcodes", "logs"],
            "warnings": [],
            "websocket_count": self._server.clients,
            "moonraker_version": VERSION,
            "api_version": [1, 5, 0],
            "api_version_string": "1.5.0",
        }

    def _connected(self) -> None:
        if not self._server.klipper.is_connected:
            raise Refused(503, "Klippy Host not connected")

    def _printer_info(self) -> dict[str, Any]:
        self._connected()
        klipper = self._server.klipper
        return {
            "state": klipper.state,
            "state_message": klipper.message,
            "hostname": "voron",
            "software_version": "v0.12.0-272-g13c75ea87",
            "cpu_info": "4 core ARMv7",
        }

    def _objects(self) -> dict[str, Any]:
        self._connected()
        return {"objects": self._server.klipper.variant.all_objects}

    def _query(self, params: dict[str, Any], _: Client) -> dict[str, Any]:
        self._connected()
        status = self._server.klipper.status()
        wanted = params.get("objects", {})
        return self._stamped({name: status[name] for name in wanted if name in status})

    def _subscribe(self, params: dict[str, Any], client: Client) -> dict[str, Any]:
        self._connected()
        status = self._server.klipper.status()
        return self._stamped(client.subscribe(params.get("objects"), status))

    def _stamped(self, status: dict[str, Any]) -> dict[str, Any]:
        return {"eventtime": self._server.machine.elapsed_s, "status": status}

    def _script(self, params: dict[str, Any], _: Client) -> str:
        self._connected()
        script = str(params.get("script", ""))
        self._server.scripts.append(script)
        try:
            gcode.run(self._server.klipper, script)
        except gcode.GcodeError as error:
            self._server.say(f"!! {error}")
            raise Refused(400, str(error)) from error
        return "ok"

    def _start(self, params: dict[str, Any], _: Client) -> str:
        self._connected()
        klipper, name = self._server.klipper, str(params.get("filename"))
        if klipper.state != "ready":
            raise Refused(400, klipper.message)
        if gcode.is_busy(klipper):
            raise Refused(400, "SD busy")
        job = self._server.shelf.plan(name)
        if job is None:
            raise Refused(400, "Unable to open file")
        klipper.machine.start(job)
        return "ok"

    async def _pause(self, *_: object) -> str:
        self._connected()
        gcode.pause(self._server.klipper)
        # The macro parks and answers when it is there.
        await self._server.may_answer_pause.wait()
        return "ok"

    def _resume(self, *_: object) -> str:
        self._connected()
        try:
            gcode.resume(self._server.klipper)
        except gcode.GcodeError as error:
            raise Refused(400, str(error)) from error
        return "ok"

    def _cancel(self, *_: object) -> str:
        self._connected()
        self._server.klipper.machine.cancel()
        return "ok"

    def emergency_stop(self) -> str:
        """Shuts the machine down."""
        self._connected()
        self._server.stops += 1
        if self._server.klipper.state != "shutdown":
            self._server.klipper.shut_down("Shutdown due to webhooks request")
        return "ok"

    def _restart(self) -> str:
        self._connected()
        self._server.klipper.restart()
        return "ok"

    def _service(self) -> str:
        if self._server.klipper.state == "away":
            self._server.behave("klippy_disconnect")
        return "ok"

    def _metadata(self, params: dict[str, Any], _: Client) -> dict[str, Any]:
        name, job = str(params.get("filename")), self._server.machine.job
        found = self._server.shelf.metadata(name)
        if found is None and job is not None and job.name == name:
            # A job that was made up at the screen has no file on the shelf.
            found = metadata_of(job, 0.0)
        if found is None:
            raise Refused(404, "Metadata not available")
        return found

    def _delete(self, params: dict[str, Any], _: Client) -> dict[str, Any]:
        name = str(params.get("path", "")).removeprefix("gcodes/")
        if not self._server.shelf.delete(name):
            raise Refused(400, f"Invalid file path: gcodes/{name}")
        item = {"root": "gcodes", "path": name}
        return {"item": item, "action": "delete_file"}

    def _history(self) -> dict[str, Any]:
        jobs = list(reversed(self._server.history.jobs))
        return {"count": len(jobs), "jobs": jobs}

    def _spoolman(self) -> dict[str, Any]:
        number = self._server.spool_id
        return {"spoolman_connected": True, "pending_reports": [], "spool_id": number}

    def _spool(self, params: dict[str, Any], _: Client) -> dict[str, Any]:
        self._server.spool_id = params.get("spool_id")
        said = {"spool_id": self._server.spool_id}
        self._server.notify("notify_active_spool_set", [said])
        return said

    def _power(self, params: dict[str, Any], _: Client) -> dict[str, str]:
        name, action = str(params.get("device")), str(params.get("action"))
        if name not in self._server.switches:
            raise Refused(404, f"No valid device named {name}")
        if "broken_switch" in self._server.misbehaves:
            return {name: "error"}
        self._server.switches[name] = action == "on"
        for row in self._server.power():
            if row["device"] == name:
                self._server.notify("notify_power_changed", [row])
        return {name: action}
