"""Every text that the code asks for is there, and every text that is there is asked for."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.yaml import load_yaml_dict

from custom_components.odin import (
    binary_sensor,
    entity,
    errors,
    event,
    issues,
    light,
    number,
    select,
    sensor,
    services,
    switch,
    system_health,
)
from custom_components.odin.client import (
    Activity,
    Drying,
    FilamentUnit,
    LinkReason,
    Printer,
    Severity,
    Slot,
    SpeedLevel,
)
from custom_components.odin.client.models import Fault
from custom_components.odin.client.stages import STAGES
from custom_components.odin.coordinator import OdinCoordinator
from tests.integration.checker.texts import placeholders
from tests.integration.test_manifest import HOME

type Json = dict[str, Any]

_TEXTS: Json = json.loads((HOME / "translations/en.json").read_text(encoding="utf-8"))
_ENTITIES: Json = _TEXTS["entity"]
_SOURCES = {
    path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in HOME.glob("*.py")
}
_GIVEN_BY_HOME_ASSISTANT = {
    "already_configured",
    "already_in_progress",
    "reauth_successful",
    "reconfigure_successful",
}
"""Ends of flows that no line of ours names."""


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _word(node: ast.expr | None) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else None  # type: ignore[union-attr]


def _names(node: ast.expr | None) -> set[str]:
    """Returns the keys of an object as it stands in the source."""
    if not isinstance(node, ast.Dict):
        return set()
    return {word for each in node.keys if (word := _word(each)) is not None}


def _entity_keys() -> dict[str, set[str]]:
    """Returns the keys that each platform can ask for."""
    sides = ["", *(f"{side}_" for side in entity._SIDES), "numbered_"]  # noqa: SLF001 - the table
    found: dict[str, set[str]] = {}
    for platform in _ENTITIES:
        words = {
            word
            for name, call in _calls(_SOURCES[platform])
            if name.endswith(("Description", "Description[Printer]"))
            or name.startswith("Odin")
            for word in _key_of(_keyword(call, "translation_key"))
        }
        found[platform] = {
            str(getattr(_module(platform), word, word)) for word in words
        }
        found[platform] |= {
            word
            for name, call in _calls(_SOURCES[platform])
            if name == "per_name" and (word := _word(call.args[1])) is not None
        }
    of_heads = {"sensor": ("temperature", "diameter"), "number": ("target",)}
    for platform, kinds in of_heads.items():
        found[platform] |= {f"{side}nozzle_{kind}" for side in sides for kind in kinds}
        found[platform] |= {f"tool_{kind}" for kind in kinds}
    found["number"] |= {
        str(each.translation_key)
        for each in (number.BED, number.CHAMBER, number.SPEED, number.FLOW)
    }
    found["light"] |= {f"light_{name}" for name in light._NAMED}  # noqa: SLF001 - the table
    found["switch"] |= {f"detector_{name}" for name in switch._NAMED}  # noqa: SLF001 - the table
    return found


def _key_of(node: ast.expr | None) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(word)) | ast.Name(id=word):
            yield word
        case ast.IfExp(body=body, orelse=orelse):
            yield from _key_of(body)
            yield from _key_of(orelse)


def _module(platform: str) -> object:
    known = {"binary_sensor": binary_sensor, "event": event}
    return known.get(platform)


def test_every_entity_has_a_name_and_every_name_an_entity() -> None:
    for platform, keys in _entity_keys().items():
        assert keys == set(_ENTITIES[platform]), platform
        assert all(_ENTITIES[platform][key]["name"] for key in keys)


def test_every_word_of_a_state_has_a_text() -> None:
    described: list[sensor.OdinSensorDescription[Any]] = [
        *sensor.PRINTER_SENSORS,
        *sensor.UNIT_SENSORS,
        *sensor.ENGINE_SENSORS,
        sensor.FINISH,
        sensor.FILAMENT,
        sensor.REMAINING,
    ]
    for each in described:
        if each.options is not None:
            told = _ENTITIES["sensor"][each.translation_key]["state"]
            assert set(told) == set(each.options), each.key
    assert set(_ENTITIES["select"]["speed"]["state"]) == set(SpeedLevel)
    assert set(_ENTITIES["select"]["active_slot"]["state"]) == {select.NONE}
    for news in event.NEWS:
        shown = _ENTITIES["event"][news.translation_key]["state_attributes"]
        assert set(shown["event_type"]["state"]) == set(news.event_types or ())


def test_every_attribute_has_a_name() -> None:
    fault = Fault("0700_8011", severity=Severity.SERIOUS)
    printer = Printer("id", "Ada", activity=Activity.PAUSED, faults=(fault,))
    unit = FilamentUnit(0, drying=Drying())
    tables: list[tuple[str, Iterable[Any], object]] = [
        ("binary_sensor", binary_sensor.PRINTER_BINARY_SENSORS, printer),
        ("binary_sensor", binary_sensor.UNIT_BINARY_SENSORS, unit),
        ("sensor", sensor.PRINTER_SENSORS, printer),
        ("sensor", (sensor.FILAMENT, sensor.REMAINING), Slot(0)),
    ]
    for platform, table, subject in tables:
        for each in table:
            shown = each.attributes(subject) if each.attributes else {}
            told = _ENTITIES[platform].get(each.translation_key, {})
            assert set(told.get("state_attributes", {})) == set(shown), each
    _has_words(("binary_sensor", "attention", "reason"), _waits())
    _has_words(("event", "fault_event", "reason"), _waits())
    _has_words(("sensor", "connection", "reason"), set(LinkReason))
    _has_words(("sensor", "fault", "severity"), set(Severity))
    _has_words(("event", "fault_event", "severity"), set(Severity))


def _waits() -> set[str]:
    """Returns why somebody is needed, where it is no fault's code."""
    paused = {each for each in STAGES if each.startswith("paused_")}
    return {Activity.ATTENTION, *paused} - {"paused_by_user", "paused_by_gcode"}


