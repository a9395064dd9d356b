"""The integration's files keep the rules of Home Assistant and of HACS.

A rule that nobody else has would be a fault of the checker: so Home Assistant's own
integrations have to pass, too. One that lets everything pass is no rule: so each has a
file that breaks it.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from PIL import Image

from custom_components.odin.const import DOMAIN
from odin_engine.app import VERSION
from tests.integration.checker import described, hacs, icons, manifest, scale, texts

ROOT = Path(__file__).parents[2]
HOME = ROOT / "custom_components" / DOMAIN

type Json = dict[str, Any]
type Change = Callable[[Json], object]

_OLDER_THAN_THE_RULES = {"foursquare", "github"}
"""Home Assistant's check leaves them out by name, or their texts come from elsewhere."""
_NEED_SETTING_UP = {"ai_task", "assist_satellite"}
"""Features that they name are known only while they are loaded."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository of which every file may be broken."""
    shutil.copytree(
        HOME,
        tmp_path / "custom_components" / DOMAIN,
        ignore=shutil.ignore_patterns("__pycache__", "frontend"),
    )
    for name in ("hacs.json", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    return tmp_path


def _change(home: Path, name: str, change: Change) -> None:
    path = home / name
    is_json = path.suffix == ".json"
    text = path.read_text(encoding="utf-8")
    told: Json = json.loads(text) if is_json else yaml.safe_load(text)
    change(told)
    new = json.dumps(told) if is_json else yaml.safe_dump(told)
    path.write_text(new, encoding="utf-8")


def test_the_manifest_keeps_the_rules() -> None:
    assert manifest.check(HOME) == []


def test_the_manifest_says_what_this_is() -> None:
    told = json.loads((HOME / "manifest.json").read_text(encoding="utf-8"))
    assert told["version"] == VERSION
    assert told["integration_type"] == "hub"
    assert told["iot_class"] == "local_push"
    assert told["loggers"] == [f"custom_components.{DOMAIN}"]
    # The client is part of it, and what Home Assistant brings along is not listed.
    assert told["requirements"] == []
    # It is awarded by others, and not before every rule is kept.
    assert "quality_scale" not in told


async def test_home_assistant_finds_it(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    assert not integration.is_built_in
    assert integration.config_flow
    assert str(integration.version) == VERSION


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda told: told.pop("issue_tracker"), "issue_tracker"),
        (lambda told: told.pop("iot_class"), "iot_class"),
        (lambda told: told.update(version="first"), "no version"),
        (lambda told: told.update(documentation="http://x.org/a"), "https address"),
        (lambda told: told.update(codeowners=["mara"]), "no handle"),
        (lambda told: told.update(iot_class="push"), "iot_class"),
        (lambda told: told.update(requirements=["aiohttp>=3"]), "pinned package"),
        (lambda told: told.update(zeroconf=["_odin"]), "kind of service"),
        (lambda told: told.update(colour="red"), "colour"),
        (lambda told: told.update(name=told.pop("name")), "in order"),
        (lambda told: told.update(domain="oden"), "not the domain"),
        (lambda told: told["dependencies"].append("odn"), "no integration odn"),
        (lambda told: told["dependencies"].append("zeroconf"), "both a dependency"),
        (lambda told: told.update(config_flow=False), "do not agree"),
    ],
)
def test_a_manifest_that_breaks_a_rule_is_seen(
    copy: Path, change: Change, wrong: str
) -> None:
    home = copy / "custom_components" / DOMAIN
    _change(home, "manifest.json", change)
    found = manifest.check(home)
    assert any(wrong in each for each in found), found


def test_code_of_others_that_is_no_dependency_is_seen(copy: Path) -> None:
    home = copy / "custom_components" / DOMAIN
    with (home / "sensor.py").open("a", encoding="utf-8") as source:
        source.write("from homeassistant.components.mqtt import client\n")
    assert manifest.check(home) == ["sensor.py uses mqtt, which is no dependency"]


