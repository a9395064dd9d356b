"""What people read about Home Assistant is so: tables, names, messages, and every example.

Examples are run, too: Home Assistant loads each as an automation, and its steps are
taken once, with the farm's actions and everybody else's recorded in place of done.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import probatio
import pytest
import yaml
from homeassistant.components.automation import AutomationEntity
from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.odin import services
from custom_components.odin.automation import CONDITIONS, TRIGGERS
from custom_components.odin.const import DOMAIN
from custom_components.odin.coordinator import OdinCoordinator
from tests.integration.checker.scale import headings
from tests.integration.test_manifest import HOME, ROOT

DOCS = ROOT / "docs"
PAGES = DOCS / "home-assistant"
_ALL = [DOCS / "home-assistant.md", DOCS / "publishing.md", *sorted(PAGES.glob("*.md"))]

type Json = dict[str, Any]

_TEXTS: Json = json.loads((HOME / "translations/en.json").read_text(encoding="utf-8"))
_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)]+)\)")
_NAMED_BY_CLASS = {("sensor", "Temperature"), ("sensor", "Humidity")}
_CATEGORIES = {
    "diagnostic": EntityCategory.DIAGNOSTIC,
    "setting": EntityCategory.CONFIG,
    "": None,
}


def _read(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def _rows(text: str) -> Iterator[list[str]]:
    """Yields the rows of all tables, without their heads."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        is_head = number + 1 < len(lines) and re.match(
            r"\|[-| ]+\|$", lines[number + 1]
        )
        if line.startswith("|") and not is_head and not re.match(r"\|[-| ]+\|$", line):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def _section(text: str, heading: str) -> str:
    """Returns what stands under a heading of the second level."""
    _, _, rest = text.partition(f"## {heading}\n")
    assert rest, f"there is no section {heading}"
    return rest.partition("\n## ")[0]


def _without_names(text: str) -> str:
    return re.sub(r"\{\w+\}", "…", text)


@pytest.mark.parametrize("page", _ALL, ids=lambda path: path.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        path, _, heading = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not heading or heading in headings(target), link


def test_every_page_can_be_found() -> None:
    entry = (DOCS / "home-assistant.md").read_text(encoding="utf-8")
    for page in PAGES.glob("*.md"):
        assert f"(home-assistant/{page.name}" in entry, page.name


def test_the_tables_name_every_entity() -> None:
    written = [(kind.replace(" ", "_"), name) for name, kind, *_ in _entity_rows()]
    named = {
        (platform, _without_names(told["name"]))
        for platform, keys in _TEXTS["entity"].items()
        for told in keys.values()
    }
    assert set(written) == named | _NAMED_BY_CLASS


def _entity_rows() -> Iterator[list[str]]:
    return (row for row in _rows(_read("entities")) if len(row) == 4)


async def test_the_tables_say_what_is_off_and_what_is_of_a_category(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    written: dict[tuple[str, str], set[str]] = {}
    for name, kind, marks, _ in _entity_rows():
        key = (kind.replace(" ", "_"), name)
        written.setdefault(key, set()).add(marks)
    entry_id = coordinator.config_entry.entry_id
    found = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    assert len(found) > 150
    for each in found:
        words = _TEXTS["entity"][each.domain].get(each.translation_key, {})
        name = words.get("name") or str(each.original_device_class).capitalize()
        is_off = each.disabled_by is not None
        category = next(k for k, v in _CATEGORIES.items() if v == each.entity_category)
        marks = ", ".join(filter(None, (category, "off" if is_off else "")))
        assert marks in written[each.domain, _without_names(name)], each.entity_id


def test_every_option_and_field_of_the_set_up_is_told() -> None:
    text = _read("configuration") + _read("installation")
    steps = [*_TEXTS["config"]["step"].values(), *_TEXTS["options"]["step"].values()]
    for label in {label for step in steps for label in step.get("data", {}).values()}:
        assert f"| {label} |" in text, label
    for choice in _TEXTS["selector"]["guest_role"]["options"].values():
        assert choice in text


def test_every_action_has_a_section_with_its_fields_and_an_example() -> None:
    text, described = _read("actions"), load_yaml_dict(str(HOME / "services.yaml"))
    assert re.findall(r"^## odin\.(\w+)$", text, re.MULTILINE) == list(described)
    for action, one in described.items():
        section = _section(text, f"odin.{action}")
        told = {row[0].strip("`"): row[1] for row in _rows(section)}
        needed = {
            field: "required" if what.get("required") else "optional"
            for field, what in one["fields"].items()
        }
        assert told == needed, action
        assert f"action: odin.{action}" in section
        assert re.search(r"Needs `[a-z]+:printers`", section), action


@pytest.mark.parametrize(
    ("page", "kind", "known"),
    [("triggers", "trigger", TRIGGERS), ("conditions", "condition", CONDITIONS)],
)
def test_every_trigger_and_condition_has_a_section_with_an_example(
    page: str, kind: str, known: Mapping[str, object]
) -> None:
    text, described = _read(page), load_yaml_dict(str(HOME / f"{page}.yaml"))
    sections = re.findall(r"^## odin\.(\w+)$", text, re.MULTILINE)
    assert set(sections) == set(known)
    everywhere = text.partition("\n## ")[0]
    for name in sections:
        section = _section(text, f"odin.{name}")
        assert f"{kind}: odin.{name}" in section
        options = set((described[name] or {}).get("fields", {}))
        # Those of conditions are all alike, and told once.
        told = {row[0].strip("`") for row in _rows(everywhere + section)}
        assert told == options, name


def test_every_message_is_explained() -> None:
    text = _read("troubleshooting")
    told = {row[0] for row in _rows(text)}
    flow = _TEXTS["config"]
    messages = {*flow["error"].values(), *flow["abort"].values()} - {
        flow["abort"][key]
        for key in (
            "already_in_progress",
            "reauth_successful",
            "reconfigure_successful",
        )
    }
    for issue in _TEXTS["issues"].values():
        messages.add(issue["title"])
        fix = issue.get("fix_flow", {})
        messages |= {*fix.get("error", {}).values(), *fix.get("abort", {}).values()}
    messages |= {each["message"] for each in _TEXTS["exceptions"].values()}
    for message in messages:
        # The engine's own words stand behind a colon, or alone.
        shown = _without_names(re.sub(r"[:.]? \{(error|printers)\}$", "", message))
        if message == "{error}":
            continue
        assert any(row.rstrip(".") == shown.rstrip(".") for row in told), message


class Block:
    """An example in YAML, and where it stands."""

    def __init__(self, page: Path, number: int, text: str) -> None:
        self.place = f"{page.stem}-{number}"
        self.text = text
        told = yaml.safe_load(text)
        if isinstance(told, list):
            # Steps alone: what begins them is of no matter.
            told = {
                "triggers": {"trigger": "event", "event_type": "x"},
                "actions": told,
            }
        self.config: Json = {"alias": self.place} | told | {"id": self.place}


_BLOCKS = [
    Block(page, number, text)
    for page in _ALL
    for number, text in enumerate(_BLOCK.findall(page.read_text(encoding="utf-8")))
]


def test_there_are_examples() -> None:
    assert sum(each.place.startswith("examples-") for each in _BLOCKS) >= 8


async def test_every_entity_of_ours_in_an_example_is_there(
    hass: HomeAssistant, coordinator: OdinCoordinator
) -> None:
    entry_id = coordinator.config_entry.entry_id
    found = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    known = {each.entity_id for each in found}
    ours = re.compile(r"\b[a-z_]+\.(?:ada|brunel|curie|o_d_i_n)_\w+")
    theirs = {"switch.curie_power"}
    for block in _BLOCKS:
        missing = set(ours.findall(block.text)) - known - theirs
        assert not missing, block.place


@pytest.mark.parametrize("block", _BLOCKS, ids=lambda block: block.place)
async def test_an_example_works(
    hass: HomeAssistant,
    coordinator: OdinCoordinator,
    caplog: pytest.LogCaptureFixture,
    block: Block,
) -> None:
    config = _without_delays(block.config)
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: config})
    await hass.async_block_till_done()
    entity = hass.data["entity_components"][AUTOMATION].get_entity(
        er.async_get(hass).async_get_entity_id(AUTOMATION, AUTOMATION, block.place)
    )
    assert isinstance(entity, AutomationEntity)
    assert hass.states.is_state(entity.entity_id, "on"), caplog.text
    calls = []
    for action, schema in _schemas(block.config).items():
        domain, name = action.split(".")
        answer = _ANSWERS.get(action)
        calls.append(async_mock_service(hass, domain, name, schema, answer))
    caplog.clear()
    for trigger in _triggers(hass, block.config):
        await entity.async_trigger({"trigger": trigger}, skip_condition=True)
    await hass.async_block_till_done()
    await entity.async_turn_off()
    wrong = [r.getMessage() for r in caplog.records if r.levelname in _LOUD]
    assert not wrong
    assert any(calls)
    ours = [
        issue.issue_id
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == AUTOMATION
    ]
    assert not ours


