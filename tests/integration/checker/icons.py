"""`icons.json`: which keys there may be, and icons that exist."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import probatio
from homeassistant.helpers import config_validation as cv

from tests.integration.checker.texts import by_key

_PREFIX = "mdi:"


@cache
def _known() -> frozenset[str]:
    """Returns the icons that Home Assistant's frontend has."""
    listed = files("hass_frontend") / "static" / "mdi" / "iconList.json"
    return frozenset(
        _PREFIX + each["name"] for each in json.loads(listed.read_text("utf-8"))
    )


def _icon(value: object) -> object:
    if value not in _known():
        raise probatio.Invalid(f"there is no icon {value}")
    return value


_STATES = by_key(_icon)
_ENTITY = {
    probatio.Optional("default"): _icon,
    probatio.Optional("state"): _STATES,
    probatio.Optional("range"): {str: _icon},
    probatio.Optional("state_attributes"): by_key(
        {probatio.Optional("default"): _icon, probatio.Optional("state"): _STATES}
    ),
}
_SECTIONS = {"step": {str: {"sections": {str: _icon}}}}
_SCHEMA = probatio.Schema(
    {
        probatio.Optional("conditions"): by_key(
            {probatio.Required("condition"): _icon}, cv.underscore_slug
        ),
        probatio.Optional("config"): _SECTIONS,
        probatio.Optional("entity"): by_key(by_key(_ENTITY)),
        probatio.Optional("issues"): {str: {"fix_flow": _SECTIONS}},
        probatio.Optional("options"): _SECTIONS,
        probatio.Optional("services"): by_key(
            {
                probatio.Required("service"): _icon,
                probatio.Optional("sections"): by_key(_icon),
            }
        ),
        probatio.Optional("triggers"): by_key(
            {probatio.Required("trigger"): _icon}, cv.underscore_slug
        ),
    }
)


def check(home: Path) -> list[str]:
    """Returns what is wrong with the icons in an integration's folder."""
    told = json.loads((home / "icons.json").read_text(encoding="utf-8"))
    try:
        _SCHEMA(told)
    except probatio.MultipleInvalid as error:
        return [f"{each} ({'.'.join(map(str, each.path))})" for each in error.errors]
    except probatio.Invalid as error:
        return [str(error)]
    return []


def needless(home: Path) -> list[str]:
    """Returns states whose icon says no more than the default; Home Assistant has some."""
    return list(_needless(json.loads((home / "icons.json").read_text("utf-8"))))


def _needless(
    told: dict[str, dict[str, dict[str, dict[str, object]]]],
) -> Iterator[str]:
    for platform, keys in told.get("entity", {}).items():
        for key, shown in keys.items():
            states = shown.get("state", {})
            assert isinstance(states, dict)
            for state, icon in states.items():
                if icon == shown.get("default"):
                    yield f"{platform}.{key}: {state} has the icon of all others"
