"""Heaters that burn without a print."""

from dataclasses import replace

from odin_engine.printers.model import (
    Activity,
    Heat,
    NamedHeat,
    PrinterState,
    SetBedTemperature,
    SetChamberTemperature,
    SetHeater,
    SetNozzleTemperature,
    Temperatures,
)
from odin_engine.printers.model.heaters import Burning, burning, overdue
from tests.engine.printers.memory_driver import IDLE
from tests.engine.printers.rich_machine import RICH


def heated(
    *nozzles: float, bed: float | None = None, chamber: float | None = None
) -> PrinterState:
    return replace(
        IDLE,
        temperatures=Temperatures(
            tuple(Heat(20.0, target) for target in nozzles),
            None if bed is None else Heat(20.0, bed),
            None if chamber is None else Heat(20.0, chamber),
        ),
    )


NOTHING: Burning = {}


def test_each_heater_has_its_own_time() -> None:
    on = burning(NOTHING, heated(0, 200, bed=60), 0)
    assert set(on) == {SetNozzleTemperature(0, 1), SetBedTemperature(0)}
    on = burning(on, heated(0, 200, bed=60, chamber=40), 600)
    assert overdue(on, 30, 1799) == ()
    assert set(overdue(on, 30, 1800)) == {
        SetNozzleTemperature(0, 1),
        SetBedTemperature(0),
    }
    assert SetChamberTemperature(0) in overdue(on, 30, 2400)


def test_another_target_starts_anew_and_off_forgets() -> None:
    on = burning(NOTHING, heated(200), 0)
    on = burning(on, heated(210), 1000)
    assert overdue(on, 30, 1900) == ()
    on = burning(on, heated(0), 2000)
    assert on == {}


def test_a_running_job_owns_every_heater() -> None:
    on = burning(NOTHING, heated(200), 0)
    for activity in (Activity.PREPARING, Activity.PRINTING, Activity.PAUSED):
        printing = replace(heated(200), activity=activity)
        assert burning(on, printing, 100) == {}
    finished = replace(heated(200), activity=Activity.FINISHED)
    assert burning(NOTHING, finished, 100) != {}


def test_zero_minutes_means_never_and_unknown_is_off() -> None:
    on = burning(NOTHING, heated(200), 0)
    assert overdue(on, 0, 10**9) == ()
    assert burning(NOTHING, PrinterState(), 0) == {}


def test_a_heater_of_its_own_name_is_watched_where_it_can_be_set() -> None:
    others = (NamedHeat("chamber_heater", 40.0, 50.0), NamedHeat("dryer", 40.0, 50.0))
    hot = replace(RICH, temperatures=Temperatures(others=others))
    on = burning(NOTHING, hot, 0)
    assert overdue(on, 30, 1800) == (SetHeater("chamber_heater", 0),)
    off = replace(
        hot, temperatures=Temperatures(others=(NamedHeat("dryer", 40.0, 50.0),))
    )
    assert burning(on, off, 10) == {}
