"""What the server answers over HTTP: recognised by its shape, folded into the document.

Source: docs.octoprint.org, "REST API" up to 1.11 and in 2.0; the plugins' own APIs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    Picture,
    Profile,
    Webcam,
    take_progress,
)
from odin_engine.drivers.printers.octoprint.protocol.fields import (
    flag,
    mapping,
    real,
    rows,
    text,
    whole,
)
from odin_engine.drivers.printers.octoprint.protocol.reports import (
    PLUGINS,
    read_progress,
    read_prompt,
    take_heats,
    take_job,
    take_layers,
    take_state,
)
from odin_engine.printers.ports import StoredFile

_VERSION = re.compile(r"OctoPrint \d")
_OTHERS = ("moonraker", "prusalink", "klipper")
_AWAY = "not operational"
_FILES_MOST = 20_000
_DEPTH_MOST = 20
_CAMERAS_MOST = 8
_LAST_S = 253_402_300_799.0
_ELSEWHERE = (
    "Its pictures lie on another host than the server. Add its address as a camera of "
    "the engine to see it."
)
_NO_PICTURES = (
    "It streams video (WebRTC or HLS) and gives no single pictures. Set a snapshot URL "
    "in OctoPrint's webcam settings, or add its stream as a camera of the engine."
)
_SWITCHED_OFF = "Webcams are switched off in OctoPrint's settings."


def is_octoprint(version: object) -> bool:
    """Whether an answer to `/api/version` is OctoPrint's; others imitate the address."""
    said = text(mapping(version).get("text")) or ""
    imitates = any(word in said.lower() for word in _OTHERS)
    return _VERSION.match(said) is not None and not imitates


def fold(  # noqa: PLR0911 - one line per shape is the table
    document: Document, body: object, at: datetime
) -> Document:
    """Returns the document with an answer taken in; its shape says what it is."""
    match body:
        case {"text": str(), "server": server}:
            return replace(document, server=text(server, 40))
        case {"session": _, "name": _} | {"needs": dict()}:
            return replace(document, may=read_roles(mapping(body)))
        case {"state": {"flags": dict()} as state}:
            document = take_heats(document, mapping(body).get("temperature"))
            return take_state(document, state, at)
        case {"job": dict() as job, "progress": progress}:
            document = take_job(document, job)
            return take_progress(document, read_progress(progress), at)
        case {"error": str(error)} if _AWAY in error.lower():
            return take_away(document, at)
        case {"current": dict() as current, "options": dict() as options}:
            return _connection(document, current, options)
        case {"profiles": dict() as profiles}:
            return _profiles(document, profiles)
        case {"webcam": dict() as webcam}:
            return _settings(document, webcam, mapping(body).get("plugins"))
        case {"isPSUOn": bool(is_on)}:
            return replace(
                document,
                is_powered=is_on,
                plugins=document.plugins | {"psucontrol"},
            )
        case {"layer": dict() as layer}:
            return take_layers(document, layer.get("current"), layer.get("total"))
        case _:
            return document


def take_away(document: Document, at: datetime) -> Document:
    """Notes that the server has no machine; an error that it knows of stays."""
    known = document.flags
    if known is not None and known.is_closed_or_error:
        return document
    state = {"flags": {"closedOrError": True}, "text": "Offline"}
    return take_state(document, state, at)


def take_prompt(document: Document, body: object) -> Document:
    """Takes in what the prompt plugin answers, an empty object for no question."""
    return replace(document, prompt=read_prompt(body))


def read_roles(login: Mapping[str, Any]) -> frozenset[str] | None:
    """Returns what a key may do, `None` where the server does not say."""
    needs = login.get("needs")
    roles = mapping(needs).get("role")
    if login.get("admin") is True or not isinstance(roles, list):
        return None
    known = frozenset(role for role in roles[:200] if isinstance(role, str))
    return None if "admin" in known else known


def said_by(body: object) -> str | None:
    """Returns the server's own words for a refusal."""
    return text(mapping(body).get("error"))


def settings_used(body: object) -> dict[str, Any]:
    """Returns of the settings what is read here: webcams, and which plugins are there."""
    said = mapping(body)
    plugins = mapping(said.get("plugins"))
    return {
        "webcam": dict(mapping(said.get("webcam"))),
        "plugins": {name: {} for name in PLUGINS if name in plugins},
    }


def _connection(
    document: Document, current: Mapping[str, Any], options: Mapping[str, Any]
) -> Document:
    if document.profile is not None:
        return document
    wanted = current.get("printerProfile") or current.get("profile")
    listed = options.get("printerProfiles") or options.get("profiles")
    for each in rows(listed, 100):
        if each.get("id") == wanted:
            return replace(document, profile=Profile(name=text(each.get("name"), 120)))
    return document


