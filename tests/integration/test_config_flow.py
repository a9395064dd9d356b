"""Every way to set up an engine, every mistake on it, and the way on from there."""

from ipaddress import ip_address
from typing import Any

import pytest
from homeassistant.config_entries import (
    SOURCE_HASSIO,
    SOURCE_IGNORE,
    SOURCE_USER,
    SOURCE_ZEROCONF,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.odin.const import (
    CONF_GUEST_ROLE,
    CONF_SLOT_DEVICES,
    CONF_TAGS,
    DOMAIN,
    NAME,
)
from tests.e2e.processes import free_port
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.farm import Engine
from tests.integration.impostor import Impostor

type Flow = ConfigFlowResult


def _typed(engine: Engine, **other: object) -> dict[str, object]:
    return {
        CONF_URL: engine.url,
        CONF_TOKEN: engine.token,
        CONF_VERIFY_SSL: True,
    } | other


async def _begin(hass: HomeAssistant) -> Flow:
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


async def _go_on(hass: HomeAssistant, flow: Flow, what: dict[str, Any]) -> Flow:
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], what)
    await hass.async_block_till_done()
    return done


def _handed_over(engine: Engine, **other: object) -> HassioServiceInfo:
    host, _, port = engine.url.removeprefix("http://").partition(":")
    config = {
        "host": host,
        "port": int(port),
        "api_version": 1,
        "engine_id": engine.engine_id,
        "auth_token": engine.token,
        "boot_id": "first",
    }
    return HassioServiceInfo(config | other, "O.D.I.N.", "a0d7b954_odin", "uuid")


def _announced(engine: Engine, **other: str) -> ZeroconfServiceInfo:
    host, _, port = engine.url.removeprefix("http://").partition(":")
    return ZeroconfServiceInfo(
        ip_address=ip_address(host),
        ip_addresses=[ip_address(host)],
        port=int(port),
        hostname="engine.local.",
        type="_odin._tcp.local.",
        name="engine._odin._tcp.local.",
        properties={"id": engine.engine_id, "api": "1"} | other,
    )


async def _found(hass: HomeAssistant, source: str, data: object) -> Flow:
    flow = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": source}, data=data
    )
    await hass.async_block_till_done()
    return flow


# Typed in


