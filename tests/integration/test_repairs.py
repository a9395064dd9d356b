"""What people should mend shows in the repairs, and can be mended there."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.components.hassio.const import DATA_COMPONENT
from homeassistant.components.hassio.handler import HassIO
from homeassistant.config_entries import SOURCE_HASSIO, ConfigEntryState
from homeassistant.const import CONF_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.setup import async_setup_component
from homeassistant.util.dt import utcnow
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.odin.client import UnsupportedVersion
from custom_components.odin.const import DOMAIN, RESYNC
from custom_components.odin.coordinator import OdinCoordinator
from custom_components.odin.repairs import GoneFlow, async_create_fix_flow
from tests.e2e.apart import Machines
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.farm import Engine
from tests.integration.impostor import Impostor, show_a_farm

type Answer = dict[str, Any]


def _issue(hass: HomeAssistant, key: str) -> ir.IssueEntry | None:
    """Returns the issue of that kind, if there is one."""
    found = [
        issue
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.translation_key == key
    ]
    return found[0] if found else None


class Mending:
    """An administrator's browser in the repairs."""

    def __init__(
        self, hass: HomeAssistant, hass_client: ClientSessionGenerator
    ) -> None:
        self._hass, self._hass_client = hass, hass_client

    async def begin(self, issue: ir.IssueEntry) -> Answer:
        """Opens the dialog of an issue."""
        assert await async_setup_component(self._hass, "repairs", {})
        return await self._post("", {"handler": DOMAIN, "issue_id": issue.issue_id})

    async def go_on(self, shown: Answer, what: Answer) -> Answer:
        """Sends a form of it."""
        return await self._post(f"/{shown['flow_id']}", what)

    async def _post(self, path: str, body: Answer) -> Answer:
        client = await self._hass_client()
        answer = await client.post(f"/api/repairs/issues/fix{path}", json=body)
        assert answer.ok, await answer.text()
        found: Answer = await answer.json()
        return found


@pytest.fixture
def mending(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Mending:
    """The repairs, opened."""
    return Mending(hass, hass_client)


async def test_a_changed_access_code_is_entered_here(
    hass: HomeAssistant, own_engine: Engine, machines: Machines, mending: Mending
) -> None:
    coordinator = await set_up(hass, make_entry(own_engine))
    darwin = machines.screens["Darwin"]
    own_engine.add(darwin | {"secret": "00000000"})
    await until(lambda: _issue(hass, "access_code_refused"))
    issue = _issue(hass, "access_code_refused")
    assert issue is not None
    assert issue.is_fixable
    assert issue.translation_placeholders == {"printer": "Darwin"}
    shown = await mending.begin(issue)
    assert shown["step_id"] == "enter"
    refused = await mending.go_on(shown, {"access_code": "x" * 400})
    assert refused["errors"] == {"base": "refused"}
    done = await mending.go_on(refused, {"access_code": darwin["access_code"]})
    assert done["type"] == "create_entry"
    printer_id = own_engine.printers["Darwin"]
    await until(lambda: coordinator.data.printers[printer_id].is_live)
    assert _issue(hass, "access_code_refused") is None


async def test_a_changed_certificate_is_compared_here(
    hass: HomeAssistant, own_engine: Engine, machines: Machines, mending: Mending
) -> None:
    own_engine.add(machines.screens["Darwin"])
    own_engine.until_online("Darwin")
    coordinator = await set_up(hass, make_entry(own_engine))
    machines.misbehave("Darwin", "change_certificate")
    await until(lambda: _issue(hass, "certificate_changed"))
    issue = _issue(hass, "certificate_changed")
    assert issue is not None
    shown = await mending.begin(issue)
    assert shown["step_id"] == "confirm"
    told = shown["description_placeholders"]
    assert told["printer"] == "Darwin"
    assert told["pinned"] != told["found"]
    assert len(told["found"].split(":")) == 32
    done = await mending.go_on(shown, {})
    assert done["type"] == "create_entry"
    printer_id = own_engine.printers["Darwin"]
    await until(lambda: coordinator.data.printers[printer_id].is_live)
    assert _issue(hass, "certificate_changed") is None


async def test_a_certificate_that_changes_once_more_is_compared_anew(
    hass: HomeAssistant, own_engine: Engine, machines: Machines, mending: Mending
) -> None:
    own_engine.add(machines.screens["Darwin"])
    own_engine.until_online("Darwin")
    await set_up(hass, make_entry(own_engine))
    machines.misbehave("Darwin", "change_certificate")
    await until(lambda: _issue(hass, "certificate_changed"))
    issue = _issue(hass, "certificate_changed")
    assert issue is not None
    shown = await mending.begin(issue)
    own_engine.tell(
        "Darwin",
        "certificate/confirm",
        {
            key: told.replace(":", "").lower()
            for key in ("pinned", "found")
            for told in (shown["description_placeholders"][key],)
        },
    )
    done = await mending.go_on(shown, {})
    assert done["reason"] == "changed_again"


async def test_an_engine_that_is_away_is_said_so(
    hass: HomeAssistant, own_engine: Engine, machines: Machines, mending: Mending
) -> None:
    own_engine.add(machines.screens["Darwin"])
    own_engine.until_online("Darwin")
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    machines.misbehave("Darwin", "change_certificate")
    await until(lambda: _issue(hass, "certificate_changed"))
    issue = _issue(hass, "certificate_changed")
    assert issue is not None
    own_engine.process.kill()
    aborted = await mending.begin(issue)
    assert aborted["reason"] == "cannot_connect"


async def test_a_printer_that_refuses_control_is_told_of(
    hass: HomeAssistant, own_engine: Engine, machines: Machines
) -> None:
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    own_engine.add(machines.screens["Euler"])
    await until(lambda: _issue(hass, "control_refused"))
    issue = _issue(hass, "control_refused")
    assert issue is not None
    assert not issue.is_fixable
    assert issue.severity is ir.IssueSeverity.WARNING
    own_engine.remove("Euler")
    await until(lambda: _issue(hass, "control_refused") is None)
    flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    assert isinstance(flow, GoneFlow)
    assert (await flow.async_step_init())["reason"] == "printer_gone"
    assert await hass.config_entries.async_remove(entry.entry_id)
    flow = await async_create_fix_flow(hass, issue.issue_id, None)
    assert isinstance(flow, GoneFlow)


async def test_issues_go_with_the_entry(
    hass: HomeAssistant, own_engine: Engine, machines: Machines
) -> None:
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    own_engine.add(machines.screens["Darwin"] | {"secret": "00000000"})
    await until(lambda: _issue(hass, "access_code_refused"))
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert _issue(hass, "access_code_refused") is None


async def test_an_engine_of_another_time_is_told_of(
    hass: HomeAssistant, engine: Engine, impostor: Impostor
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "url": impostor.url}
    )
    for api_version, key in ((99, "engine_too_new"), (0, "engine_too_old")):
        impostor.info = {"name": "O.D.I.N.", "version": "9", "api_version": api_version}
        assert not await hass.config_entries.async_reload(entry.entry_id)
        assert entry.error_reason_translation_key == "unsupported_version"
        issue = _issue(hass, key)
        assert issue is not None
        assert issue.translation_placeholders == {"engine": "O.D.I.N.", "version": "9"}
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "url": engine.url}
    )
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert _issue(hass, "engine_too_old") is None


