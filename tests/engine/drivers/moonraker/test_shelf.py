"""What a host remembers of its prints."""

from datetime import UTC, datetime

import pytest

from odin_engine.drivers.printers.moonraker.shelf import past_jobs
from odin_engine.printers.model import PrintResult

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
BEGAN = datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp()


def told(status: str) -> dict[str, object]:
    job = {
        "job_id": "00000A",
        "filename": "parts/bracket.gcode",
        "start_time": BEGAN,
        "end_time": BEGAN + 600,
        "status": status,
    }
    return {"count": 1, "jobs": [job]}


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("completed", PrintResult.FINISHED),
        ("cancelled", PrintResult.CANCELLED),
        ("klippy_shutdown", PrintResult.FAILED),
        ("something new", PrintResult.UNKNOWN),
    ],
)
def test_how_a_print_ended(status: str, result: PrintResult) -> None:
    (job,) = past_jobs(told(status), SINCE)
    assert (job.external_id, job.name, job.result) == (
        "00000A",
        "bracket.gcode",
        result,
    )


@pytest.mark.parametrize("status", ["server_exit", "interrupted"])
def test_what_the_host_did_not_see_the_end_of_may_go_on(status: str) -> None:
    # Klipper prints on while Moonraker is started anew.
    assert past_jobs(told(status), SINCE) == ()
