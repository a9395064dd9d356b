"""`manifest.json`: its keys, their order and kinds, and what it says of the code."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import probatio
from awesomeversion import (
    AwesomeVersion,
    AwesomeVersionException,
    AwesomeVersionStrategy,
)
from homeassistant import components
from homeassistant.const import Platform

CORE = Path(components.__path__[0])

_VERSIONS = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
_TYPES = ["device", "entity", "hardware", "helper", "hub", "service", "system"]
_IOT_CLASSES = [
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
]
_WEB = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?")
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+")
_SERVICE_TYPE = re.compile(r"_[A-Za-z0-9_-]+\._(tcp|udp)\.local\.")
_LOADED_WITHOUT_ASKING = {
    *Platform,
    *("automation", "frontend", "group", "homeassistant", "media_source", "mjpeg"),
    *("onboarding", "panel_custom", "persistent_notification", "person", "script"),
    *("stream", "sun", "system_health", "system_log", "timer", "webhook", "zone"),
    *("conversation", "default_config", "device_automation", "websocket_api"),
}
"""What may be imported though the manifest does not name it."""


def _matches(pattern: re.Pattern[str], what: str) -> object:
    def match(value: object) -> object:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise probatio.Invalid(f"{value} is no {what}")
        return value

    return match


def _version(value: object) -> object:
    try:
        AwesomeVersion(str(value), ensure_strategy=_VERSIONS)
    except AwesomeVersionException as error:
        raise probatio.Invalid(f"{value} is no version") from error
    return value


_SCHEMA = probatio.Schema(
    {
        probatio.Required("domain"): str,
        probatio.Required("name"): str,
        probatio.Required("codeowners"): [_matches(re.compile(r"@\S+"), "handle")],
        probatio.Required("documentation"): _matches(_WEB, "https address"),
        probatio.Required("iot_class"): probatio.In(_IOT_CLASSES),
        probatio.Required("version"): _version,
        # HACS asks for it.
        probatio.Required("issue_tracker"): _matches(_WEB, "https address"),
        probatio.Optional("after_dependencies"): [str],
        probatio.Optional("bluetooth"): [dict],
        probatio.Optional("config_flow"): bool,
        probatio.Optional("dependencies"): [str],
        probatio.Optional("dhcp"): [dict],
        probatio.Optional("disabled"): str,
        probatio.Optional("homekit"): dict,
        probatio.Optional("import_executor"): bool,
        probatio.Optional("integration_type"): probatio.In(_TYPES),
        probatio.Optional("loggers"): [str],
        probatio.Optional("mqtt"): [str],
        probatio.Optional("preview_features"): dict,
        probatio.Optional("quality_scale"): probatio.In(
            ["bronze", "silver", "gold", "platinum", "internal", "legacy"]
        ),
        probatio.Optional("requirements"): [_matches(_REQUIREMENT, "pinned package")],
        probatio.Optional("single_config_entry"): bool,
        probatio.Optional("ssdp"): [dict],
        probatio.Optional("usb"): [dict],
        probatio.Optional("zeroconf"): [
            probatio.Any(_matches(_SERVICE_TYPE, "kind of service"), dict)
        ],
    }
)
_ONLY_OURS = {
    "version": "1.0.0",
    "issue_tracker": "https://example.org/issues",
    # Helpers and the like have none.
    "iot_class": "calculated",
}
"""What those of Home Assistant itself need not say."""


def check(home: Path, *, is_core: bool = False) -> list[str]:
    """Returns what is wrong with the manifest of the integration in a folder."""
    told = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    if is_core:
        return list(_form(_ONLY_OURS | told))
    if found := list(_form(told)):
        return found
    return [*_order(told), *_place(told, home), *_imports(told, home)]


def _form(told: dict[str, object]) -> Iterator[str]:
    try:
        _SCHEMA(told)
    except probatio.MultipleInvalid as error:
        yield from (str(each) for each in error.errors)


def _order(told: dict[str, object]) -> Iterator[str]:
    first = ("domain", "name")
    if list(told) != [*first, *sorted(told.keys() - set(first))]:
        yield "keys are not in order: domain, name, then by the alphabet"


def _place(told: dict[str, object], home: Path) -> Iterator[str]:
    if told["domain"] != home.name:
        yield f"the folder {home.name} is not the domain {told['domain']}"
    if (CORE / str(told["domain"])).exists():
        yield "the domain is one of Home Assistant's own"
    before, after = (
        _names(told, key) for key in ("dependencies", "after_dependencies")
    )
    for name in sorted(before & after):
        yield f"{name} is both a dependency and an after-dependency"
    for name in sorted(before | after):
        if not (CORE / name / "manifest.json").exists():
            yield f"there is no integration {name} to depend on"
    flow = home / "config_flow.py"
    if bool(told.get("config_flow")) != flow.exists():
        yield "config_flow.py and config_flow do not agree"
    source = flow.read_text(encoding="utf-8") if flow.exists() else ""
    if "zeroconf" in told and "async_step_zeroconf" not in source:
        yield "zeroconf is asked for and no step takes it"
    if "async_step_zeroconf" in source and "async_set_unique_id" not in source:
        yield "what is discovered must have a unique id"
    has_setup = "async def async_setup(" in _read(home / "__init__.py")
    if has_setup and "CONFIG_SCHEMA" not in _read(home / "__init__.py"):
        yield "async_setup without CONFIG_SCHEMA"


def _imports(told: dict[str, object], home: Path) -> Iterator[str]:
    """Yields integrations whose code is used though nothing makes sure of them."""
    allowed = _LOADED_WITHOUT_ASKING | {str(told["domain"])}
    allowed |= _names(told, "dependencies") | _names(told, "after_dependencies")
    allowed |= {
        key for key in ("dhcp", "mqtt", "ssdp", "usb", "zeroconf") if key in told
    }
    for path in sorted(home.rglob("*.py")):
        for name in sorted(_used(ast.parse(_read(path))) - allowed - {path.stem}):
            if not (home / f"{name}.py").exists():
                yield f"{path.relative_to(home)} uses {name}, which is no dependency"


def _used(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "homeassistant.components":
                found |= {each.name for each in node.names}
            elif node.module.startswith("homeassistant.components."):
                found.add(node.module.split(".")[2])
        elif isinstance(node, ast.Import):
            found |= {
                each.name.split(".")[2]
                for each in node.names
                if each.name.startswith("homeassistant.components.")
            }
    return found


def _names(told: dict[str, object], key: str) -> set[str]:
    found = told.get(key, [])
    return set(found) if isinstance(found, list) else set()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
