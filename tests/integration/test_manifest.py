"""What Home Assistant's and HACS's own checks ask of an integration's files."""

import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from PIL import Image

from custom_components.odin import errors
from custom_components.odin.const import DOMAIN
from odin_engine.app import VERSION

ROOT = Path(__file__).parents[2]
HOME = ROOT / "custom_components" / DOMAIN
type Json = dict[str, Any]

_REQUIRED = {
    "domain",
    "name",
    "codeowners",
    "config_flow",
    "documentation",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "version",
}
_HACS = {
    "name",
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "persistent_directory",
    "render_readme",
    "zip_release",
}
# Source: https://developers.home-assistant.io/docs/core/integration-quality-scale/checklist
_RULES = [
    "action-setup",
    "appropriate-polling",
    "brands",
    "common-modules",
    "config-flow",
    "config-flow-test-coverage",
    "dependency-transparency",
    "docs-actions",
    "docs-conditions",
    "docs-high-level-description",
    "docs-installation-instructions",
    "docs-removal-instructions",
    "docs-triggers",
    "entity-event-setup",
    "entity-unique-id",
    "has-entity-name",
    "runtime-data",
    "test-before-configure",
    "test-before-setup",
    "unique-config-entry",
    "action-exceptions",
    "config-entry-unloading",
    "docs-configuration-parameters",
    "docs-installation-parameters",
    "entity-unavailable",
    "integration-owner",
    "log-when-unavailable",
    "parallel-updates",
    "reauthentication-flow",
    "test-coverage",
    "devices",
    "diagnostics",
    "discovery",
    "discovery-update-info",
    "docs-data-update",
    "docs-examples",
    "docs-known-limitations",
    "docs-supported-devices",
    "docs-supported-functions",
    "docs-troubleshooting",
    "docs-use-cases",
    "dynamic-devices",
    "entity-category",
    "entity-device-class",
    "entity-disabled-by-default",
    "entity-translations",
    "exception-translations",
    "icon-translations",
    "reconfiguration-flow",
    "repair-issues",
    "stale-devices",
    "async-dependency",
    "inject-websession",
    "strict-typing",
]


def _read(name: str) -> Json:
    found: Json = json.loads((HOME / name).read_text(encoding="utf-8"))
    return found


def _texts(tree: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _texts(value, (*path, key))
        else:
            yield ".".join((*path, key)), value


def test_the_manifest_is_complete_and_in_order() -> None:
    manifest = _read("manifest.json")
    assert manifest.keys() >= _REQUIRED
    assert list(manifest) == [
        "domain",
        "name",
        *sorted(manifest.keys() - {"domain", "name"}),
    ]
    assert manifest["domain"] == HOME.name
    assert manifest["version"] == VERSION
    assert manifest["requirements"] == []
    assert not {"probatio", "voluptuous"} & set(manifest["requirements"])


async def test_home_assistant_finds_it(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    assert not integration.is_built_in
    assert integration.config_flow
    assert str(integration.version) == VERSION


def test_hacs_finds_what_it_asks_for() -> None:
    told = json.loads((ROOT / "hacs.json").read_text(encoding="utf-8"))
    assert told.keys() <= _HACS
    assert told["name"] == _read("manifest.json")["name"]
    assert told["homeassistant"] == "2026.10.0"
    assert told["zip_release"]
    assert told["filename"].endswith(".zip")


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("icon", 256, 256), ("logo", 128, 256), ("dark_logo", 128, 256)],
)
def test_brand_pictures_have_the_right_sizes(name: str, least: int, most: int) -> None:
    for suffix, factor in (("", 1), ("@2x", 2)):
        with Image.open(HOME / "brand" / f"{name}{suffix}.png") as picture:
            assert least * factor <= min(picture.size) <= most * factor
            if name == "icon":
                assert picture.width == picture.height


def test_every_rule_of_the_quality_scale_is_answered() -> None:
    told = yaml.safe_load((HOME / "quality_scale.yaml").read_text(encoding="utf-8"))
    assert sorted(told["rules"]) == sorted(_RULES)
    for rule, answer in told["rules"].items():
        if answer != "done":
            assert answer["status"] in {"done", "exempt", "todo"}, rule
            assert answer["comment"], rule


def test_texts_are_plain_and_say_something() -> None:
    for path, text in _texts(_read("translations/en.json")):
        assert re.fullmatch(r"[a-z0-9_.-]+", path), path
        assert text.strip() == text != "", path
        assert "<" not in text, path
        assert not text.startswith("[%"), path


def test_every_field_is_explained() -> None:
    told = _read("translations/en.json")
    steps = [
        step
        for part in (
            told["config"],
            told["options"],
            *(i["fix_flow"] for i in told["issues"].values() if "fix_flow" in i),
        )
        for step in part["step"].values()
    ]
    for step in steps:
        assert step.get("data", {}).keys() == step.get("data_description", {}).keys()


def test_every_error_has_a_sentence_and_every_sentence_an_error() -> None:
    told = _read("translations/en.json")
    source = "".join(path.read_text(encoding="utf-8") for path in HOME.glob("*.py"))
    for key in told["exceptions"]:
        assert f'"{key}"' in source, key
    for key in errors._CODES:  # noqa: SLF001 - the table that this holds together
        assert key in told["exceptions"], key
    raised = set(re.findall(r'translation_key="([a-z_]+)"', source))
    assert raised & set(told["exceptions"])


def test_sentences_ask_for_what_they_are_given() -> None:
    told = _read("translations/en.json")
    given = {"error", "printers", "url", "version"}
    for key, sentence in told["exceptions"].items():
        names = {
            name for _, name, _, _ in string.Formatter().parse(sentence["message"])
        }
        assert names - {None} <= given, key


def test_nothing_imports_what_home_assistant_replaced() -> None:
    for path in HOME.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(import|from) voluptuous", source, re.MULTILINE), (
            path
        )
        assert "add_update_listener" not in source, path
        assert "via_device=" not in source, path
        assert "hass.data[DOMAIN]" not in source, path
