"""The composition root: the only file that knows every domain.

`engine` opens the ground floor, builds the domains on it, starts what beats, and takes
all of it down again in the opposite order. `create_app` puts the routes in front.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

from fastapi import FastAPI

from odin_engine.drivers.printers.bambu.family import BambuFamily
from odin_engine.identity import access
from odin_engine.identity import reactions as identity_reactions
from odin_engine.identity import routes as identity_routes
from odin_engine.identity.model import Permission
from odin_engine.identity.service import Identity
from odin_engine.kernel import docs, http, web
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.files import Files
from odin_engine.kernel.idempotency import Idempotency
from odin_engine.kernel.migrate import migrate
from odin_engine.kernel.outbox import Outbox
from odin_engine.kernel.secrets import Secrets
from odin_engine.kernel.settings import Settings
from odin_engine.kernel.tasks import Tasks
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.live import reactions as live_reactions
from odin_engine.live import routes as live_routes
from odin_engine.live.model import Hello
from odin_engine.live.service import Live
from odin_engine.printers import reactions as printers_reactions
from odin_engine.printers import routes as printers_routes
from odin_engine.printers.model import TUNABLES
from odin_engine.printers.ports import DriverFamily
from odin_engine.printers.service import Printers
from odin_engine.system import reactions as system_reactions
from odin_engine.system import routes as system_routes
from odin_engine.system.model import API_VERSION, About

VERSION = version("odin-engine")


def families(settings: Settings) -> dict[str, DriverFamily]:
    """Returns every make of printers this engine can drive, by name."""
    bambu = BambuFamily(trust_dir=settings.data_dir / "bambu-ca")
    return {bambu.name: bambu}


def create_app(settings: Settings, secrets: Secrets) -> FastAPI:
    """Returns the web application; the engine starts and stops with its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine(settings, secrets, app):
            yield

    app = FastAPI(
        title="O.D.I.N.",
        version=VERSION,
        lifespan=lifespan,
        openapi_url=None,
        responses=http.PROBLEMS,
    )
    http.install(
        app,
        trusted_proxies=settings.trusted_proxies,
        max_json_bytes=settings.max_json_bytes,
    )
    access.install(app)
    for router in (
        system_routes.router,
        identity_routes.router,
        printers_routes.router,
        live_routes.router,
    ):
        app.include_router(router, prefix="/api/v1")
    app.include_router(docs.docs_router(access.needs_login()), prefix="/api")
    app.include_router(system_routes.health_router)
    app.include_router(web.web_router(access.open_to_all()))
    return app


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every domain stands on."""

    database: Database
    facts: Facts
    clock: SystemClock
    ticker: LoopTicker
    secrets: Secrets
    settings: Settings


@asynccontextmanager
async def engine(
    settings: Settings, secrets: Secrets, app: FastAPI
) -> AsyncIterator[None]:
    """Runs everything behind the routes for the length of the block."""
    facts, clock = Facts(), SystemClock()
    await migrate(settings.database_url, settings.data_dir, clock)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, facts)
        stack.push_async_callback(database.close)
        ground = _Ground(database, facts, clock, LoopTicker(), secrets, settings)
        await _furnish(app, ground, stack)
        yield


async def _furnish(app: FastAPI, ground: _Ground, stack: AsyncExitStack) -> None:
    settings, database, clock = ground.settings, ground.database, ground.clock
    config = Config(database, clock, TUNABLES)
    tasks = Tasks(database, clock)
    outbox = Outbox(database, ground.facts, clock, ground.ticker)
    idempotency = Idempotency(database, ground.secrets, clock)
    identity = Identity(database, clock, external_url=settings.external_url)
    printers = Printers(
        database,
        clock,
        ground.ticker,
        ground.secrets,
        families(settings),
        Files(settings.data_dir),
        tasks,
        config,
        allow_loopback=settings.allow_loopback,
        upload_most_bytes=settings.max_upload_bytes,
    )
    live = Live(
        live_reactions.sources(printers, tasks),
        Hello(VERSION, API_VERSION),
        clock,
        ground.ticker,
    )
    about = About(
        VERSION, clock.now(), "sqlite" if database.is_sqlite else "postgresql"
    )
    services: Mapping[type, object] = {
        About: about,
        Config: config,
        Idempotency: idempotency,
        Identity: identity,
        Live: live,
        Printers: printers,
        Tasks: tasks,
    }
    for kind, service in services.items():
        http.provide(app, kind, service)
    await config.load()
    await tasks.recover()
    await identity.start()
    stack.push_async_callback(identity.close)
    await printers.start()
    stack.push_async_callback(_stop, printers, tasks, ground.facts)
    beats = (
        ground.facts.run(),
        outbox.run(),
        live.run(),
        live_reactions.announce(live, ground.facts, clock),
        printers_reactions.run(printers, ground.ticker),
        identity_reactions.run(identity, ground.ticker),
        system_reactions.run(tasks, outbox, idempotency, ground.ticker),
    )
    running = [asyncio.create_task(beat) for beat in beats]
    stack.push_async_callback(_cancel, running)


async def _stop(printers: Printers, tasks: Tasks, facts: Facts) -> None:
    await tasks.close()
    await printers.stop()


async def _cancel(running: list[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
