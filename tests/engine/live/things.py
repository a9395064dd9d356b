"""A source that is none of the real ones, and a client that believes what it is told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from odin_engine.identity.model import Permission
from odin_engine.kernel.bus import Telemetry, Watcher


@dataclass(frozen=True, slots=True)
class Oven:
    current_c: float | None = None
    target_c: float | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """Small, but with one of each: state, sections, measurements, things in rows."""

    state: str = "idle"
    oven: Oven | None = None
    progress_pct: int | None = None
    faults: tuple[str, ...] = ()
    slots: tuple[Oven, ...] = ()


class Things:
    """A `Source` of them, moved by the test."""

    def __init__(
        self, permission: Permission = Permission.READ_PRINTERS, **things: Thing
    ) -> None:
        self.permission = permission
        self.telemetry: Telemetry[Thing] = Telemetry()
        self.patches = 0
        self._things = dict(things)

    def put(self, key: str, thing: Thing | None) -> None:
        if thing is None:
            self._things.pop(key, None)
        else:
            self._things[key] = thing
        self.telemetry.put(key, thing)

    def snapshot(self) -> Mapping[str, Thing]:
        return dict(self._things)

    def watch(self) -> Watcher[Thing]:
        return self.telemetry.watch()

    def patch(self, before: Thing | None, after: Thing) -> object | None:
        self.patches += 1
        return patch_of(before, after)


def patch_of(before: Thing | None, after: Thing) -> dict[str, Any] | None:
    if before is None:
        return asdict(after)
    old, new = asdict(before), asdict(after)
    return {
        each.name: new[each.name]
        for each in fields(after)
        if old[each.name] != new[each.name]
    } or None


def merged(target: object, patch: object) -> object:
    """Applies a merge patch in which `null` is a value: unknown."""
    if not isinstance(target, dict) or not isinstance(patch, dict):
        return patch
    return target | {
        key: merged(target.get(key), value) for key, value in patch.items()
    }


class Mirror:
    """What a client knows of one topic; `gaps` counts patches that did not follow."""

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}
        self.revision: int | None = None
        self.gaps = 0

    def hear(self, message: Mapping[str, Any]) -> None:
        revision = message["revision"]
        if message["type"] == "snapshot":
            self.objects = dict(message["data"])
        else:
            self.gaps += self.revision is None or revision != self.revision + 1
            for key, patch in message["changed"].items():
                self.objects[key] = merged(self.objects.get(key), patch)
            for key in message["removed"]:
                del self.objects[key]
        self.revision = revision
