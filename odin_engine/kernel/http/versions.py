"""Concurrent edits: a row's version as `ETag`, checked by `If-Match`."""

from http import HTTPStatus
from typing import ClassVar

from starlette.requests import Request

from odin_engine.kernel.errors import Conflict


class PreconditionFailed(Conflict):
    """Somebody changed it since the caller looked."""

    code = "precondition_failed"
    http_status: ClassVar[int] = HTTPStatus.PRECONDITION_FAILED

    def __init__(self, current: str) -> None:
        super().__init__("It was changed meanwhile. Load it again, then repeat.")
        self.current_etag = current


def etag(version: int | str) -> str:
    """Returns the `ETag` of a row's version."""
    return f'"{version}"'


def check_if_match(request: Request, version: int | str) -> None:
    """Passes when the caller edits this version, or did not say which.

    Raises:
        PreconditionFailed: the caller saw another version.
    """
    wanted = request.headers.get("if-match")
    if wanted is None or wanted.strip() == "*":
        return
    # A compressing proxy turns a strong tag into a weak one; it still names the row.
    tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    if etag(version) not in tags:
        raise PreconditionFailed(etag(version))
