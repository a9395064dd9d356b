"""One engine and one farm for the whole run; one Home Assistant for each test.

`engine` and `machines` are shared: a test leaves them as it found them. One that kills
an engine, or removes a printer, takes an `own_engine`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_socket
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

# First, because the harness has a package of that name, too.
import custom_components
from custom_components.odin.client import OdinClient
from custom_components.odin.const import DOMAIN, NAME
from custom_components.odin.coordinator import OdinCoordinator
from tests.e2e.apart import Machines
from tests.integration.farm import Engine, run_engine, run_machines
from tests.integration.impostor import Impostor, run_impostor
from tests.patience import PATIENCE_S

assert custom_components.__file__


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """The simulated farm: Ada (X1C), Brunel (P1S, prints), Curie (H2D).

    Darwin (P1S) may be treated badly, Euler (H2D) takes no commands: both belong to
    `own_engine`s alone.
    """
    pytest_socket.enable_socket()
    with run_machines(tmp_path_factory.mktemp("farm")) as farm:
        yield farm


@pytest.fixture(scope="session")
def engine(
    machines: Machines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine that hears the farm. Ada and Brunel have the tag hall, Curie lab."""
    pytest_socket.enable_socket()
    with run_engine(tmp_path_factory.mktemp("engine")) as running:
        for name, tag in (("Ada", "hall"), ("Brunel", "hall"), ("Curie", "lab")):
            running.add(machines.screens[name], tags=[tag])
        running.until_online()
        yield running


@pytest.fixture
def own_engine(machines: Machines, tmp_path: Path) -> Iterator[Engine]:
    """An engine of the test's own that hears Ada and Curie."""
    pytest_socket.enable_socket()
    with run_engine(tmp_path / "engine") as running:
        for name in ("Ada", "Curie"):
            running.add(machines.screens[name])
        running.until_online()
        yield running


@pytest.fixture(autouse=True)
def _ours(enable_custom_integrations: None, socket_enabled: None) -> None:
    """Lets Home Assistant load our integration, and tests reach loopback."""


@pytest.fixture
async def impostor() -> AsyncIterator[Impostor]:
    """Something that answers where an engine should be."""
    pytest_socket.enable_socket()
    async with run_impostor() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session for a client without Home Assistant."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def client(session: aiohttp.ClientSession, engine: Engine) -> OdinClient:
    """A client of the shared engine, without Home Assistant."""
    return OdinClient(session, engine.url, engine.token)


def make_entry(engine: Engine, **options: object) -> MockConfigEntry:
    """Returns an entry for an engine, not added yet."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=NAME,
        unique_id=engine.engine_id,
        data={
            CONF_URL: engine.url,
            CONF_TOKEN: engine.token,
            CONF_VERIFY_SSL: True,
        },
        options=options,
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> OdinCoordinator:
    """Adds an entry and waits until it is loaded; returns its coordinator."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED, entry.reason
    coordinator: OdinCoordinator = entry.runtime_data.coordinator
    return coordinator


async def until(condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Waits until something is so in Home Assistant; other processes decide when."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - there is no one event for it
            await asyncio.sleep(0.02)


@pytest.fixture
def entry(engine: Engine) -> MockConfigEntry:
    """An entry for the shared engine, not added yet."""
    return make_entry(engine)


@pytest.fixture
async def coordinator(hass: HomeAssistant, entry: MockConfigEntry) -> OdinCoordinator:
    """The coordinator of the shared engine's entry, which is set up."""
    return await set_up(hass, entry)
