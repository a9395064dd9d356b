"""The composition root: the only file that knows every domain.

`create_app` puts the routes in front; `engine` builds the domains behind them, starts
what beats, and takes all of it down again in the opposite order.
"""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from odin_engine.drivers import families
from odin_engine.drivers.bridges import mdns
from odin_engine.identity import access
from odin_engine.identity import reactions as identity_beat
from odin_engine.identity import routes as identity_routes
from odin_engine.identity.service import Identity
from odin_engine.kernel import docs, http, web
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import Clock, SystemClock
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.engine_id import engine_id
from odin_engine.kernel.files import Files
from odin_engine.kernel.idempotency import Idempotency
from odin_engine.kernel.log import print_past_redaction
from odin_engine.kernel.outbox import Outbox
from odin_engine.kernel.secrets import Secrets
from odin_engine.kernel.settings import Settings
from odin_engine.kernel.tasks import Tasks
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.live import reactions as live_beat
from odin_engine.live import routes as live_routes
from odin_engine.live.model import Hello
from odin_engine.live.service import Live
from odin_engine.notifications import reactions as notifications_beat
from odin_engine.notifications import routes as notifications_routes
from odin_engine.notifications.model import TUNABLES as NOTIFICATION_TUNABLES
from odin_engine.notifications.service import Alerts
from odin_engine.printers import reactions as printers_beat
from odin_engine.printers import routes as printers_routes
from odin_engine.printers.model import TUNABLES as PRINTER_TUNABLES
from odin_engine.printers.ports import Surroundings
from odin_engine.printers.service import Printers
from odin_engine.system import reactions as system_beat
from odin_engine.system import routes as system_routes
from odin_engine.system.model import API_VERSION, About
from odin_engine.system.service import HandOver

if TYPE_CHECKING:
    from odin_engine.drivers.bridges.supervisor import CorePeople, Supervisor

VERSION = version("odin-engine")

_LOG = logging.getLogger(__name__)


def create_app(
    settings: Settings, secrets: Secrets, clock: Clock | None = None
) -> FastAPI:
    """Returns the web application; the engine starts and stops with its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine(settings, secrets, app, clock):
            yield

    app = FastAPI(
        title="O.D.I.N.",
        version=VERSION,
        lifespan=lifespan,
        openapi_url=None,
        redirect_slashes=False,
        responses=http.PROBLEMS,
    )
    http.install(
        app,
        trusted_proxies=settings.trusted_proxies,
        max_json_bytes=settings.max_json_bytes,
        ingress=ingress_door(settings),
    )
    access.install(app)
    for routes in (
        system_routes,
        identity_routes,
        printers_routes,
        notifications_routes,
        live_routes,
    ):
        app.include_router(routes.router, prefix="/api/v1")
    app.include_router(docs.docs_router(access.needs_login()), prefix="/api")
    app.include_router(system_routes.health_router)
    app.include_router(web.web_router(access.open_to_all()))
    return app


def ingress_door(settings: Settings) -> http.IngressDoor | None:
    """Returns where Home Assistant's ingress comes in; nowhere without its Supervisor."""
    if not settings.is_app:
        return None
    return http.IngressDoor(settings.ingress_port, settings.ingress_from)