def _has_words(path: tuple[str, str, str], words: set[Any]) -> None:
    platform, key, attribute = path
    told = _ENTITIES[platform][key]["state_attributes"][attribute]["state"]
    assert set(told) == {str(word) for word in words}, path


def test_every_error_has_a_sentence_with_all_that_it_asks_for() -> None:
    sentences = {key: each["message"] for key, each in _TEXTS["exceptions"].items()}
    raised: dict[str, set[str]] = {}
    for tree in _SOURCES.values():
        for name, call in _calls(tree):
            domain = _keyword(call, "translation_domain")
            key = _word(_keyword(call, "translation_key"))
            if domain is not None and key is not None:
                raised[key] = _names(_keyword(call, "translation_placeholders"))
            elif name == "_wrong_device":
                raised[str(_word(call.args[0]))] = set()
    for key in errors._CODES | _returned(_SOURCES["errors"], "_key"):  # noqa: SLF001 - the table
        raised[key] = {"error"}
    assert raised.keys() == sentences.keys()
    for key, sentence in sentences.items():
        assert placeholders(sentence) <= raised[key], key


def _returned(tree: ast.AST, function: str) -> set[str]:
    found = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == function
    )
    words = (_word(n.value) for n in ast.walk(found) if isinstance(n, ast.Return))
    return {word for word in words if word is not None}


def test_every_repair_has_its_texts() -> None:
    kinds = {kind.key: kind for kind in issues._KINDS}  # noqa: SLF001 - the table
    raised: dict[str, set[str]] = {key: {"printer"} for key in kinds}
    for source, tree in _SOURCES.items():
        constants = vars(import_module(f"custom_components.odin.{source}"))
        for name, call in _calls(tree):
            if name == "async_create_issue":
                node = _keyword(call, "translation_key")
                given = _names(_keyword(call, "translation_placeholders"))
            elif name == "_raise_for_engine":
                *_, node, _ = call.args
                given = {"engine", *(str(each.arg) for each in call.keywords)}
            else:
                continue
            for word in _key_of(node):
                if isinstance(found := constants.get(word), str):
                    raised[found] = given
    told = _TEXTS["issues"]
    assert raised.keys() == told.keys()
    for key, given in raised.items():
        assert placeholders(told[key]["title"]) <= given, key
        assert placeholders(told[key].get("description", "")) <= given, key
        assert ("fix_flow" in told[key]) is (key in kinds and kinds[key].is_fixable)


