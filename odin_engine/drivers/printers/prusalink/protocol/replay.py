"""A recording, read again through the same translation; no network, no clock.

Two forms: JSON lines, one record each, as `odin record` writes them, their topics being
`GET /api/v1/status` and the like, with the answer's code behind where it is not 200; or
documents, one, a list of them, or an object of them by path.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from odin_engine.drivers import cleaning
from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.drivers.printers.prusalink.protocol.answers import (
    parse_job,
    status_of_job,
)
from odin_engine.drivers.printers.prusalink.protocol.course import follow
from odin_engine.drivers.printers.prusalink.protocol.document import Document
from odin_engine.drivers.printers.prusalink.protocol.fields import items
from odin_engine.drivers.printers.prusalink.protocol.machines import (
    model_by_hostname,
)
from odin_engine.drivers.printers.prusalink.protocol.translate import (
    shared,
    translate,
)
from odin_engine.drivers.recording import INBOUND, read_document, read_lines
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import PrinterState
from odin_engine.printers.ports import Record, Recording

_TOPIC = re.compile(r"^(?:(GET|PUT|POST|DELETE) )?(/[^ ]*)(?: (\d{3}))?$")
_STOP = re.compile(r"^/api/v1/job/\d+$")
_ORDER = (
    documents.VERSION,
    documents.INFO,
    documents.STORAGE,
    documents.CAMERAS,
    documents.JOB,
    documents.STATUS,
)
_KEYS = cleaning.PrivateKeys(
    serials=frozenset({"serial"}),
    names=frozenset({"display_name"}),
)
_NAMELESS = "printer"
_TELLING = frozenset({"name", "refs", "display_path"})


def read_recording(data: bytes) -> Recording:
    """Returns the records in a file of either form; never raises on any bytes."""
    body = read_document(data)
    if body is None:
        return read_lines(data)
    found = sorted(_from_documents(body), key=lambda pair: _ORDER.index(pair[0]))
    return Recording(
        tuple(
            Record(float(number), "in", f"GET {path}", document)
            for number, (path, document) in enumerate(found)
        )
    )


def replay(
    records: Sequence[Record],
) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
    """Returns the state that a recording ends in, and what happened.

    Of a recording with several printers it is the first one.
    """
    name = records[0].printer_id if records else None
    own = [record for record in records if record.printer_id == name]
    document, state = Document(), PrinterState()
    events: list[PrinterEvent] = []
    has_status = any(documents.STATUS in record.topic for record in own)
    for record in own:
        for step in _steps(document, record, has_status=has_status):
            document = step
            if step.course.activity is None and not step.is_away:
                continue
            after = shared(state, translate(step))
            events.extend(transitions(name or "printer", state, after))
            state = after
    if state.activity is None:
        state = shared(state, translate(document))
    return state, tuple(events)


def sanitise(
    records: Sequence[Record], secrets: Sequence[str]
) -> tuple[list[Record], Mapping[str, int]]:
    """Returns records without what names people or machines, and what was cut.

    The name that a firmware gives itself stays: it says nothing but the model.
    """
    plain = [replace(record, payload=_plain(record.payload)) for record in records]
    cleaned, counts = cleaning.sanitise(plain, secrets, _KEYS)
    for number, record in enumerate(plain):
        hostname = _hostname(record.payload)
        payload = cleaned[number].payload
        if isinstance(payload, dict) and model_by_hostname(hostname) is not None:
            cleaned[number] = replace(
                cleaned[number], payload={**payload, "hostname": hostname}
            )
    return cleaned, counts


def _steps(
    document: Document, record: Record, *, has_status: bool
) -> Iterator[Document]:
    topic = _TOPIC.match(record.topic)
    if topic is None:
        return
    method, path, code = topic[1] or "GET", topic[2], int(topic[3] or documents.OK)
    if record.direction not in INBOUND:
        return
    if method == "DELETE" and _STOP.match(path) and code in {200, 204}:
        yield documents.note_stop(document)
    if method != "GET":
        return
    at = datetime.fromtimestamp(record.at_s, UTC)
    body = _body(record.payload)
    heard = documents.hear(document, path, code, body, at)
    if path == documents.JOB and not has_status:
        heard = _by_job(document, body, at)
    yield from heard or ()


def _by_job(document: Document, body: Any, at: datetime) -> list[Document] | None:  # noqa: ANN401 - a wire value
    """Returns the document by the job alone, in a recording that has no status."""
    job, status = parse_job(body), status_of_job(body)
    if job is None or status is None:
        return None
    courses = follow(document.course, status, job, at)
    return [replace(document, job=job, course=each) for each in courses]


def _body(payload: dict[str, Any] | str) -> Any:  # noqa: ANN401 - a wire value
    if isinstance(payload, dict):
        return payload
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None


def _from_documents(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - a wire value
    if isinstance(body, list):
        for each in body:
            yield from _from_documents(each)
    elif isinstance(body, dict):
        path = _path_of(body)
        if path is not None:
            yield path, body
            return
        for key, value in body.items():
            topic = _TOPIC.match(str(key))
            if topic is not None and topic[2] in _ORDER and isinstance(value, dict):
                yield topic[2], value


def _path_of(body: Mapping[str, Any]) -> str | None:
    """Returns which document it is, by what none of the others has."""
    match body:
        case {"printer": {"state": _}}:
            path = documents.STATUS
        case {"storage_list": _}:
            path = documents.STORAGE
        case {"camera_list": _}:
            path = documents.CAMERAS
        case {"id": _, "file": _} | {"id": _, "progress": _}:
            path = documents.JOB
        case {"api": _}:
            path = documents.VERSION
        case {"serial": _}:
            path = documents.INFO
        case _:
            return None
    return path


def _hostname(payload: dict[str, Any] | str) -> str | None:
    name = payload.get("hostname") if isinstance(payload, dict) else None
    return name if isinstance(name, str) else None


def _plain(payload: dict[str, Any] | str) -> dict[str, Any] | str:
    """Returns a payload without the names that no key of their own tells apart."""
    if not isinstance(payload, dict):
        return payload
    plain = dict(payload)
    if "serial" in plain and "name" in plain:
        plain["name"] = _NAMELESS
    if "file" in plain:
        plain["file"] = _plain_file(plain["file"])
    if "children" in plain:
        plain["children"] = [_plain_file(each) for each in items(plain["children"])]
    return _plain_file(plain) if "display_name" in plain else plain


def _plain_file(file: Any) -> Any:  # noqa: ANN401 - a wire value
    """Returns a file by its long name alone: the short one is the beginning of it.

    Of where it lies the storage is kept, and no folder that somebody named.
    """
    if not isinstance(file, dict):
        return file
    plain = {key: value for key, value in file.items() if key not in _TELLING}
    path = file.get("path")
    if isinstance(path, str):
        plain["path"] = "/" + path.strip("/").partition("/")[0]
    if "display_name" not in plain and isinstance(file.get("name"), str):
        plain["display_name"] = file["name"]
    return plain
