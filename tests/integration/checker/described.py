"""`services.yaml`, `triggers.yaml`, `conditions.yaml`: fields, selectors, and their texts."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import probatio
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import TargetSelector, validate_selector
from homeassistant.util.yaml import load_yaml_dict

KINDS = {"services": "service", "triggers": "trigger", "conditions": "condition"}
"""The files, and what `icons.json` calls the icon of one of theirs."""

type Described = Mapping[str, Mapping[str, Mapping[str, object]] | None]


def _exists(value: object) -> object:
    if value is None:
        raise probatio.Invalid("a value is left out")
    return value


_FIELD = probatio.Schema(
    {
        probatio.Optional("context"): {str: str},
        probatio.Optional("default"): _exists,
        probatio.Optional("example"): _exists,
        probatio.Optional("filter"): dict,
        probatio.Optional("required"): bool,
        probatio.Optional("selector"): validate_selector,
    }
)
_SECTION = probatio.Schema(
    {
        probatio.Required("fields"): {str: _FIELD},
        probatio.Optional("collapsed"): bool,
    }
)
_ONE = probatio.Schema(
    {
        probatio.Optional("target"): probatio.Any(TargetSelector.CONFIG_SCHEMA, None),
        probatio.Optional("fields"): {str: probatio.Any(_FIELD, _SECTION)},
    }
)


def _begins_with_dot(value: object) -> object:
    if not str(value).startswith("."):
        raise probatio.Invalid("no dot")
    return value


_SHARED = {probatio.Remove(probatio.All(str, _begins_with_dot)): object}
"""What begins with a dot only gives names to parts of the file."""


def _file(key: Callable[[object], object], *, may_share: bool) -> probatio.Schema:
    shared = _SHARED if may_share else {}
    return probatio.Schema({**shared, key: probatio.Any(None, _ONE)})


def check(home: Path, kind: str, *, is_core: bool = False) -> list[str]:
    """Returns what is wrong with the descriptions of one kind in an integration's folder."""
    told = load_yaml_dict(str(home / f"{kind}.yaml"))
    is_service = kind == "services"
    # In actions of an integration from elsewhere even a shared part counts as one.
    form = _file(
        cv.slug if is_service else cv.underscore_slug,
        may_share=is_core or not is_service,
    )
    try:
        described = form(told)
    except probatio.MultipleInvalid as error:
        return [str(each) for each in error.errors]
    return [] if is_core else list(_unexplained(home, kind, described))


def _unexplained(home: Path, kind: str, described: Described) -> Iterator[str]:
    texts = json.loads((home / "translations/en.json").read_text("utf-8"))
    icons = json.loads((home / "icons.json").read_text("utf-8"))
    told = texts.get(kind, {})
    if described.keys() != told.keys():
        yield f"{kind}: texts of {described.keys() ^ told.keys()}"
        return
    if described.keys() != icons.get(kind, {}).keys():
        yield f"{kind}: icons of {described.keys() ^ icons.get(kind, {}).keys()}"
    for name, one in described.items():
        fields = (one or {}).get("fields", {})
        if fields.keys() != told[name].get("fields", {}).keys():
            yield f"{kind}.{name}: texts of other fields than {list(fields)}"
            continue
        for field, what in fields.items():
            assert isinstance(what, dict)
            if "selector" not in what:
                yield f"{kind}.{name}.{field} has no selector"
            words = told[name]["fields"][field]
            if kind == "services" and not words.get("description"):
                yield f"{kind}.{name}.{field} has no description"
            key = _selector_texts(what.get("selector"))
            if key is not None and key not in texts.get("selector", {}):
                yield f"{kind}.{name}.{field}: no texts for the choices {key}"


def _selector_texts(selector: object) -> str | None:
    if not isinstance(selector, dict):
        return None
    options = next(iter(selector.values()), None)
    found = options.get("translation_key") if isinstance(options, dict) else None
    return found if isinstance(found, str) else None
