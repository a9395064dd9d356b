"""`quality_scale.yaml`: every rule has an answer, and every `done` something to show."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import probatio
from homeassistant.const import Platform
from homeassistant.util.yaml import load_yaml_dict

from tests.integration.checker.manifest import CORE

type Answers = Mapping[str, str | Mapping[str, str]]

_ANSWER = probatio.Any(
    "done",
    probatio.Schema(
        {
            probatio.Required("status"): probatio.In(["done", "exempt", "todo"]),
            probatio.Required("comment"): probatio.All(str, probatio.Length(min=1)),
        }
    ),
)
_SCHEMA = probatio.Schema({probatio.Required("rules"): {str: _ANSWER}})
_PAGE = re.compile(r"docs/[\w/-]+\.md(?:#[\w-]+)?")


def rules() -> set[str]:
    """Returns every rule that some integration of Home Assistant answers."""
    found: set[str] = set()
    for path in CORE.glob("*/quality_scale.yaml"):
        told = load_yaml_dict(str(path))["rules"]
        assert isinstance(told, dict)
        found |= told.keys()
    return found


def check(home: Path, docs: Path) -> list[str]:
    """Returns what is wrong with the answers; pages are looked for beside `docs`."""
    told = load_yaml_dict(str(home / "quality_scale.yaml"))
    try:
        _SCHEMA(told)
    except probatio.MultipleInvalid as error:
        return [str(each) for each in error.errors]
    answers = told["rules"]
    assert isinstance(answers, dict)
    return [*_rules(answers), *_pages(answers, docs), *_code(answers, home)]


def _status(answers: Answers, rule: str) -> str:
    answer = answers.get(rule, "todo")
    return answer if isinstance(answer, str) else answer["status"]


def _rules(answers: Answers) -> Iterator[str]:
    yield from (f"{rule} is no rule" for rule in sorted(answers.keys() - rules()))
    yield from (f"{rule} has no answer" for rule in sorted(rules() - answers.keys()))


def _pages(answers: Answers, docs: Path) -> Iterator[str]:
    """Yields rules of documentation whose page, or whose heading in it, is not there."""
    for rule, answer in answers.items():
        if not rule.startswith("docs-") or _status(answers, rule) != "done":
            continue
        named = "" if isinstance(answer, str) else answer["comment"]
        pages = _PAGE.findall(named)
        if not pages:
            yield f"{rule} is done and names no page"
        for page in pages:
            path, _, heading = page.partition("#")
            file = docs.parent / path
            if not file.exists() or (heading and heading not in headings(file)):
                yield f"{rule}: there is no {page}"


def headings(page: Path) -> set[str]:
    """Returns what the headings of a page can be linked by."""
    return {
        re.sub(r"[^\w -]", "", line.lstrip("#").strip().lower()).replace(" ", "-")
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    }


def _code(answers: Answers, home: Path) -> Iterator[str]:
    """Yields what is said to be done and cannot be found in the code."""
    for rule, wanted in _FUNCTIONS.items():
        for name, functions in wanted.items():
            missing = set(functions) - _functions(home / name)
            if _status(answers, rule) == "done" and missing:
                yield f"{rule}: {name} has no {', '.join(sorted(missing))}"
    platforms = [
        home / f"{each}.py" for each in Platform if (home / f"{each}.py").exists()
    ]
    for path in platforms:
        if "PARALLEL_UPDATES" not in _globals(path):
            yield f"parallel-updates: {path.name} does not say"
    if not (home / "py.typed").exists():
        yield "strict-typing: py.typed is missing"
    source = (home / "__init__.py").read_text("utf-8")
    if "hass.data[" in source:
        yield "runtime-data: something lies in hass.data"
    manifest = (home / "manifest.json").read_text("utf-8")
    has_owner = re.search(r'"codeowners": \[\s*"@', manifest) is not None
    if has_owner != (_status(answers, "integration-owner") == "done"):
        yield "integration-owner: the manifest says otherwise"


_FUNCTIONS = {
    "action-setup": {"__init__.py": ["async_setup"]},
    "config-entry-unloading": {"__init__.py": ["async_unload_entry"]},
    "config-flow": {"config_flow.py": ["async_step_user"]},
    "diagnostics": {
        "diagnostics.py": [
            "async_get_config_entry_diagnostics",
            "async_get_device_diagnostics",
        ]
    },
    "discovery": {"config_flow.py": ["async_step_hassio", "async_step_zeroconf"]},
    "reauthentication-flow": {"config_flow.py": ["async_step_reauth"]},
    "reconfiguration-flow": {"config_flow.py": ["async_step_reconfigure"]},
    "repair-issues": {"repairs.py": ["async_create_fix_flow"]},
    "stale-devices": {"__init__.py": ["async_remove_config_entry_device"]},
}


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def _globals(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
