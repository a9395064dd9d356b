"""Everything that the machine has said, kept as one value. Pure.

`hear` takes one answer by its path; the driver and a replay use the same way.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from odin_engine.drivers.printers.prusalink.protocol import answers
from odin_engine.drivers.printers.prusalink.protocol.answers import (
    CameraInfo,
    Drive,
    Info,
    JobInfo,
    Status,
    Version,
)
from odin_engine.drivers.printers.prusalink.protocol.course import (
    START_DEADLINE_S,
    Awaited,
    Course,
    follow,
    learn,
)
from odin_engine.drivers.printers.prusalink.protocol.files import (
    BUDDY_DRIVE,
    PI_DRIVE,
)
from odin_engine.drivers.printers.prusalink.protocol.machines import is_pi

VERSION = "/api/version"
INFO = "/api/v1/info"
STATUS = "/api/v1/status"
JOB = "/api/v1/job"
STORAGE = "/api/v1/storage"
TRANSFER = "/api/v1/transfer"
CAMERAS = "/api/v1/cameras"
OK = 200
NO_CONTENT = 204
AWAY = 503
"""What the Pi answers to everything while no machine is attached to it."""


type _Heard = list[Document] | None


@dataclass(frozen=True, slots=True)
class Document:
    """What was heard so far. `is_away` while the Pi has lost its machine.

    `drives` is `None` until the storages were told.
    """

    version: Version | None = None
    info: Info | None = None
    drives: tuple[Drive, ...] | None = None
    cameras: tuple[CameraInfo, ...] = ()
    status: Status | None = None
    job: JobInfo | None = None
    course: Course = field(default_factory=Course)
    is_away: bool = False

    @property
    def drive(self) -> Drive | None:
        """The storage that files are uploaded to: the stick, or the Pi's own."""
        known = {each.name: each for each in self.drives or ()}
        if self.status is not None:
            for each in self.status.drives:
                known.setdefault(each.name, each)
        return known.get(self._usual_drive.name) or next(
            (each for each in known.values() if not each.is_read_only), None
        )

    @property
    def own_drive(self) -> Drive:
        """The same, or the one there would be."""
        return self.drive or self._usual_drive

    @property
    def _usual_drive(self) -> Drive:
        return PI_DRIVE if is_pi(self.version) else BUDDY_DRIVE


def hear(
    document: Document,
    path: str,
    code: int,
    body: Any,  # noqa: ANN401 - a wire value
    now: datetime,
) -> list[Document] | None:
    """Returns the document after an answer, and before it a step that was missed.

    `body` is what its JSON says, `None` where there is none. `None` is returned for what
    makes no sense; an answer that tells nothing returns the document as it is.
    """
    if code == AWAY:
        return [replace(document, is_away=True)]
    document = replace(document, is_away=False)
    if code == NO_CONTENT and path == JOB:
        return [replace(document, job=None)]
    if code != OK or path not in _READERS:
        return [document]
    return _READERS[path](document, body, now)


def _hear_version(document: Document, body: Any, _: datetime) -> _Heard:  # noqa: ANN401
    version = answers.parse_version(body)
    return None if version is None else [replace(document, version=version)]


def _hear_info(document: Document, body: Any, _: datetime) -> _Heard:  # noqa: ANN401
    info = answers.parse_info(body)
    return None if info is None else [replace(document, info=info)]


def _hear_storage(document: Document, body: Any, _: datetime) -> _Heard:  # noqa: ANN401
    return [replace(document, drives=answers.parse_storage(body))]


def _hear_cameras(document: Document, body: Any, _: datetime) -> _Heard:  # noqa: ANN401
    return [replace(document, cameras=answers.parse_cameras(body))]


def _hear_job(document: Document, body: Any, _: datetime) -> _Heard:  # noqa: ANN401
    job = answers.parse_job(body)
    if job is None:
        return None
    return [replace(document, job=job, course=learn(document.course, job))]


def _hear_status(document: Document, body: Any, now: datetime) -> _Heard:  # noqa: ANN401
    status = answers.parse_status(body)
    if status is None:
        return None
    courses = follow(document.course, status, document.job, now)
    return [replace(document, status=status, course=each) for each in courses]


_READERS = {
    VERSION: _hear_version,
    INFO: _hear_info,
    STORAGE: _hear_storage,
    CAMERAS: _hear_cameras,
    JOB: _hear_job,
    STATUS: _hear_status,
}


def note_stop(document: Document, *, is_taken: bool = True) -> Document:
    """Returns the document once we told the running job to stop, or were refused."""
    if not document.course.runs:
        return document
    return replace(document, course=replace(document.course, is_stopping=is_taken))


def note_start(document: Document, token: int, file: str, now: datetime) -> Document:
    """Returns the document with a print that we start; its job is yet to come."""
    course = document.course
    until = now + timedelta(seconds=START_DEADLINE_S)
    awaited = Awaited(token, file, course.job_id, until)
    return replace(document, course=replace(course, awaited=awaited))


def forget_start(document: Document) -> Document:
    """Returns the document once a print of ours was refused."""
    return replace(document, course=replace(document.course, awaited=None))
