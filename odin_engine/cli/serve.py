"""`odin serve`: the engine, its API and its pages, in one process."""

import asyncio
import gc
import logging
import socket
from contextlib import suppress
from typing import override

import click
import uvicorn
from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from odin_engine.app import create_app, ingress_door
from odin_engine.cli.address import check_address
from odin_engine.cli.open_files import allow_open_files
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.http.listener import HttpConnection, LiveConnection
from odin_engine.kernel.lock import exclusive
from odin_engine.kernel.log import set_up_logging
from odin_engine.kernel.memory import return_large_blocks
from odin_engine.kernel.migrate import migrate
from odin_engine.kernel.secrets import KnownSecrets, load_secrets
from odin_engine.kernel.settings import load_settings
from odin_engine.live.wire import MAX_MESSAGE_BYTES

_LOG = logging.getLogger(__name__)

_MOST_OPEN_FILES = 65_536
"""A printer has up to four connections, a browser six."""
_GRACE_S = 1
"""How long open requests may take at a stop; the whole stop takes 2 s at most."""


@click.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 unless set.")
@click.option("--port", type=int, help="Port to listen on; 8710 unless set.")
def serve(host: str | None, port: int | None) -> None:
    """Runs the engine until Ctrl-C or SIGTERM."""
    return_large_blocks()
    allow_open_files(_MOST_OPEN_FILES)
    try:
        settings = load_settings(host=host, port=port)
        known = KnownSecrets()
        set_up_logging(settings.log_format, settings.log_level, known)
        secrets = load_secrets(settings.data_dir, known)
        with exclusive(settings.data_dir):
            check_address(settings.host, settings.port)
            door = ingress_door(settings)
            if door is not None:
                check_address(settings.host, door.port)
            asyncio.run(
                migrate(settings.database_url, settings.data_dir, SystemClock())
            )
            server = _Server(
                uvicorn.Config(
                    _Explained(create_app(settings, secrets)),
                    host=settings.host,
                    port=settings.port,
                    http=HttpConnection,
                    ws=LiveConnection,
                    log_config=None,
                    access_log=False,
                    proxy_headers=False,
                    server_header=False,
                    timeout_graceful_shutdown=_GRACE_S,
                    ws_max_size=MAX_MESSAGE_BYTES,
                    # Patches are small; packing them doubled their latency.
                    ws_per_message_deflate=False,
                ),
                ingress_port=None if door is None else door.port,
            )
            # What start-up made stays for good; the collector need not look at it again.
            gc.freeze()
            # It leaves the process where it cannot start; the last word is ours.
            with suppress(SystemExit):
                asyncio.run(
                    server.serve(), loop_factory=server.config.get_loop_factory()
                )
    except OdinError as error:
        raise click.ClickException(error.message) from error
    if not server.started:
        raise click.ClickException("The engine could not start; see the lines above.")


class _Explained:
    """Says in a sentence, not in a traceback, why the engine behind it cannot start."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        failure: Message | None = None

        async def hold_failure(message: Message) -> None:
            nonlocal failure
            if message["type"] == "lifespan.startup.failed":
                failure = message
            else:
                await send(message)

        try:
            await self._app(scope, receive, hold_failure)
        except (OdinError, DBAPIError) as error:
            if failure is None:
                raise
            failure["message"] = _sentence(error)
        finally:
            if failure is not None:
                await send(failure)


def _sentence(error: OdinError | DBAPIError) -> str:
    if isinstance(error, OdinError):
        return error.message
    return f"The database does not do its part: {error.orig}."


class _Server(uvicorn.Server):
    """Listens for ingress too, and says in one line that the engine is there."""

    def __init__(self, config: uvicorn.Config, ingress_port: int | None) -> None:
        super().__init__(config)
        self._ingress_port = ingress_port

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            if self._ingress_port is not None:
                await self._listen_for_ingress(self._ingress_port)
            host = self.config.host
            place = f"[{host}]" if ":" in host else host
            port = self.servers[0].sockets[0].getsockname()[1]
            _LOG.info("listening on http://%s:%d; Ctrl-C stops the engine", place, port)

    async def _listen_for_ingress(self, port: int) -> None:
        # The server itself knows one listener only; a second server would start the
        # engine a second time.
        def protocol() -> asyncio.Protocol:
            made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]  # as uvicorn itself
                config=self.config,
                server_state=self.server_state,
                app_state=self.lifespan.state,
            )
            return made

        loop = asyncio.get_running_loop()
        self.servers.append(
            await loop.create_server(
                protocol, host=self.config.host, port=port, backlog=self.config.backlog
            )
        )
        _LOG.info("listening for Home Assistant's ingress on port %d", port)