_LOUD = {"ERROR", "WARNING"}
_ANSWERS: dict[str, Json] = {"odin.emergency_stop": {"printers": []}}


def _without_delays(told: Any) -> Any:  # noqa: ANN401 - as YAML has it
    """Returns an example whose steps follow each other at once."""
    if isinstance(told, list):
        return [_without_delays(each) for each in told]
    if isinstance(told, dict):
        return {
            key: 0 if key == "delay" else _without_delays(value)
            for key, value in told.items()
        }
    return told


def _schemas(config: Json) -> dict[str, probatio.Schema | None]:
    """Returns every action that an example names, ours with what they take."""
    found: dict[str, probatio.Schema | None] = {}
    for action in _actions(config["actions"]):
        names = [action]
        if "{{" in action:
            base = action.partition("{{")[0]
            names = [f"{base}{end}" for end in ("on", "off")]
        for name in names:
            domain, _, service = name.partition(".")
            ours = getattr(services, service.upper()) if domain == DOMAIN else None
            found[name] = ours
    return found


def _actions(steps: object) -> Iterator[str]:
    if isinstance(steps, list):
        for step in steps:
            yield from _actions(step)
    elif isinstance(steps, dict):
        if isinstance(steps.get("action"), str):
            yield steps["action"]
        for value in steps.values():
            yield from _actions(value)


def _triggers(hass: HomeAssistant, config: Json) -> Iterator[Json]:
    """Yields what an automation hears of each of its triggers."""
    triggers = config["triggers"]
    for each in triggers if isinstance(triggers, list) else [triggers]:
        # Of an area, one that is watched there.
        watched = _WATCHED.get(each.get("trigger"), "event.ada_print")
        named = each.get("target", each).get("entity_id", watched)
        for entity_id in [named] if isinstance(named, str) else named:
            state = hass.states.get(entity_id)
            if entity_id.startswith("event."):
                state = State(entity_id, _AT, {"event_type": "started", "job": "Cube"})
            yield {
                "id": each.get("id", "0"),
                "entity_id": entity_id,
                "to_state": state,
                "event": {"data": {"part": "76"}},
            }


_WATCHED = {
    "odin.needs_attention": "binary_sensor.ada_needs_attention",
    "odin.printer_offline": "binary_sensor.ada_connectivity",
}
_AT = "2026-11-01T08:00:00+00:00"
