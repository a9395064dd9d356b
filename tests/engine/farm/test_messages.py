"""Messages that are broken, doubled or in the wrong order change nothing that is true."""

from pathlib import Path

import pytest

from odin_engine.printers.events import PrintStarted
from odin_engine.simulator.bambu import Misbehaviour
from tests.engine.farm.yard import Yard, logged


@pytest.mark.parametrize("model", ["X1C", "P1S", "H2D"])
@pytest.mark.parametrize("kind", ["garbage", "non_utf8", "duplicate_reports"])
async def test_nonsense(
    yard: Yard, model: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    place = await yard.add(model)
    place.machine.machine.misbehave(kind)
    await place.prints()
    for _ in range(10):
        place.machine.advance(20)
    # What it says is sent every so often, in real time.
    await place.until(lambda state: state.job is not None and state.job.progress_pct)
    await place.heard()
    heats = [heat.target_c for heat in place.state.temperatures.nozzles]
    assert 220 in heats
    assert place.state.job is not None
    assert place.state.job.progress_pct is not None
    assert 0 < place.state.job.progress_pct < 100
    assert len(place.state.filament_units) > 1
    place.machine.advance(1600)
    await place.until(lambda state: state.activity == "finished")
    await yard.written()
    assert len(place.of(PrintStarted)) == 1
    assert place.results == ["finished"]
    assert place.links == ["online (-)"]
    assert logged(caplog) == ["P1: online (-)"]


async def test_reorder_reports(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    place = await yard.add("P1S")
    place.machine.machine.misbehave("reorder_reports")
    await place.prints()
    for _ in range(60):
        place.machine.advance(30)
    place.machine.machine.behave("reorder_reports")
    place.machine.report()
    await place.heard()
    await yard.go(1)
    assert place.links == ["online (-)"]
    assert len(place.of(PrintStarted)) == 1
    assert place.results in ([], ["finished"])
    assert logged(caplog) == ["P1: online (-)"]


async def test_reports_without_a_state_make_a_link_and_nothing_else(
    yard: Yard,
) -> None:
    machine = await yard.machine("X1C")
    machine.machine.misbehave("silent")
    place = await yard.register(machine)
    await machine.request("get_version")
    machine.publish({"print": {"command": "push_status", "gcode_state": 7, "ams": []}})
    machine.publish({"print": {"command": "push_status", "hms": "all", "device": 3}})
    machine.publish({"info": {"command": "get_version", "module": "none"}})
    await place.online()
    assert place.state.activity is None
    assert place.state.faults == ()
    assert place.happened == []
    machine.machine.behave("silent")
    await place.until(lambda state: state.activity == "idle")
    assert place.happened == []


def test_every_misbehaviour_is_met_by_the_service() -> None:
    here = Path(__file__).parent
    text = "".join(path.read_text() for path in here.glob("test_*.py"))
    missing = {name for name in Misbehaviour if f'"{name}"' not in text}
    # These are for whoever looks through the camera; the wire says nothing of them.
    assert missing == {Misbehaviour.SPAGHETTI, Misbehaviour.DETACHED}
