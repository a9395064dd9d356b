"""Sessions that a cancellation does not cut in two.

A task can be cancelled at any `await`, and again while it cleans up. Cut off in the
middle of a statement, a connection is of no more use, is closed by nobody, or is waited
for for ever; cut off in the middle of a commit, nobody knows whether it was made. Here
who is cancelled waits for the step that is under way, and leaves then.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

_FAREWELL_S = 20.0
"""Longer than SQLite waits for another process's lock, shorter than a stop may take."""

STEPS = (
    "close",
    "commit",
    "connection",
    "delete",
    "execute",
    "flush",
    "get",
    "get_one",
    "invalidate",
    "merge",
    "refresh",
    "reset",
    "rollback",
    "run_sync",
    "scalar",
    "stream",
)
"""What of a session talks to the database; its other methods go through these."""


async def see_through[T](doing: asyncio.Future[T]) -> T:
    """Waits for what is under way, also when cancelled meanwhile, and returns its result.

    Raises:
        CancelledError: the caller was cancelled; `doing` has ended, or was given up
            after 20 s.
    """
    cancelled: asyncio.CancelledError | None = None
    now_s = asyncio.get_running_loop().time
    left_s: float | None = None
    while not doing.done() and (left_s is None or left_s > 0):
        asked_s = now_s()
        try:
            # Not `shield`, which reports the failure of what was given up as an error.
            await asyncio.wait((doing,), timeout=left_s)
        except asyncio.CancelledError as error:
            left_s = _FAREWELL_S if cancelled is None else left_s
            cancelled = error
        if left_s is not None:
            left_s -= now_s() - asked_s
    if cancelled is None:
        return doing.result()
    if not doing.cancel() and not doing.cancelled():
        doing.exception()  # Looked at, or asyncio reports it as forgotten.
    raise cancelled


class SteadySession(AsyncSession):
    """A session whose steps are seen through."""


def _steady[**P, T](
    step: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    @wraps(step)
    async def seen(*args: P.args, **kwargs: P.kwargs) -> T:
        return await see_through(asyncio.ensure_future(step(*args, **kwargs)))

    return seen


for _name in STEPS:
    setattr(SteadySession, _name, _steady(getattr(AsyncSession, _name)))