async def test_address_and_token_make_an_entry(
    hass: HomeAssistant, engine: Engine
) -> None:
    flow = await _begin(hass)
    assert flow["type"] is FlowResultType.FORM
    done = await _go_on(hass, flow, _typed(engine))
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["title"] == NAME
    assert done["data"] == _typed(engine)
    assert done["result"].unique_id == engine.engine_id
    assert done["result"].state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("wrong", "field", "error"),
    [
        ({CONF_URL: "ftp://engine"}, CONF_URL, "invalid_url"),
        ({CONF_URL: "http://["}, CONF_URL, "invalid_url"),
        ({CONF_URL: "http://"}, CONF_URL, "invalid_url"),
        ({CONF_URL: "http://127.0.0.1:{port}"}, "base", "cannot_connect"),
        ({CONF_TOKEN: "odin_nonsense"}, "base", "invalid_auth"),
    ],
)
async def test_a_mistake_is_named_and_mended(
    hass: HomeAssistant, engine: Engine, wrong: dict[str, str], field: str, error: str
) -> None:
    wrong = {key: text.format(port=free_port()) for key, text in wrong.items()}
    flow = await _begin(hass)
    refused = await _go_on(hass, flow, _typed(engine, **wrong))
    assert refused["errors"] == {field: error}
    done = await _go_on(hass, refused, _typed(engine))
    assert done["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("scopes", "error"),
    [
        (("read:printers",), "missing_scopes"),
        (("read:tasks", "act-as"), "missing_scopes"),
    ],
)
async def test_a_token_with_too_little_is_refused(
    hass: HomeAssistant, engine: Engine, scopes: tuple[str, ...], error: str
) -> None:
    token = engine.new_token(*scopes)
    refused = await _go_on(hass, await _begin(hass), _typed(engine, token=token))
    assert refused["errors"] == {"base": error}
    done = await _go_on(hass, refused, _typed(engine))
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_page_of_the_engine_is_not_its_address(
    hass: HomeAssistant, engine: Engine
) -> None:
    begun = await _begin(hass)
    refused = await _go_on(hass, begun, _typed(engine, url=f"{engine.url}/settings"))
    assert refused["errors"] == {"base": "not_odin"}
    done = await _go_on(hass, refused, _typed(engine))
    assert done["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("info", "error"),
    [
        (
            {"name": "O.D.I.N.", "version": "9.0", "api_version": 99},
            "unsupported_version",
        ),
        (
            {"name": "O.D.I.N.", "version": "0.1", "api_version": 1},
            "unsupported_version",
        ),
        ({"name": "O.D.I.N.", "version": "0.1"}, "not_odin"),
        ({"name": "Something"}, "not_odin"),
        (["nothing"], "not_odin"),
        ("<html>", "not_odin"),
        (404, "not_odin"),
        (302, "not_odin"),
        (502, "cannot_connect"),
    ],
)
async def test_what_is_no_engine_of_ours_is_told_apart(
    hass: HomeAssistant, engine: Engine, impostor: Impostor, info: object, error: str
) -> None:
    impostor.info = info
    refused = await _go_on(hass, await _begin(hass), _typed(engine, url=impostor.url))
    assert refused["errors"] == {"base": error}
    done = await _go_on(hass, refused, _typed(engine))
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_the_same_engine_is_added_once(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    done = await _go_on(hass, await _begin(hass), _typed(engine, url=f"{engine.url}/"))
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "already_configured"
    assert entry.data[CONF_URL] == f"{engine.url}/"


# Handed over by the Supervisor


async def test_the_app_is_added_with_one_press(
    hass: HomeAssistant, engine: Engine
) -> None:
    flow = await _found(hass, SOURCE_HASSIO, _handed_over(engine))
    assert flow["type"] is FlowResultType.FORM
    assert flow["step_id"] == "hassio_confirm"
    done = await _go_on(hass, flow, {})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["data"] == _typed(engine)
    assert done["result"].unique_id == engine.engine_id


async def test_an_app_that_is_away_can_be_tried_again(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    flow = await _found(hass, SOURCE_HASSIO, _handed_over(own_engine))
    own_engine.process.kill()
    refused = await _go_on(hass, flow, {})
    assert refused["errors"] == {"base": "cannot_connect"}
    own_engine.restart()
    done = await _go_on(hass, refused, {})
    assert done["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"port": "?"}, "invalid_discovery_info"),
        ({"api_version": 0}, "unsupported_version"),
    ],
)
async def test_a_strange_hand_over_is_left_alone(
    hass: HomeAssistant, engine: Engine, config: dict[str, object], reason: str
) -> None:
    flow = await _found(hass, SOURCE_HASSIO, _handed_over(engine, **config))
    assert flow["type"] is FlowResultType.ABORT
    assert flow["reason"] == reason


async def test_a_hand_over_that_tells_nothing_is_left_alone(
    hass: HomeAssistant,
) -> None:
    empty = HassioServiceInfo({}, "O.D.I.N.", "a0d7b954_odin", "uuid")
    flow = await _found(hass, SOURCE_HASSIO, empty)
    assert flow["reason"] == "invalid_discovery_info"


async def test_each_start_of_the_app_tells_the_entry_its_address_and_token(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry,
        data={**entry.data, CONF_URL: f"http://127.0.0.1:{free_port()}"},
    )
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    flow = await _found(hass, SOURCE_HASSIO, _handed_over(engine))
    assert flow["reason"] == "already_configured"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert entry.data[CONF_URL] == engine.url


async def test_an_app_with_a_new_token_needs_nobody(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_TOKEN: "odin_gone"}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await _found(hass, SOURCE_HASSIO, _handed_over(engine))
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert entry.data[CONF_TOKEN] == engine.token


async def test_an_ignored_app_stays_ignored(
    hass: HomeAssistant, engine: Engine
) -> None:
    MockConfigEntry(
        domain=DOMAIN, unique_id=engine.engine_id, source=SOURCE_IGNORE
    ).add_to_hass(hass)
    flow = await _found(hass, SOURCE_HASSIO, _handed_over(engine))
    assert flow["reason"] == "already_configured"
    announced = await _found(hass, SOURCE_ZEROCONF, _announced(engine))
    assert announced["reason"] == "already_configured"


# Found in the network


async def test_a_found_engine_needs_a_token(
    hass: HomeAssistant, engine: Engine
) -> None:
    flow = await _found(hass, SOURCE_ZEROCONF, _announced(engine))
    assert flow["step_id"] == "zeroconf_confirm"
    assert flow["description_placeholders"] == {CONF_URL: engine.url}
    refused = await _go_on(hass, flow, {CONF_TOKEN: "odin_nonsense"})
    assert refused["errors"] == {"base": "invalid_auth"}
    done = await _go_on(hass, refused, {CONF_TOKEN: engine.token})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["data"] == _typed(engine)


@pytest.mark.parametrize(
    ("told", "reason"),
    [({"app": "1"}, "is_app"), ({"id": ""}, "invalid_discovery_info")],
)
async def test_an_announcement_that_is_not_for_us_is_left_alone(
    hass: HomeAssistant, engine: Engine, told: dict[str, str], reason: str
) -> None:
    flow = await _found(hass, SOURCE_ZEROCONF, _announced(engine, **told))
    assert flow["reason"] == reason


async def test_another_engine_at_the_announced_address_is_noticed(
    hass: HomeAssistant, engine: Engine
) -> None:
    flow = await _found(hass, SOURCE_ZEROCONF, _announced(engine, id="another"))
    refused = await _go_on(hass, flow, {CONF_TOKEN: engine.token})
    assert refused["errors"] == {"base": "wrong_engine"}


async def test_an_engine_that_moved_is_followed(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_URL: f"http://127.0.0.1:{free_port()}"}
    )
    flow = await _found(hass, SOURCE_ZEROCONF, _announced(engine))
    assert flow["reason"] == "already_configured"
    assert entry.data[CONF_URL] == engine.url