def test_texts_keep_the_rules() -> None:
    assert texts.check(HOME) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda told: told["device"].update({"Slot": {"name": "x"}}), "no key"),
        (lambda told: told["device"].update({"slot_": {"name": "x"}}), "no key"),
        (lambda told: told["device"]["slot"].update(name="<b>Slot</b>"), "HTML"),
        (lambda told: told["device"]["slot"].update(name=" Slot"), "spaces"),
        (lambda told: told["device"]["slot"].update(name=""), "empty"),
        (lambda told: told["device"]["slot"].update(name="'{slot}'"), "single quotes"),
        (lambda told: told["device"]["slot"].update(name="{my slot}"), "plain name"),
        (lambda told: told["device"]["slot"].update(name="{slot"), "expected"),
        (lambda told: told["device"]["slot"].update(name="[%key:a::b%]"), "references"),
        (lambda told: told["device"]["slot"].update(name="www.x.org"), "addresses"),
        (lambda told: told["device"]["slot"].update(title="Slot"), "title"),
        (lambda told: told["issues"]["control_refused"].pop("title"), "title"),
        (lambda told: told["issues"]["control_refused"].pop("description"), ""),
        (lambda told: told["config"].pop("step"), "step"),
        (
            lambda told: told["config"]["step"]["user"]["data"].pop("url"),
            "does not ask",
        ),
        (
            lambda told: told["entity"]["select"]["speed"]["state"].update(
                silent="{speed}"
            ),
            "nothing fills in",
        ),
        (
            lambda told: told["services"]["clear_plate"].pop("description"),
            "description",
        ),
        (lambda told: told.update(colour={}), "colour"),
    ],
)
def test_a_text_that_breaks_a_rule_is_seen(
    copy: Path, change: Change, wrong: str
) -> None:
    home = copy / "custom_components" / DOMAIN
    _change(home, "translations/en.json", change)
    found = texts.check(home)
    assert any(wrong in each for each in found), found


def test_every_field_of_a_dialog_is_explained() -> None:
    told = json.loads((HOME / "translations/en.json").read_text(encoding="utf-8"))
    flows = [told["config"], told["options"]]
    flows += [i["fix_flow"] for i in told["issues"].values() if "fix_flow" in i]
    for flow in flows:
        for name, step in flow["step"].items():
            asked, explained = step.get("data", {}), step.get("data_description", {})
            assert asked.keys() == explained.keys(), name


def test_icons_keep_the_rules() -> None:
    assert icons.check(HOME) == []
    assert icons.needless(HOME) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (
            lambda told: told["services"]["clear_plate"].update(service="mdi:odin"),
            "no icon",
        ),
        (lambda told: told["services"].update(clear_plate="mdi:tray"), "clear_plate"),
        (lambda told: told["triggers"]["print_failed"].pop("trigger"), "trigger"),
        (lambda told: told["entity"]["sensor"]["job"].update(icon="mdi:tray"), "icon"),
        (lambda told: told["entity"]["sensor"].update({"Job": {}}), "no key"),
        (lambda told: told.update(colour={}), "colour"),
    ],
)
def test_an_icon_that_breaks_a_rule_is_seen(
    copy: Path, change: Change, wrong: str
) -> None:
    home = copy / "custom_components" / DOMAIN
    _change(home, "icons.json", change)
    found = icons.check(home)
    assert any(wrong in each for each in found), found


def test_an_icon_that_says_nothing_is_seen(copy: Path) -> None:
    home = copy / "custom_components" / DOMAIN
    _change(
        home,
        "icons.json",
        lambda told: told["entity"]["sensor"]["status"]["state"].update(
            idle="mdi:printer-3d"
        ),
    )
    assert icons.needless(home) == ["sensor.status: idle has the icon of all others"]


@pytest.mark.parametrize("kind", described.KINDS)
def test_actions_triggers_and_conditions_keep_the_rules(kind: str) -> None:
    assert described.check(HOME, kind) == []


@pytest.mark.parametrize(
    ("kind", "change", "wrong"),
    [
        ("services", lambda told: told.update({".all": {}}), "slug"),
        ("services", lambda told: told["clear_plate"].update(icon="mdi:x"), "icon"),
        ("services", lambda told: told.pop("clear_plate"), "texts of"),
        (
            "services",
            lambda told: told["clear_plate"].update(fields={}),
            "other fields",
        ),
        (
            "services",
            lambda told: told["send_gcode"]["fields"]["gcode"].pop("selector"),
            "no selector",
        ),
        (
            "services",
            lambda told: told["send_gcode"]["fields"]["gcode"].update(
                selector={"colour": {}}
            ),
            "selector",
        ),
        (
            "services",
            lambda told: told["send_gcode"]["fields"]["gcode"].update(
                selector={"select": {"options": ["a"], "translation_key": "wrong"}}
            ),
            "no texts for the choices",
        ),
        ("triggers", lambda told: told["print_failed"].update(target={"x": 1}), "x"),
        ("triggers", lambda told: told.update({"Print": None}), "Print"),
        (
            "conditions",
            lambda told: told["is_printing"]["fields"]["for"].update(example=None),
            "left out",
        ),
    ],
)
def test_a_description_that_breaks_a_rule_is_seen(
    copy: Path, kind: str, change: Change, wrong: str
) -> None:
    home = copy / "custom_components" / DOMAIN
    _change(home, f"{kind}.yaml", change)
    found = described.check(home, kind)
    assert any(wrong in each for each in found), found


