"""`translations/en.json`: which keys there may be, and what a text may hold."""

import json
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import probatio
from homeassistant.helpers import config_validation as cv

type Check = Callable[[Any], Any]

_KEY = re.compile(r"[a-z0-9](?:[a-z0-9]|[-_](?![-_]))*(?<![-_])")
_QUOTED = re.compile(r"'\{\w+\}'")
_REFERENCE = re.compile(r"\[%|%\]")
_ADDRESS = re.compile(
    r"((ftps?|scp|https?|mqtts?|socket|socks5)://|www\.)"
    r"[a-z0-9]+([-.][a-z0-9]+)*\.[a-z]{2,5}(:\d{1,5})?",
    re.IGNORECASE,
)


def _key(value: object) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise probatio.Invalid(f"{value} is no key of a text")
    return value


def placeholders(text: str) -> set[str]:
    """Returns the names in braces.

    Raises:
        ValueError: the braces do not match.
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _text(value: object) -> str:
    """Returns a text that has all that texts may have."""
    text: str = cv.string_with_no_html(value)
    try:
        names = placeholders(text)
    except ValueError as error:
        raise probatio.Invalid(f"{text}: {error}") from error
    if not text:
        raise probatio.Invalid("a text is empty")
    if any(not name.isidentifier() for name in names):
        raise probatio.Invalid(f"{text}: a placeholder is no plain name")
    if _QUOTED.search(text):
        raise probatio.Invalid(f"{text}: a placeholder is in single quotes")
    if _REFERENCE.search(text):
        raise probatio.Invalid(f"{text}: nobody resolves references here")
    if text != text.strip():
        raise probatio.Invalid(f"{text}: spaces around it")
    if _ADDRESS.search(text):
        raise probatio.Invalid(f"{text}: addresses are placeholders")
    return text


def _plain(value: object) -> str:
    text = _text(value)
    if placeholders(text):
        raise probatio.Invalid(f"{text}: nothing fills in placeholders here")
    return text


def by_key(what: dict[Any, Any] | Check, key: Check = _key) -> Check:
    """Returns what takes an object of these, by keys of texts."""
    checked: Check = cv.schema_with_slug_keys(what, slug_validator=key)
    return checked


def _flow() -> Check:
    fields = {
        probatio.Optional("data"): {str: _text},
        probatio.Optional("data_description"): {str: _text},
        probatio.Optional("description"): _text,
    }
    section = fields | {probatio.Optional("name"): _text}
    step = fields | {
        probatio.Optional("title"): _text,
        probatio.Optional("menu_options"): {str: _text},
        probatio.Optional("menu_option_descriptions"): {str: _text},
        probatio.Optional("submit"): _text,
        probatio.Optional("sections"): {str: section},
    }
    flow = {
        probatio.Optional("flow_title"): _text,
        probatio.Required("step"): {str: step},
        probatio.Optional("initiate_flow"): {str: _text},
        probatio.Optional("entry_type"): _text,
        probatio.Optional("error"): {str: _text},
        probatio.Optional("abort"): {str: _text},
        probatio.Optional("progress"): {str: _text},
        probatio.Optional("create_entry"): {str: _text},
    }
    return probatio.All(probatio.Schema(flow), _explains_what_is_there)


def _explains_what_is_there(flow: dict[str, dict[str, dict[str, object]]]) -> object:
    for name, step in flow["step"].items():
        explained, asked = step.get("data_description", {}), step.get("data", {})
        assert isinstance(explained, dict)
        assert isinstance(asked, dict)
        if extra := explained.keys() - asked.keys():
            raise probatio.Invalid(f"{name} explains what it does not ask: {extra}")
    return flow


_STATES = {
    probatio.Optional("name"): _plain,
    probatio.Optional("state"): by_key(_plain),
}
_ENTITY = {
    probatio.Optional("name"): _text,
    probatio.Optional("state"): by_key(_plain),
    probatio.Optional("state_attributes"): by_key(_STATES),
    probatio.Optional("unit_of_measurement"): _plain,
}
_FIELD = {
    probatio.Required("name"): _text,
    # What every integration has alike, `behavior` and `for`, needs none.
    probatio.Optional("description"): _text,
    probatio.Optional("example"): _text,
}
_SECTION = {probatio.Required("name"): str, probatio.Optional("description"): _text}
_DESCRIBED = {
    probatio.Required("name"): _text,
    probatio.Required("description"): _text,
    probatio.Optional("fields"): by_key(_FIELD),
    probatio.Optional("sections"): by_key(_SECTION),
}
_ISSUE = probatio.All(
    cv.has_at_least_one_key("description", "fix_flow"),
    probatio.Schema(
        {
            probatio.Required("title"): _text,
            probatio.Optional("short_title"): _text,
            probatio.Exclusive("description", "fixable"): _text,
            probatio.Exclusive("fix_flow", "fixable"): _flow(),
        }
    ),
)
_SELECTOR = {
    probatio.Optional("choices"): by_key(_text),
    probatio.Optional("fields"): dict,
    probatio.Optional("options"): by_key(_text),
    probatio.Optional("unit_of_measurement"): by_key(_text),
}
_SCHEMA = probatio.Schema(
    {
        probatio.Optional("title"): _text,
        probatio.Optional("common"): {str: _text},
        probatio.Optional("conditions"): by_key(_DESCRIBED, cv.underscore_slug),
        probatio.Optional("config"): _flow(),
        probatio.Optional("config_subentries"): {str: _flow()},
        probatio.Optional("device"): by_key({probatio.Optional("name"): _text}),
        probatio.Optional("entity"): by_key(by_key(_ENTITY), cv.slug),
        probatio.Optional("exceptions"): by_key(
            {probatio.Required("message"): _text}, cv.slug
        ),
        probatio.Optional("issues"): {str: _ISSUE},
        probatio.Optional("options"): _flow(),
        probatio.Optional("selector"): by_key(_SELECTOR, cv.slug),
        probatio.Optional("services"): by_key(_DESCRIBED),
        probatio.Optional("system_health"): {
            probatio.Optional("info"): by_key(_text),
        },
        probatio.Optional("triggers"): by_key(_DESCRIBED, cv.underscore_slug),
        # Of Home Assistant's own integrations alone.
        probatio.Optional(
            probatio.Any(
                "application_credentials",
                "config_panel",
                "conversation",
                "device_automation",
                "entity_component",
                "preview_features",
            )
        ): dict,
    }
)


def check(home: Path) -> list[str]:
    """Returns what is wrong with the English texts in an integration's folder."""
    told = json.loads((home / "translations/en.json").read_text(encoding="utf-8"))
    try:
        _SCHEMA(told)
    except probatio.MultipleInvalid as error:
        return [f"{each} ({'.'.join(map(str, each.path))})" for each in error.errors]
    except probatio.Invalid as error:
        return [str(error)]
    return []