async def test_an_engine_that_is_updated_meanwhile_is_told_of(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    coordinator = await set_up(hass, entry)
    coordinator.on_lost(UnsupportedVersion(2, "2.0", is_too_old=False))
    assert _issue(hass, "engine_too_new") is not None
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert _issue(hass, "engine_too_new") is None


async def test_a_disk_that_is_nearly_full_is_told_of(
    hass: HomeAssistant, impostor: Impostor
) -> None:
    disk = {"total_bytes": 32 * 10**9, "free_bytes": 600 * 10**6}

    async def serve(request: web.Request) -> web.Response:
        assert request.path == "/api/v1/system"
        return web.json_response({"disk": disk} if disk else {})

    impostor.serve, impostor.converse = serve, show_a_farm
    entry = _misled(impostor)
    disk["is_nearly_full"] = True
    await set_up(hass, entry)
    await until(lambda: _issue(hass, "disk_nearly_full"))
    issue = _issue(hass, "disk_nearly_full")
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_placeholders == {
        "engine": "O.D.I.N.",
        "free": "0.6",
        "total": "32",
    }
    disk["is_nearly_full"] = False
    async_fire_time_changed(hass, utcnow() + RESYNC)
    await until(lambda: _issue(hass, "disk_nearly_full") is None)
    disk["is_nearly_full"] = True
    async_fire_time_changed(hass, utcnow() + RESYNC * 2)
    await until(lambda: _issue(hass, "disk_nearly_full"))
    # An engine from before that figure says nothing, and so do we.
    disk.clear()
    async_fire_time_changed(hass, utcnow() + RESYNC * 3)
    await until(lambda: _issue(hass, "disk_nearly_full") is None)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_real_engine_has_room(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    disk = await coordinator.client.disk()
    assert disk is not None
    assert 0 < disk.free_bytes <= disk.total_bytes


async def test_an_app_that_was_removed_is_told_of(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    message = {
        "addon": "a1b2c3d4_odin",
        "service": "odin",
        "uuid": "b0a7e1f0c2d34e5f8a9b0c1d2e3f4a5b",
        "config": {"engine_id": own_engine.engine_id},
    }
    messages = [message]

    async def list_messages(_: web.Request) -> web.Response:
        return web.json_response({"result": "ok", "data": {"discovery": messages}})

    app = web.Application()
    app.router.add_get("/discovery", list_messages)
    async with TestServer(app) as supervisor:
        session = async_get_clientsession(hass)
        address = f"{supervisor.host}:{supervisor.port}"
        hass.data[DATA_COMPONENT] = HassIO(hass.loop, session, address)
        hass.config.components.add("hassio")
        told = make_entry(own_engine)
        entry = MockConfigEntry(
            domain=DOMAIN,
            source=SOURCE_HASSIO,
            unique_id=told.unique_id,
            data=dict(told.data),
        )
        await set_up(hass, entry)
        # Stopped, as it is for an update: the message stays.
        own_engine.process.kill()
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert _issue(hass, "app_removed") is None
        messages.clear()
        await hass.config_entries.async_reload(entry.entry_id)
        issue = _issue(hass, "app_removed")
        assert issue is not None
        assert issue.severity is ir.IssueSeverity.ERROR
        # Installed again, with its data.
        messages.append(message)
        own_engine.restart()
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.runtime_data.coordinator.link.is_open
        assert _issue(hass, "app_removed") is None
        # Removed while it was in use.
        messages.clear()
        own_engine.process.kill()
        await until(lambda: _issue(hass, "app_removed"))
        assert await hass.config_entries.async_remove(entry.entry_id)
        assert _issue(hass, "app_removed") is None


async def test_an_engine_that_is_no_app_is_just_away(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    hass.config.components.add("hassio")
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    own_engine.process.kill()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert _issue(hass, "app_removed") is None


def _misled(impostor: Impostor) -> MockConfigEntry:
    return MockConfigEntry(
        domain=DOMAIN,
        title="O.D.I.N.",
        unique_id="e",
        data={CONF_URL: impostor.url, CONF_TOKEN: "odin_x", CONF_VERIFY_SSL: True},
    )
