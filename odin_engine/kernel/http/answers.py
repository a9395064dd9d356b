"""What the description says of answers: every member is there, if need be as `null`."""

from collections.abc import Iterator
from typing import Any

_REF = "#/components/schemas/"


def require_answered(document: dict[str, Any]) -> None:
    """Marks every member of every JSON answer as required.

    Python gives a member without a value its default, and the framework's description
    then calls it optional; but what we answer always carries it. A shape that a body
    shares stays as it is: there a default may be left out.
    """
    shapes: dict[str, Any] = document.get("components", {}).get("schemas", {})
    answered: set[str] = set()
    asked: set[str] = set()
    for path in document["paths"].values():
        for operation in path.values():
            _reach(operation.get("requestBody", {}), shapes, asked)
            for answer in operation.get("responses", {}).values():
                content = answer.get("content", {}).get("application/json", {})
                _reach(content, shapes, answered)
    for name in answered - asked:
        if properties := shapes[name].get("properties"):
            shapes[name]["required"] = list(properties)


def _reach(part: object, shapes: dict[str, Any], reached: set[str]) -> None:
    for name in _names(part):
        if name not in reached and name in shapes:
            reached.add(name)
            _reach(shapes[name], shapes, reached)


def _names(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REF):
            yield reference.removeprefix(_REF)
        for value in part.values():
            yield from _names(value)
    elif isinstance(part, list):
        for value in part:
            yield from _names(value)
