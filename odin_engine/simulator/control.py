r"""The loopback port by which a running farm is told to misbehave, and what people do.

curl localhost:8790/printers
curl --json '{"name": "fault", "print_error": "0300_8003"}' \
        localhost:8790/printers/Ada/misbehaviours
curl -X DELETE localhost:8790/printers/Ada/misbehaviours/silent
curl --json '{"name": "clear_plate"}' localhost:8790/printers/Ada/acts
curl --json '{"seconds": 600}' localhost:8790/printers/Ada/advance

It asks for no password, so it answers nobody but programs of this machine: a web page
that a browser here shows is refused, whatever name it calls this machine by.
"""

import errno
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web

from odin_engine.simulator.deeds import Deed, NotNow, UnknownName, find
from odin_engine.simulator.member import Member

CONTROL_PORTS = range(8790, 8800)
"""Where a farm opens its port unless told otherwise: the first that is free."""

FARM_HEADER = "X-Simulated-Farm"
_MOST_SECONDS = 7 * 86400
_MOST_BYTES = 16384
_OWN_NAMES = frozenset({"127.0.0.1", "localhost"})

type _Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ControlPort:
    """Serves the farm's controls; `async with` opens and closes the port.

    0 takes any free port, None the first free one of `CONTROL_PORTS`.

    Raises:
        OSError: on entering, the port is taken.
    """

    def __init__(self, members: Sequence[Member], port: int | None = 0) -> None:
        self._members = list(members)
        self._wanted = port
        self.port = 0
        app = web.Application(middlewares=[_local_only], client_max_size=_MOST_BYTES)
        app.add_routes(
            [
                web.get("/printers", self._list),
                web.post("/printers/{printer}/misbehaviours", self._begin),
                web.delete("/printers/{printer}/misbehaviours/{name}", self._end),
                web.post("/printers/{printer}/acts", self._act),
                web.post("/printers/{printer}/deeds", self._do),
                web.post("/printers/{printer}/advance", self._advance),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)

    async def __aenter__(self) -> ControlPort:
        await self._runner.setup()
        try:
            await self._listen()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _listen(self) -> None:
        if self._wanted is not None:
            await web.TCPSite(self._runner, "127.0.0.1", self._wanted).start()
            return
        for port in (*CONTROL_PORTS, 0):
            try:
                await web.TCPSite(self._runner, "127.0.0.1", port).start()
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response([_summary(each) for each in self._members])

    async def _begin(self, request: web.Request) -> web.Response:
        member = self._find(request)
        return await _tell(request, member, member.misbehaviours)

    async def _act(self, request: web.Request) -> web.Response:
        member = self._find(request)
        return await _tell(request, member, member.acts)

    async def _do(self, request: web.Request) -> web.Response:
        member = self._find(request)
        return await _tell(request, member, {**member.misbehaviours, **member.acts})

    async def _end(self, request: web.Request) -> web.Response:
        member = self._find(request)
        try:
            deed = find(request.match_info["name"], member.misbehaviours)
        except UnknownName as error:
            raise web.HTTPNotFound(text=str(error)) from error
        if not deed.lasts:
            text = f"{deed.name} happens once and cannot be ended"
            raise web.HTTPConflict(text=text)
        member.behave(deed)
        return web.json_response(_summary(member))

    async def _advance(self, request: web.Request) -> web.Response:
        member = self._find(request)
        seconds = (await _body(request)).get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            seconds = 0
        if not 0 < seconds <= _MOST_SECONDS:
            raise web.HTTPBadRequest(text="seconds must lie between 0 and a week")
        member.advance(seconds)
        return web.json_response(_summary(member))

    def _find(self, request: web.Request) -> Member:
        wanted = request.match_info["printer"].casefold()
        for member in self._members:
            names = (member.key, member.serial or "", member.name)
            if wanted in {each.casefold() for each in names}:
                return member
        known = ", ".join(each.name for each in self._members[:40])
        raise web.HTTPNotFound(
            text=f"no printer is called {request.match_info['printer']}; there are: {known}"
        )


async def _tell(
    request: web.Request, member: Member, among: Mapping[str, Deed]
) -> web.Response:
    options = await _body(request)
    name = options.pop("name", None)
    if not isinstance(name, str):
        raise web.HTTPBadRequest(text=f"give a name: {', '.join(among)}")
    try:
        member.tell(find(name, among), options)
    except NotNow as error:
        raise web.HTTPConflict(text=str(error)) from error
    except ValueError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    return web.json_response(_summary(member))


@web.middleware
async def _local_only(request: web.Request, handler: _Handler) -> web.StreamResponse:
    # A name that was made to point here would pass as the same origin: see DNS rebinding.
    if (request.url.host or "") not in _OWN_NAMES:
        raise web.HTTPForbidden(text="call this port 127.0.0.1 or localhost")
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site"):
        raise web.HTTPForbidden(text="no web page may use this port")
    # What a form or an image of a page could send is none of these.
    if request.method == "POST" and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send JSON: curl --json")
    answer = await handler(request)
    answer.headers[FARM_HEADER] = "1"
    return answer


async def _body(request: web.Request) -> dict[str, object]:
    try:
        body = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text="the body is no JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body is no object")
    return body


def _summary(member: Member) -> dict[str, object]:
    return {
        "serial": member.serial or member.key,
        "name": member.name,
        "family": member.family,
        "model": member.model,
        "state": member.state,
        "percent": member.percent,
        "misbehaviours": member.misbehaves,
    }
