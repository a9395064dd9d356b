"""Which of the engine's routes people reach through Home Assistant, and how addresses are read."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, unquote, unquote_plus

PASSED: Final[dict[str, str]] = {
    "alerts": "GET",
    "alerts/dismiss": "POST",
    "alerts/seen": "POST",
    "alerts/summary": "GET",
    "alerts/{alert_id}/dismiss": "POST",
    "alerts/{alert_id}/restore": "POST",
    "audit": "GET",
    "info": "GET",
    "nozzles/{nozzle_id}": "PATCH DELETE",
    "printers": "GET POST",
    "printers/bulk": "POST",
    "printers/check": "POST",
    "printers/discover": "POST",
    "printers/emergency-stop": "POST",
    "printers/families": "GET",
    "printers/key-requests": "POST",
    "printers/key-requests/{request_id}": "GET DELETE",
    "printers/order": "PUT",
    "printers/scan": "POST",
    "printers/tags": "GET",
    "printers/tags/{tag}": "PUT DELETE",
    "printers/{printer_id}": "GET PATCH DELETE",
    "printers/{printer_id}/ams/environment": "GET",
    "printers/{printer_id}/ams/load": "POST",
    "printers/{printer_id}/ams/refresh": "POST",
    "printers/{printer_id}/ams/unload": "POST",
    "printers/{printer_id}/ams/{ams_id}/dry": "POST DELETE",
    "printers/{printer_id}/ams/{ams_id}/slots/{slot_id}": "PUT",
    "printers/{printer_id}/calibrate": "POST",
    "printers/{printer_id}/camera/{camera_id}/frame": "GET",
    "printers/{printer_id}/certificate": "GET",
    "printers/{printer_id}/certificate/confirm": "POST",
    "printers/{printer_id}/check": "GET POST",
    "printers/{printer_id}/clear-errors": "POST",
    "printers/{printer_id}/connect": "POST",
    "printers/{printer_id}/console": "GET",
    "printers/{printer_id}/detectors/{name}": "POST",
    "printers/{printer_id}/disconnect": "POST",
    "printers/{printer_id}/emergency-stop": "POST",
    "printers/{printer_id}/fan": "POST",
    "printers/{printer_id}/faults": "GET",
    "printers/{printer_id}/filament-presets": "GET",
    "printers/{printer_id}/files": "GET",
    "printers/{printer_id}/files/on-printer": "GET",
    "printers/{printer_id}/files/{name}": "PUT POST DELETE",
    "printers/{printer_id}/files/{name}/plates": "GET",
    "printers/{printer_id}/files/{name}/plates/{plate}/picture": "GET",
    "printers/{printer_id}/flow": "POST",
    "printers/{printer_id}/gcode": "POST",
    "printers/{printer_id}/home": "POST",
    "printers/{printer_id}/job/details": "GET",
    "printers/{printer_id}/job/picture": "GET",
    "printers/{printer_id}/jog": "POST",
    "printers/{printer_id}/light": "POST",
    "printers/{printer_id}/macros/{name}": "POST",
    "printers/{printer_id}/maintenance": "POST",
    "printers/{printer_id}/nozzle-status": "GET",
    "printers/{printer_id}/nozzles": "GET POST",
    "printers/{printer_id}/past-jobs": "GET",
    "printers/{printer_id}/pause": "POST",
    "printers/{printer_id}/plate-cleared": "POST",
    "printers/{printer_id}/plate-occupied": "POST",
    "printers/{printer_id}/power/{device}": "POST",
    "printers/{printer_id}/print": "POST",
    "printers/{printer_id}/prints": "GET",
    "printers/{printer_id}/prints/{run_id}/picture": "GET",
    "printers/{printer_id}/prompt": "POST",
    "printers/{printer_id}/refresh": "POST",
    "printers/{printer_id}/restart-firmware": "POST",
    "printers/{printer_id}/restart-host": "POST",
    "printers/{printer_id}/resume": "POST",
    "printers/{printer_id}/skip-objects": "POST",
    "printers/{printer_id}/speed": "POST",
    "printers/{printer_id}/spool": "POST",
    "printers/{printer_id}/stop": "POST",
    "printers/{printer_id}/telemetry": "GET",
    "printers/{printer_id}/temperature": "POST",
    "printers/{printer_id}/timelapse": "POST",
    "printers/{printer_id}/timelapses": "GET",
    "printers/{printer_id}/tool": "POST",
    "settings": "GET PATCH",
    "system": "GET",
    "tasks": "GET",
    "tasks/{task_id}": "GET",
    "tasks/{task_id}/cancel": "POST",
}
"""What is passed on, below the API's version; what a person may do there, the engine says."""

KEPT_BACK: Final = frozenset(
    {"auth", "ha-users", "permissions", "sessions", "setup", "tokens", "users"}
)
"""Where accounts and secrets are: those are managed at the engine itself."""

_SIGNATURE = "authSig"
"""Home Assistant's own, in addresses that `auth/sign_path` made."""

type Segments = tuple[str, ...]

_TEMPLATES: Final[dict[Segments, frozenset[str]]] = {
    tuple(template.split("/")): frozenset(methods.split())
    for template, methods in PASSED.items()
}


def segments_of(raw_path: str) -> Segments | None:
    """Returns the decoded parts of a path; `None` where it could mean another one.

    It is decoded once, as the engine does it: what is still encoded after that is part
    of a name.
    """
    try:
        parts = tuple(unquote(part, errors="strict") for part in raw_path.split("/"))
    except UnicodeDecodeError:
        return None
    return parts if all(map(_is_plain, parts)) else None


def methods_at(segments: Segments) -> frozenset[str]:
    """Returns what is passed on at a path; nothing where it is not on the list."""
    return frozenset().union(
        *(
            methods
            for template, methods in _TEMPLATES.items()
            if len(template) == len(segments) and all(_fits(template, segments))
        )
    )


def address_of(segments: Segments, raw_query: str) -> str:
    """Returns the path and query for the engine, without Home Assistant's signature."""
    path = "".join(f"/{quote(part, safe='')}" for part in segments)
    query = "&".join(
        pair
        for pair in raw_query.split("&")
        if pair and unquote_plus(pair.partition("=")[0]) != _SIGNATURE
    )
    return f"{path}?{query}" if query else path


def _is_plain(part: str) -> bool:
    return (
        part not in {"", ".", ".."}
        and part.isprintable()
        and not set(part) & set("/\\")
    )


def _fits(template: Segments, segments: Segments) -> Iterator[bool]:
    for wanted, part in zip(template, segments, strict=True):
        yield wanted.startswith("{") or wanted == part