@pytest.mark.parametrize("source", ["config_flow", "repairs"])
def test_every_end_of_a_dialog_has_a_sentence(source: str) -> None:
    if source == "config_flow":
        parts = [_TEXTS["config"], _TEXTS["options"]]
    else:
        parts = [i["fix_flow"] for i in _TEXTS["issues"].values() if "fix_flow" in i]
    tree = _SOURCES[source]
    reasons = {
        word
        for _, call in _calls(tree)
        if (word := _word(_keyword(call, "reason"))) is not None
    }
    wrong = {
        word
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0])[:7] == "errors["
        if (word := _word(node.value)) is not None
    }
    if source == "config_flow":
        wrong |= _returned(tree, "_reason")
    ends = {key for part in parts for key in part.get("abort", {})}
    mistakes = {key for part in parts for key in part.get("error", {})}
    assert reasons <= ends
    assert ends - reasons <= _GIVEN_BY_HOME_ASSISTANT
    assert wrong == mistakes


def test_every_step_of_a_dialog_has_its_texts() -> None:
    for source, parts in (
        ("config_flow", [_TEXTS["config"], _TEXTS["options"]]),
        (
            "repairs",
            [i["fix_flow"] for i in _TEXTS["issues"].values() if "fix_flow" in i],
        ),
    ):
        told = {step for part in parts for step in part["step"]}
        text = (HOME / f"{source}.py").read_text(encoding="utf-8")
        shown = set(re.findall(r'(?:step_id=|self\._show\(\s*)"([a-z_]+)"', text))
        assert shown == told


def test_every_field_of_an_action_is_one_that_it_takes() -> None:
    described = load_yaml_dict(str(HOME / "services.yaml"))
    for action, one in described.items():
        schema = getattr(services, action.upper()).schema
        taken = {str(key.schema): type(key).__name__ for key in schema}
        fields = one["fields"]
        assert fields.keys() == taken.keys(), action
        for field, what in fields.items():
            is_required = taken[field] == "Required"
            assert what.get("required", False) == is_required, f"{action}.{field}"


async def test_the_health_page_has_its_texts(hass: HomeAssistant) -> None:
    told = await system_health._async_info(hass)  # noqa: SLF001 - what the page asks
    assert told.keys() == _TEXTS["system_health"]["info"].keys()


async def test_every_choice_and_device_has_a_text() -> None:
    asked = {
        word
        for name, call in _calls(_SOURCES["config_flow"])
        if name == "SelectSelectorConfig"
        for word in _key_of(_keyword(call, "translation_key"))
    }
    assert asked == {"CONF_GUEST_ROLE"}
    assert _TEXTS["selector"].keys() == {"guest_role"}
    told = (HOME / "device.py").read_text(encoding="utf-8")
    for key in _TEXTS["device"]:
        assert f'"{key}"' in told


async def test_an_attribute_without_a_name_would_be_seen(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    """The tables above are of words; this looks at what a farm really shows."""
    registry = er.async_get(hass)
    entry_id = coordinator.config_entry.entry_id
    unnamed: set[tuple[str, str]] = set()
    for each in er.async_entries_for_config_entry(registry, entry_id):
        state, key = hass.states.get(each.entity_id), each.translation_key
        if state is None or key is None:
            continue
        told = _ENTITIES[each.domain][key].get("state_attributes", {})
        extra = set(state.attributes) - set(each.capabilities or ()) - _OF_EVERYONE
        unnamed |= {(key, name) for name in extra - set(told)}
    assert not unnamed


_OF_EVERYONE = {
    *("attribution", "device_class", "entity_picture", "friendly_name", "icon"),
    *("restored", "state_class", "supported_features", "unit_of_measurement"),
    *("access_token", "brightness", "color_mode", "frontend_stream_type"),
    *("in_progress", "installed_version", "latest_version", "percentage"),
    *("auto_update", "display_precision", "percentage_step", "preset_mode"),
    *("release_summary", "release_url", "skipped_version", "title"),
    *("update_percentage", "event_type"),
}
"""Attributes that Home Assistant names itself."""