@asynccontextmanager
async def engine(
    settings: Settings, secrets: Secrets, app: FastAPI, clock: Clock | None = None
) -> AsyncIterator[None]:
    """Runs everything behind the routes for the length of the block.

    The database is at the newest schema already (`kernel.migrate`). Without a `clock` the
    machine's own one counts.
    """
    clock, ticker, facts = clock or SystemClock(), LoopTicker(), Facts()
    files = Files(settings.data_dir)
    files.sweep()
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, facts)
        stack.push_async_callback(database.close)

        config = Config(database, clock, (*PRINTER_TUNABLES, *NOTIFICATION_TUNABLES))
        tasks = Tasks(database, clock)
        outbox = Outbox(database, facts, clock, ticker)
        idempotency = Idempotency(database, secrets, clock)
        supervisor, household = _house(settings, secrets, clock)
        identity = Identity(
            database, clock, external_url=settings.external_url, household=household
        )
        around = Surroundings(settings.data_dir, settings.discovery_address)
        printers = Printers(
            database,
            clock,
            ticker,
            secrets,
            families.load(around),
            files,
            tasks,
            config,
            allow_loopback=settings.allow_loopback,
            upload_most_bytes=settings.max_upload_bytes,
        )
        alerts = Alerts(database, clock, config, printers)
        sources = live_beat.sources(printers, tasks) | {
            notifications_beat.ALERTS: notifications_beat.AlertSource(alerts)
        }
        live = Live(sources, Hello(VERSION, API_VERSION), clock, ticker)
        about = About(
            VERSION,
            clock.now(),
            database.engine.dialect.name,
            await engine_id(database, clock),
        )
        for service in (
            *(about, alerts, config, files, idempotency),
            *(identity, live, printers, tasks),
        ):
            http.provide(app, type(service), service)

        await config.load()
        await tasks.recover()
        hand_over = None
        if supervisor is not None:
            hand_over = HandOver(
                supervisor, identity, secrets, ticker, settings.data_dir
            )
            await hand_over.prepare()
        await identity.start()
        stack.push_async_callback(identity.close)
        _show_setup_code(identity, settings)
        await alerts.start()
        await printers.start()
        stack.push_async_callback(printers.stop)
        stack.push_async_callback(tasks.close)
        beats = [
            notifications_beat.run(alerts, facts, ticker),
            facts.run(),
            outbox.run(),
            live.run(),
            live_beat.announce(live, facts, clock),
            printers_beat.run(printers, ticker),
            identity_beat.run(identity, ticker),
            system_beat.run(tasks, outbox, idempotency, ticker),
        ]
        if hand_over is not None:
            beats.append(hand_over.run(about.engine_id, settings.port))
        if settings.is_announced and settings.port:
            beats.append(mdns.announce(_announcement(settings, about)))
        stack.push_async_callback(_cancel, [_beat(each) for each in beats])
        yield


def _house(
    settings: Settings, secrets: Secrets, clock: Clock
) -> tuple[Supervisor | None, CorePeople | None]:
    """Returns Home Assistant's Supervisor and its people, where this is one's app."""
    if settings.supervisor_token is None or not settings.is_app:
        return None, None
    # Its HTTP client takes 8 MB, which an engine on its own need not have.
    from odin_engine.drivers.bridges.supervisor import (  # noqa: PLC0415
        CorePeople,
        Supervisor,
    )

    token = settings.supervisor_token.get_secret_value()
    secrets.known.add(token)
    supervisor = Supervisor(settings.supervisor_url, token)
    return supervisor, CorePeople(supervisor, clock)


def _announcement(settings: Settings, about: About) -> mdns.Announcement:
    properties = {
        "id": about.engine_id,
        "api": str(about.api_version),
        "version": about.version,
    }
    if settings.is_app:
        properties["app"] = "1"
    return mdns.Announcement(
        about.engine_id, settings.port, mdns.addresses_of(settings.host), properties
    )


def _show_setup_code(identity: Identity, settings: Settings) -> None:
    code = identity.setup_code()
    if code is not None:
        place = settings.external_url or f"http://{settings.host}:{settings.port}"
        print_past_redaction(
            f"\n  First start: open {place} and enter the setup code  {code}\n"
            "  It is valid once, for 30 minutes. A restart makes a new one.\n"
        )


def _beat(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    task.add_done_callback(_end_with)
    return task


def _end_with(task: asyncio.Task[None]) -> None:
    """Ends the process when a part of it died: half an engine looks healthy."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _LOG.critical("a part of the engine stopped; ending", exc_info=error)
        signal.raise_signal(signal.SIGTERM)


async def _cancel(running: list[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
