"""The server's REST API: who is let in, what it is, and its keys.

Source: docs.octoprint.org, "REST API"; OctoPrint 1.11, `server/api/`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from odin_engine.simulator.octoprint import shapes
from odin_engine.simulator.octoprint.answers import done, no, said
from odin_engine.simulator.octoprint.appkeys import AppKeys
from odin_engine.simulator.octoprint.host import Host
from odin_engine.simulator.octoprint.orders import Orders
from odin_engine.simulator.octoprint.push import Push
from odin_engine.simulator.octoprint.shelf import Shelf
from odin_engine.simulator.plain.camera import picture

type _Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_OPEN = ("/plugin/appkeys/", "/webcam/", "/sockjs/")
_UPLOAD = "/api/files/local"
_PLUGINS = ("action_command_prompt", "psucontrol", "DisplayLayerProgress")


class Rest:
    """Serves one server; counts what a test wants to know."""

    def __init__(
        self,
        host: Host,
        push: Push,
        keys: AppKeys,
        wrong: Mapping[str, Mapping[str, object]],
    ) -> None:
        self._host = host
        self._push = push
        self._keys = keys
        self._wrong = wrong
        self.shelf = Shelf(host, wrong)
        self._orders = Orders(host)
        self.logins = 0
        self.stops = 0

    def app(self) -> web.Application:
        """Returns the application, made anew each time it is switched on."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_routes(
            [
                web.get("/api/version", self._version),
                web.get("/api/server", self._server),
                web.post("/api/login", self._login),
                web.get("/api/settings", self._settings),
                web.get("/api/printerprofiles", self._profiles),
                web.get("/api/connection", self._connection),
                web.post("/api/connection", self._connect),
                web.get("/plugin/appkeys/probe", self._key_probe),
                web.post("/plugin/appkeys/request", self._key_request),
                web.get("/plugin/appkeys/request/{token}", self._key_poll),
                web.get("/webcam/", self._picture),
                web.get("/sockjs/websocket", self._push.serve),
                *self._orders.routes(),
                *self.shelf.routes(),
            ]
        )
        if not self._host.build.prefix:
            return app
        proxy = web.Application()
        proxy.add_subapp(self._host.build.prefix, app)
        return proxy

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: _Handler
    ) -> web.StreamResponse:
        path = request.path.removeprefix(self._host.build.prefix)
        if "slow" in self._wrong:
            await asyncio.sleep(float(str(self._wrong["slow"].get("seconds", 3))))
        if "imposter" in self._wrong and path == "/api/version":
            return said(
                {"server": "1.5.0", "api": "0.1", "text": "OctoPrint (Moonraker)"}
            )
        if not path.startswith(_OPEN) and not self._is_known(request):
            # What has an effect it takes for a browser's, whose token is missing.
            if request.method != "GET":
                return no(400, "CSRF validation failed")
            return no(403, "You don't have the permission to access the resource.")
        has_effect = request.method == "POST" and path != _UPLOAD
        if has_effect and not path.startswith(("/api/login", *_OPEN)):
            return await self._with_effect(request, handler)
        return await handler(request)

    def _is_known(self, request: web.Request) -> bool:
        key = request.headers.get("X-Api-Key")
        if key is None:
            return False
        self.logins += 1
        return key == self._keys.key and "wrong_key" not in self._wrong

    async def _with_effect(
        self, request: web.Request, handler: _Handler
    ) -> web.StreamResponse:
        path = request.path.removeprefix(self._host.build.prefix)
        if path == "/api/printer/command" and "M112" in await request.text():
            self.stops += 1
        if "ignore_commands" in self._wrong:
            await asyncio.Event().wait()
        if "refuse_commands" in self._wrong:
            return no(409, "Printer is busy with something else")
        return await handler(request)

    async def _version(self, _: web.Request) -> web.Response:
        version = self._host.version
        body = {"server": version, "text": f"OctoPrint {version}"}
        return said(body if self._host.is_new else {"api": "0.1", **body})

    async def _server(self, _: web.Request) -> web.Response:
        return said({"version": self._host.version, "safemode": None})

    async def _login(self, _: web.Request) -> web.Response:
        return said(
            {
                "name": "simulated",
                "session": self._push.session(),
                "active": True,
                "groups": ["users"],
                "needs": {"role": list(shapes.ROLES), "group": ["users"]},
            }
        )

    async def _settings(self, _: web.Request) -> web.Response:
        there = _PLUGINS if self._host.build.has_plugins else _PLUGINS[:1]
        return said(shapes.settings({name: {} for name in there}))

    async def _profiles(self, _: web.Request) -> web.Response:
        return said(shapes.profile(self._host.machine, self._host.build.model))

    async def _connection(self, _: web.Request) -> web.Response:
        server = self._host
        text = shapes.text(server.machine, is_away=server.is_away)
        return said(
            shapes.connection(is_away=server.is_away, is_new=server.is_new, said=text)
        )

    async def _connect(self, request: web.Request) -> web.Response:
        if (await request.json()).get("command") == "connect":
            self._host.connect()
        else:
            self._host.disconnect()
        return done()

    async def _key_probe(self, _: web.Request) -> web.Response:
        return done()

    async def _key_request(self, _: web.Request) -> web.Response:
        token = self._keys.ask()
        # The real one names the whole address, as it sees itself.
        where = f"http://octopi.local/plugin/appkeys/request/{token}"
        body = {"app_token": token, "auth_dialog": "http://octopi.local/auth"}
        return web.json_response(body, status=201, headers={"Location": where})

    async def _key_poll(self, request: web.Request) -> web.Response:
        status, body = self._keys.poll(request.match_info["token"])
        return said(body, status)

    async def _picture(self, _: web.Request) -> web.Response:
        seen = await asyncio.to_thread(picture, self._host.machine)
        return web.Response(body=seen, content_type="image/jpeg")