@pytest.mark.parametrize("url", ["http://engine.lan:8710", "https://127.0.0.1"])
async def test_a_name_or_proxy_that_somebody_typed_stays(
    hass: HomeAssistant, engine: Engine, url: str
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_URL: url})
    await _found(hass, SOURCE_ZEROCONF, _announced(engine))
    assert entry.data[CONF_URL] == url


async def test_an_announcement_that_leads_nowhere_moves_nothing(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    announced = _announced(engine)
    announced.port = free_port()
    await _found(hass, SOURCE_ZEROCONF, announced)
    assert entry.data[CONF_URL] == engine.url


# Changed later


async def test_a_refused_token_is_replaced(hass: HomeAssistant, engine: Engine) -> None:
    entry = make_entry(engine)
    await set_up(hass, entry)
    flow = await entry.start_reauth_flow(hass)
    assert flow["step_id"] == "reauth_confirm"
    refused = await _go_on(hass, flow, {CONF_TOKEN: "odin_nonsense"})
    assert refused["errors"] == {"base": "invalid_auth"}
    token = engine.new_token("read:printers", "act-as")
    done = await _go_on(hass, refused, {CONF_TOKEN: token})
    assert done["reason"] == "reauth_successful"
    assert entry.data[CONF_TOKEN] == token
    await until(lambda: entry.state is ConfigEntryState.LOADED)


async def test_another_engines_token_is_not_taken(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, unique_id="another")
    flow = await entry.start_reauth_flow(hass)
    done = await _go_on(hass, flow, {CONF_TOKEN: engine.token})
    assert done["reason"] == "wrong_engine"


async def test_address_and_token_can_be_changed(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    await set_up(hass, entry)
    flow = await entry.start_reconfigure_flow(hass)
    nowhere = {CONF_URL: f"http://127.0.0.1:{free_port()}", CONF_VERIFY_SSL: True}
    refused = await _go_on(hass, flow, nowhere)
    assert refused["errors"] == {"base": "cannot_connect"}
    elsewhere = {CONF_URL: f"{engine.url}/", CONF_VERIFY_SSL: False}
    done = await _go_on(hass, refused, elsewhere)
    assert done["reason"] == "reconfigure_successful"
    assert entry.data == _typed(engine, url=f"{engine.url}/", verify_ssl=False)
    await until(lambda: entry.state is ConfigEntryState.LOADED)


async def test_an_entry_does_not_become_another_engine(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, unique_id="another")
    flow = await entry.start_reconfigure_flow(hass)
    done = await _go_on(hass, flow, _typed(engine))
    assert done["reason"] == "wrong_engine"


# Options


async def test_options_choose_printers_roles_and_slots(
    hass: HomeAssistant, engine: Engine
) -> None:
    entry = make_entry(engine)
    await set_up(hass, entry)
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert flow["data_schema"] is not None
    chosen = {
        CONF_TAGS: ["hall"],
        CONF_GUEST_ROLE: "viewer",
        CONF_SLOT_DEVICES: False,
    }
    done = await hass.config_entries.options.async_configure(flow["flow_id"], chosen)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await until(
        lambda: (
            entry.state is ConfigEntryState.LOADED
            and len(entry.runtime_data.coordinator.data.printers) == 2
        )
    )
    assert entry.options == chosen


async def test_options_open_while_the_engine_is_away(
    hass: HomeAssistant, own_engine: Engine
) -> None:
    entry = make_entry(own_engine, tags=["kept"])
    await set_up(hass, entry)
    own_engine.process.kill()
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert flow["type"] is FlowResultType.FORM
    await hass.config_entries.async_unload(entry.entry_id)
    again = await hass.config_entries.options.async_init(entry.entry_id)
    assert again["type"] is FlowResultType.FORM
