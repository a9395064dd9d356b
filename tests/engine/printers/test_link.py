"""What errors and silence mean for a link, and what a person reads about it."""

from dataclasses import replace

import pytest

from odin_engine.kernel.errors import Unavailable
from odin_engine.printers.model import (
    Activity,
    CertificateChanged,
    CommandTimedOut,
    LinkReason,
    LinkStatus,
    LoginRejected,
    PrinterState,
    ProtocolViolation,
    Unreachable,
    WrongSerial,
)
from odin_engine.printers.model.link import (
    Silence,
    link_after,
    link_text,
    retry_after_s,
    silence,
)
from tests.engine.printers.memory_driver import IDLE


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (Unreachable(""), LinkStatus.OFFLINE, LinkReason.NO_ANSWER),
        (CommandTimedOut(""), LinkStatus.OFFLINE, LinkReason.NO_ANSWER),
        (Unavailable(""), LinkStatus.OFFLINE, LinkReason.NO_ANSWER),
        (
            LoginRejected(""),
            LinkStatus.UNAUTHORISED,
            LinkReason.ACCESS_CODE_REJECTED,
        ),
        (
            WrongSerial("", "a", "b"),
            LinkStatus.UNAUTHORISED,
            LinkReason.SERIAL_MISMATCH,
        ),
        (
            CertificateChanged("", "a", "b"),
            LinkStatus.CERTIFICATE_CHANGED,
            LinkReason.CERTIFICATE_CHANGED,
        ),
        (ProtocolViolation(""), LinkStatus.OFFLINE, LinkReason.PROTOCOL),
        (TimeoutError(), LinkStatus.OFFLINE, LinkReason.SILENT),
        (KeyError("bug"), LinkStatus.OFFLINE, LinkReason.PROTOCOL),
    ],
)
def test_each_error_has_its_link(
    error: Exception, status: LinkStatus, reason: LinkReason
) -> None:
    assert link_after(error, was_heard=False) == (status, reason)


def test_a_connection_that_stood_was_lost() -> None:
    lost = link_after(Unreachable(""), was_heard=True)
    assert lost == (LinkStatus.OFFLINE, LinkReason.LINK_LOST)


def test_retries_grow_and_spread() -> None:
    waits = [retry_after_s(LinkStatus.OFFLINE, n, 0.0) for n in range(1, 9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert retry_after_s(LinkStatus.OFFLINE, 10_000, 0.0) == 60
    assert retry_after_s(LinkStatus.OFFLINE, 7, 0.5) == 45
    assert retry_after_s(LinkStatus.UNAUTHORISED, 1, 0.0) == 300
    assert retry_after_s(LinkStatus.CERTIFICATE_CHANGED, 1, 0.0) is None


@pytest.mark.parametrize(
    ("quiet_s", "activity", "verdict"),
    [
        (19.9, Activity.PRINTING, Silence.FINE),
        (20, Activity.PRINTING, Silence.ASK),
        (20, Activity.PAUSED, Silence.ASK),
        (20, Activity.IDLE, Silence.FINE),
        (39.9, None, Silence.FINE),
        (40, Activity.FINISHED, Silence.ASK),
        (59.9, Activity.PRINTING, Silence.ASK),
        (60, Activity.IDLE, Silence.STALE),
        (89.9, Activity.PRINTING, Silence.STALE),
        (90, Activity.IDLE, Silence.DROP),
        (9000, None, Silence.DROP),
    ],
)
def test_silence_by_its_length(
    quiet_s: float, activity: Activity | None, verdict: Silence
) -> None:
    assert silence(quiet_s, replace(IDLE, activity=activity)) is verdict


def test_every_link_has_a_sentence_and_a_remedy() -> None:
    for status in LinkStatus:
        assert link_text(status, None).text
    for reason in LinkReason:
        said = link_text(LinkStatus.OFFLINE, reason)
        assert said.text
        assert said.remedy
    assert link_text(LinkStatus.ONLINE, None).remedy is None
    assert PrinterState().link is LinkStatus.CONNECTING
