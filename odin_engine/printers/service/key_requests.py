"""Keys that a person approves at the machine: asked for, waited for, handed on once.

In memory only. A key is never shown: it goes from the machine straight into the record
of the printer that is added with it.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.errors import Conflict, Invalid, NotFound, OdinError, Problem
from odin_engine.kernel.fetch import Reach
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.secrets import Secrets
from odin_engine.printers.model import LoginRejected, NotSupported
from odin_engine.printers.model.record import UnknownFamily
from odin_engine.printers.ports import (
    AsksForKey,
    Connection,
    DriverFamily,
)
from odin_engine.printers.service.connections import resolved
from odin_engine.printers.service.fields import check_options

_LOG = logging.getLogger(__name__)

REQUESTS_MOST = 8
KEPT_FOR = timedelta(minutes=10)


class KeyRequestState(StrEnum):
    """How far a request for a key is."""

    WAITING = "waiting"
    GRANTED = "granted"
    DENIED = "denied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A request for a key, without the key. `detail` says in English what to do."""

    id: str
    family: str
    host: str
    state: KeyRequestState
    detail: str
    expires_at: datetime


class KeyRequestNotFound(NotFound):
    """No such request, or it was too long ago."""

    code = "key_request_not_found"


class TooManyKeyRequests(Conflict):
    """Several keys are being asked for already."""

    code = "key_requests_full"


@dataclass(eq=False)
class _Asked:
    shown: KeyRequest
    key: str | None = field(default=None, repr=False)
    work: asyncio.Task[None] | None = None


class KeyRequests:
    """The requests of the last minutes."""

    def __init__(
        self,
        families: Mapping[str, DriverFamily],
        secrets: Secrets,
        clock: Clock,
        ticker: Ticker,
        reach: Reach,
    ) -> None:
        self._families = families
        self._secrets = secrets
        self._clock = clock
        self._ticker = ticker
        self._reach = reach
        self._asked: dict[str, _Asked] = {}

    async def begin(self, family: str, wanted: Connection) -> KeyRequest:
        """Asks a machine for a key; a person approves it there.

        Raises:
            UnknownFamily: no driver speaks that protocol.
            Invalid: it has no such options.
            NotSupported: its machines give no keys.
            AddressRefused, HostUnknown: no printer can be at that address.
            TooManyKeyRequests: as many as may be are waiting.
        """
        asks = self._families.get(family)
        if asks is None:
            known = ", ".join(self._families)
            raise UnknownFamily(f"Choose one of: {known}.", Problem("/family", known))
        if not isinstance(asks, AsksForKey):
            raise NotSupported(f"{asks.label} gives no keys on request. Enter one.")
        check_options(asks, wanted.options)
        there = await resolved(wanted, self._reach, asks)
        self.sweep()
        if len(self._asked) >= REQUESTS_MOST:
            raise TooManyKeyRequests(
                "Several keys are being asked for already. Finish or cancel one first."
            )
        shown = KeyRequest(
            id=new_id(),
            family=family,
            host=_plain(wanted.host),
            state=KeyRequestState.WAITING,
            detail="Approve the request on the machine's own page or screen.",
            expires_at=self._clock.now() + KEPT_FOR,
        )
        asked = self._asked[shown.id] = _Asked(shown)
        asked.work = asyncio.create_task(self._ask(asked, asks, there))
        return shown

    def get(self, request_id: str) -> KeyRequest:
        """Returns how far a request is.

        Raises:
            KeyRequestNotFound: there is none, or it was too long ago.
        """
        return self._get(request_id).shown

    def cancel(self, request_id: str) -> None:
        """Forgets a request and its key. Raises as `get`."""
        self._drop(self._get(request_id))

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Returns a printer's values with the key in place of the request for it.

        Raises:
            Invalid: there is no such key, or it is for another machine.
        """
        filled = dict(values)
        request_id = filled.pop("key_request", None)
        if request_id is None:
            return filled
        self.sweep()
        asked = self._asked.get(request_id)
        if filled.get("secret"):
            raise _wrong("give a secret or a key request, not both")
        if asked is None or asked.key is None:
            raise _wrong("that key was not granted, or too long ago; ask again")
        place = (filled.get("family"), _plain(filled.get("host", "")))
        if place != (asked.shown.family, asked.shown.host):
            raise _wrong("that key is for another machine; ask again")
        return filled | {"secret": asked.key}

    def forget(self, request_id: str | None) -> None:
        """Drops a request whose key is kept elsewhere now; harmless without one."""
        asked = self._asked.get(request_id or "")
        if asked is not None:
            self._drop(asked)

    def sweep(self) -> None:
        """Drops what is older than ten minutes."""
        now = self._clock.now()
        for asked in tuple(self._asked.values()):
            if asked.shown.expires_at <= now:
                self._drop(asked)

    async def close(self) -> None:
        """Drops everything, and waits until nothing is asked for any more."""
        works = [asked.work for asked in self._asked.values() if asked.work]
        for asked in tuple(self._asked.values()):
            self._drop(asked)
        if works:
            await asyncio.wait(works)

    def _get(self, request_id: str) -> _Asked:
        self.sweep()
        asked = self._asked.get(request_id)
        if asked is None:
            raise KeyRequestNotFound("There is no such request any more. Ask again.")
        return asked

    def _drop(self, asked: _Asked) -> None:
        self._asked.pop(asked.shown.id, None)
        if asked.work is not None:
            asked.work.cancel()

    async def _ask(self, asked: _Asked, family: AsksForKey, there: Connection) -> None:
        try:
            key = await family.ask_for_key(there, self._clock, self._ticker)
        except LoginRejected as error:
            _end(asked, KeyRequestState.DENIED, error.message)
        except OdinError as error:
            _end(asked, KeyRequestState.FAILED, error.message)
        except Exception:  # noqa: BLE001 - edge: a driver may fail as it likes
            _LOG.exception("asking for a key failed")
            detail = "Something went wrong; the log says more."
            _end(asked, KeyRequestState.FAILED, detail)
        else:
            # The log must never show it.
            self._secrets.known.add(key)
            asked.key = key
            _end(
                asked, KeyRequestState.GRANTED, "The key was granted. Add the printer."
            )


def _end(asked: _Asked, state: KeyRequestState, detail: str) -> None:
    asked.shown = replace(asked.shown, state=state, detail=detail)


def _plain(host: str) -> str:
    return host.strip().strip("[]").lower()


def _wrong(detail: str) -> Invalid:
    return Invalid(f"key_request: {detail}.", Problem("/key_request", detail))