def test_hacs_finds_what_it_asks_for() -> None:
    assert hacs.check(ROOT) == []
    told = json.loads((ROOT / "hacs.json").read_text(encoding="utf-8"))
    assert told["name"] == "O.D.I.N."
    assert told["homeassistant"] == "2026.10.0"
    assert told["zip_release"]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda told: told.pop("name"), "name"),
        (lambda told: told.pop("filename"), "no name"),
        (lambda told: told.update(domains=["sensor"]), "domains"),
        (lambda told: told.update(homeassistant="soon"), "no version"),
        (lambda told: told.update(country=["Germany"]), "country"),
    ],
)
def test_a_repository_that_breaks_a_rule_is_seen(
    copy: Path, change: Change, wrong: str
) -> None:
    _change(copy, "hacs.json", change)
    found = hacs.check(copy)
    assert any(wrong in each for each in found), found


def test_pictures_of_the_brand_and_a_second_integration_are_seen(copy: Path) -> None:
    brand = copy / "custom_components" / DOMAIN / "brand"
    Image.new("RGB", (250, 256)).save(brand / "icon.png")
    Image.new("RGB", (256, 512)).save(brand / "banner.png")
    (brand / "logo.png").unlink()
    shutil.copytree(brand.parent, copy / "custom_components" / "odin2")
    found = set(hacs.check(copy))
    assert found == {
        "2 integrations, where one is expected",
        "banner.png is no picture of a brand",
        "icon.png is 250x256",
        "icon.png is not square",
        "the picture logo.png is missing",
    }


def test_the_quality_scale_is_answered_with_something_to_show() -> None:
    assert scale.check(HOME, ROOT / "docs") == []


@pytest.mark.parametrize(
    ("rule", "answer", "wrong"),
    [
        ("brands", None, "brands has no answer"),
        ("colours", "done", "colours is no rule"),
        ("brands", {"status": "exempt"}, "comment"),
        ("brands", "almost", "brands"),
        ("docs-actions", "done", "names no page"),
        (
            "docs-actions",
            {"status": "done", "comment": "docs/nowhere.md"},
            "there is no docs/nowhere.md",
        ),
        (
            "docs-actions",
            {"status": "done", "comment": "docs/home-assistant.md#nothing"},
            "there is no docs/home-assistant.md#nothing",
        ),
        ("integration-owner", "done", "the manifest says otherwise"),
    ],
)
def test_an_answer_that_is_not_true_is_seen(
    copy: Path, rule: str, answer: object, wrong: str
) -> None:
    home = copy / "custom_components" / DOMAIN

    def change(told: Json) -> None:
        told["rules"][rule] = answer
        if answer is None:
            del told["rules"][rule]

    _change(home, "quality_scale.yaml", change)
    found = scale.check(home, copy / "docs")
    assert any(wrong in each for each in found), found


def test_code_that_is_missing_is_seen(copy: Path) -> None:
    home = copy / "custom_components" / DOMAIN
    path = home / "switch.py"
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace("PARALLEL_UPDATES = 0", ""), encoding="utf-8")
    (home / "diagnostics.py").write_text('"""None."""\n', encoding="utf-8")
    found = scale.check(home, copy / "docs")
    assert "parallel-updates: switch.py does not say" in found
    assert any(each.startswith("diagnostics:") for each in found)


def test_home_assistants_own_integrations_pass() -> None:
    checked = 0
    wrong: dict[str, list[str]] = {}
    for path in sorted(manifest.CORE.glob("*/manifest.json")):
        home, told = path.parent, json.loads(path.read_text(encoding="utf-8"))
        if not told.get("config_flow") or home.name in _OLDER_THAN_THE_RULES:
            continue
        found = manifest.check(home, is_core=True)
        if (home / "translations/en.json").exists():
            found += texts.check(home)
        if (home / "icons.json").exists():
            found += icons.check(home)
        for kind in described.KINDS:
            is_there = (home / f"{kind}.yaml").exists()
            if is_there and home.name not in _NEED_SETTING_UP:
                found += described.check(home, kind, is_core=True)
        checked += 1
        if found:
            wrong[home.name] = found
    assert checked > 900
    assert wrong == {}


def test_nothing_uses_what_home_assistant_replaced() -> None:
    for path in HOME.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for gone in (
            "voluptuous",
            "add_update_listener",
            "via_device=",
            "hass.data[DOMAIN]",
            "_attr_icon",
            "async_get_device(",
        ):
            assert gone not in source, f"{path.name}: {gone}"
