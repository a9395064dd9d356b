"""Writes that may be sent twice: the first answer is kept and given again.

A row is claimed before the work and gets the sealed answer after it. A claim without
an answer means that nobody knows whether the work was done: its key stays refused,
and the caller is told to look.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import orjson
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict, Invalid, Problem
from odin_engine.kernel.secrets import Secrets
from odin_engine.kernel.tables import IdempotencyRow

KEPT_FOR = timedelta(hours=24)
MAX_ANSWER_BYTES = 1024 * 1024
"""A longer answer is not kept; no write of ours sends one."""


class KeyReused(Invalid):
    """The same key came with another request."""

    code: ClassVar[str] = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another request. Take a new key.",
            Problem("/Idempotency-Key", "Used for another request."),
        )


class StillRunning(Conflict):
    """The first request with this key has no answer yet."""

    code: ClassVar[str] = "idempotency_still_running"

    def __init__(self) -> None:
        super().__init__("The same request is being done right now. Wait for it.")


class AnswerUnknown(Conflict):
    """A request with this key was begun once and its answer got lost."""

    code: ClassVar[str] = "idempotency_answer_unknown"

    def __init__(self) -> None:
        super().__init__(
            "A request with this key was begun before and its answer is not known. "
            "Look at the result, then repeat with a new key if need be."
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Idempotency:
    """Claims keys and keeps answers. `caller` is whoever the permission check found."""

    def __init__(self, database: Database, secrets: Secrets, clock: Clock) -> None:
        self._database = database
        self._secrets = secrets
        self._clock = clock
        self._running: set[tuple[str, str]] = set()

    async def claim(self, caller: str, key: str, fingerprint: str) -> Answer | None:
        """Takes a key; returns the kept answer where the work was done already.

        Raises:
            KeyReused: the key belongs to a request with another fingerprint.
            StillRunning: the first request is being worked on.
            AnswerUnknown: it was begun by a process that ended meanwhile.
        """
        now = self._clock.now()
        try:
            async with self._database.work() as work:
                row = await work.session.get(IdempotencyRow, (caller, key))
                if row is not None and row.claimed_at > now - KEPT_FOR:
                    return self._known(row, fingerprint)
                if row is not None:
                    await work.session.delete(row)
                    await work.session.flush()
                work.session.add(
                    IdempotencyRow(
                        caller=caller, key=key, fingerprint=fingerprint, claimed_at=now
                    )
                )
        except IntegrityError as error:
            raise StillRunning from error
        self._running.add((caller, key))
        return None

    async def keep(self, caller: str, key: str, answer: Answer) -> None:
        """Keeps the answer of a claimed key."""
        sealed = self._secrets.encrypt(
            orjson.dumps(
                [answer.status, answer.headers, answer.body.decode("latin-1")]
            ).decode()
        )
        async with self._database.work() as work:
            await work.session.execute(
                update(IdempotencyRow)
                .where(IdempotencyRow.caller == caller, IdempotencyRow.key == key)
                .values(sealed_answer=sealed)
            )
        self._running.discard((caller, key))

    async def release(self, caller: str, key: str) -> None:
        """Gives a claimed key back: nothing was done, so it may be tried again."""
        async with self._database.work() as work:
            await work.session.execute(
                delete(IdempotencyRow).where(
                    IdempotencyRow.caller == caller, IdempotencyRow.key == key
                )
            )
        self._running.discard((caller, key))

    def abandon(self, caller: str, key: str) -> None:
        """Leaves a claim without an answer: whether it was done is not known."""
        self._running.discard((caller, key))

    async def forget_old(self) -> None:
        """Drops keys that are past their time."""
        async with self._database.work() as work:
            await work.session.execute(
                delete(IdempotencyRow).where(
                    IdempotencyRow.claimed_at <= self._clock.now() - KEPT_FOR
                )
            )

    def _known(self, row: IdempotencyRow, fingerprint: str) -> Answer:
        if row.fingerprint != fingerprint:
            raise KeyReused
        if row.sealed_answer is None:
            is_running = (row.caller, row.key) in self._running
            raise StillRunning if is_running else AnswerUnknown
        status, headers, body = orjson.loads(self._secrets.decrypt(row.sealed_answer))
        return Answer(
            status,
            tuple((name, value) for name, value in headers),
            body.encode("latin-1"),
        )