def _profiles(document: Document, profiles: Mapping[str, Any]) -> Document:
    known = [each for each in list(profiles.values())[:100] if isinstance(each, dict)]
    chosen = next((each for each in known if each.get("current") is True), None)
    chosen = chosen or next(
        (each for each in known if each.get("default") is True), None
    )
    if chosen is None:
        return document
    extruder = mapping(chosen.get("extruder"))
    return replace(
        document,
        profile=Profile(
            name=text(chosen.get("name"), 120),
            model=text(chosen.get("model"), 120),
            extruders=whole(extruder.get("count"), 1, 16) or 1,
            has_shared_nozzle=flag(extruder.get("sharedNozzle")) or False,
            has_bed=chosen.get("heatedBed") is not False,
            has_chamber=flag(chosen.get("heatedChamber")) or False,
        ),
    )


def _settings(
    document: Document, webcam: Mapping[str, Any], plugins: object
) -> Document:
    there = frozenset(name for name in PLUGINS if name in mapping(plugins))
    webcams = tuple(_webcams(webcam, document.host))
    return replace(document, plugins=document.plugins | there, webcams=webcams)


def _webcams(webcam: Mapping[str, Any], host: str) -> Iterator[Webcam]:
    seen: set[str] = set()
    for each in rows(webcam.get("webcams"), _CAMERAS_MOST):
        compat = mapping(each.get("compat"))
        name = text(each.get("name"), 60) or f"webcam{len(seen)}"
        if name in seen:
            continue
        seen.add(name)
        urls = _urls(compat.get("snapshot"), compat.get("stream"))
        if urls:
            label = text(each.get("displayName"), 120)
            yield _webcam(name, label, urls, host, webcam)
    if not seen and (urls := _urls(webcam.get("snapshotUrl"), webcam.get("streamUrl"))):
        yield _webcam("webcam", None, urls, host, webcam)


def _urls(snapshot: object, stream: object) -> tuple[str, ...]:
    """Returns where pictures may be; behind a proxy the stream's address is better."""
    shot, flow = text(snapshot, 1000), text(stream, 1000)
    if flow is not None and flow.startswith("/") and "action=stream" in flow:
        # The snapshot is then as the server itself sees it, the stream as others do.
        derived = flow.replace("action=stream", "action=snapshot")
        return tuple(dict.fromkeys(filter(None, (derived, shot, flow))))
    return tuple(filter(None, (shot, flow)))


def _webcam(
    name: str,
    label: str | None,
    urls: tuple[str, ...],
    host: str,
    webcam: Mapping[str, Any],
) -> Webcam:
    if webcam.get("webcamEnabled") is False:
        return Webcam(name, label, (), _SWITCHED_OFF)
    pictures = tuple(each for url in urls if (each := _picture(url, host)) is not None)
    if pictures:
        return Webcam(name, label, pictures)
    is_video = all(_is_video(url) for url in urls)
    return Webcam(name, label, (), _NO_PICTURES if is_video else _ELSEWHERE)


def _is_video(url: str) -> bool:
    return not url.startswith(("http://", "https://", "/")) or ".m3u8" in url


def _picture(url: str, host: str) -> Picture | None:
    """Returns the way to a picture, `None` for one that leads to another host.

    A loopback address is the server's own: it stands for its host.
    """
    if _is_video(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not parts.netloc:
        return Picture(None, path)
    if parts.hostname != host and not _is_loopback(parts.hostname or ""):
        return None
    is_tls = parts.scheme == "https"
    return Picture(port or (443 if is_tls else 80), path, is_tls)


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def stored_path(body: object) -> str | None:
    """Returns under which path the server keeps what was uploaded."""
    answer = mapping(body)
    places = mapping(answer.get("files"))
    file = mapping(places.get("local")) or mapping(answer.get("file"))
    return text(file.get("path")) or text(file.get("name"))


def stored_files(body: object) -> tuple[StoredFile, ...]:
    """Returns the files in a listing that can be printed, folders opened."""
    found: list[StoredFile] = []
    waiting = [(mapping(body).get("files"), 0)]
    while waiting and len(found) < _FILES_MOST:
        listed, depth = waiting.pop()
        for each in rows(listed, _FILES_MOST):
            if each.get("type") == "folder" and depth < _DEPTH_MOST:
                waiting.append((each.get("children"), depth + 1))
            elif each.get("type") == "machinecode" and (file := _stored(each)):
                found.append(file)
    return tuple(found[:_FILES_MOST])


def _stored(value: Mapping[str, Any]) -> StoredFile | None:
    name = text(value.get("path")) or text(value.get("name"))
    if name is None:
        return None
    return StoredFile(
        name,
        whole(value.get("size"), 0, 1 << 50),
        _instant(value.get("date")),
        text(value.get("origin"), 40),
    )


def recordings(body: object) -> tuple[StoredFile, ...]:
    """Returns the timelapses in a listing."""
    return tuple(
        StoredFile(
            name,
            whole(each.get("bytes"), 0, 1 << 50),
            _instant(each.get("timestamp")),
            "timelapse",
        )
        for each in rows(mapping(body).get("files"), _FILES_MOST)
        if (name := text(each.get("name")))
    )


def _instant(value: object) -> datetime | None:
    seconds = real(value, 0, _LAST_S)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
