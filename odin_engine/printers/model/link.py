"""What each kind of link means: from an error, for a person, and when silence counts.

Pure; `service.supervision` acts on it. Source of the times: protocols/bambu, "MQTT
session" (a report every 1-2 s while printing, gaps up to 24 s on the weaker boards).
"""

from dataclasses import dataclass
from enum import StrEnum

from odin_engine.kernel.errors import OdinError
from odin_engine.printers.model.errors import (
    CertificateChanged,
    LoginRejected,
    ProtocolViolation,
    WrongSerial,
)
from odin_engine.printers.model.state import (
    LinkReason,
    LinkStatus,
    PrinterState,
)

ASK_AFTER_PRINTING_S = 20.0
"""A printing machine reports every second or two; 20 s is a lost stream."""
ASK_AFTER_IDLE_S = 40.0
"""An idle one may be quiet. Early enough that its answer comes before `STALE_AFTER_S`."""
STALE_AFTER_S = 60.0
"""Values older than this no longer describe the machine."""
DROP_AFTER_S = 90.0
"""Asked and still silent: the session is wedged, only a new one helps."""
NO_REPORT_AFTER_S = 15.0
"""A broker accepts any serial; a right one is answered within a second or two."""

SETTLED_AFTER_S = 30.0
"""A connection that held this long was a good one: the next retry is a quick one."""
RETRY_FIRST_S = 1.0
RETRY_MOST_S = 60.0
RETRY_REJECTED_S = 300.0
"""A rejected login helps nobody when repeated, and some firmware locks after a few."""


class Silence(StrEnum):
    """What to do about a printer that has not been heard for a while."""

    FINE = "fine"
    ASK = "ask"
    STALE = "stale"
    DROP = "drop"


def silence(quiet_s: float, state: PrinterState) -> Silence:
    """Returns what `quiet_s` without a word means for a printer in that state."""
    if quiet_s >= DROP_AFTER_S:
        return Silence.DROP
    if quiet_s >= STALE_AFTER_S:
        return Silence.STALE
    prints = state.activity is not None and state.activity.has_running_job
    if quiet_s >= (ASK_AFTER_PRINTING_S if prints else ASK_AFTER_IDLE_S):
        return Silence.ASK
    return Silence.FINE


_ENDINGS: tuple[tuple[type[Exception], LinkStatus, LinkReason], ...] = (
    (LoginRejected, LinkStatus.UNAUTHORISED, LinkReason.ACCESS_CODE_REJECTED),
    (WrongSerial, LinkStatus.UNAUTHORISED, LinkReason.SERIAL_MISMATCH),
    (
        CertificateChanged,
        LinkStatus.CERTIFICATE_CHANGED,
        LinkReason.CERTIFICATE_CHANGED,
    ),
    (ProtocolViolation, LinkStatus.OFFLINE, LinkReason.PROTOCOL),
    (TimeoutError, LinkStatus.OFFLINE, LinkReason.SILENT),
)


def link_after(error: Exception, *, was_heard: bool) -> tuple[LinkStatus, LinkReason]:
    """Returns what the link is once a connection ended with that error.

    `was_heard` says whether it had brought a report. What no driver should raise is a
    protocol that we do not understand.
    """
    for kind, status, reason in _ENDINGS:
        if isinstance(error, kind):
            return status, reason
    if not isinstance(error, OdinError):
        return LinkStatus.OFFLINE, LinkReason.PROTOCOL
    reason = LinkReason.LINK_LOST if was_heard else LinkReason.NO_ANSWER
    return LinkStatus.OFFLINE, reason


def retry_after_s(status: LinkStatus, attempt: int, jitter: float) -> float | None:
    """Returns the wait before the next attempt, `None` to wait for a person.

    `attempt` counts failures in a row from 1; `jitter` in [0, 1) takes up to half off,
    so that a farm behind one switch does not return in step.
    """
    if status is LinkStatus.CERTIFICATE_CHANGED:
        return None
    if status is LinkStatus.UNAUTHORISED:
        longest = RETRY_REJECTED_S
    else:
        longest = min(RETRY_FIRST_S * 2 ** min(attempt - 1, 16), RETRY_MOST_S)
    return longest * (1 - jitter / 2)


@dataclass(frozen=True, slots=True)
class LinkText:
    """What a link is, and what a person can do about it, in English."""

    text: str
    remedy: str | None = None


_BY_REASON = {
    LinkReason.SWITCHED_OFF: LinkText("This printer is disabled.", "Enable it."),
    LinkReason.NO_ANSWER: LinkText(
        "The printer does not answer.",
        "Check that it is on, in the same network, and that its address is right.",
    ),
    LinkReason.LINK_LOST: LinkText(
        "The connection to the printer was lost.",
        "It is tried again by itself. If it stays away, check power and network.",
    ),
    LinkReason.ACCESS_CODE_REJECTED: LinkText(
        "The printer refuses its access code or key.",
        "Read it again on the printer's screen or page and enter it here: it may have "
        "changed when a mode was switched, or with a reset.",
    ),
    LinkReason.SERIAL_MISMATCH: LinkText(
        "Another printer answers at this address.",
        "Correct the address or the serial number.",
    ),
    LinkReason.WRONG_SERIAL_OR_CASE: LinkText(
        "Connected, but the printer sends nothing.",
        "Most likely the serial number is wrong. Compare it with the printer's screen.",
    ),
    LinkReason.CERTIFICATE_CHANGED: LinkText(
        "The printer shows another certificate than before. Nothing was sent to it.",
        "If it was reset or updated, compare both fingerprints and confirm the new one.",
    ),
    LinkReason.SILENT: LinkText(
        "Nothing was heard from the printer for a while; its values are old.",
        "It is connected anew by itself. If it stays silent, restart the printer.",
    ),
    LinkReason.MACHINE_AWAY: LinkText(
        "The printer's host answers, and has no connection to the machine.",
        "Check that the machine is switched on and its cable is plugged in; then "
        "connect it here, or restart its firmware.",
    ),
    LinkReason.PROTOCOL: LinkText(
        "The printer's answers make no sense.",
        "Check that the address belongs to this kind of printer; its firmware may be "
        "newer than this version knows.",
    ),
}
_BY_STATUS = {
    LinkStatus.CONNECTING: LinkText("Connecting."),
    LinkStatus.ONLINE: LinkText("Online."),
}


def link_text(status: LinkStatus, reason: LinkReason | None) -> LinkText:
    """Returns the sentence and the remedy for a link."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return _BY_REASON[reason or LinkReason.NO_ANSWER]
