"""Views and weights, with plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.live.model import (
    Allowance,
    Patch,
    Profile,
    Snapshot,
    Topic,
    View,
    Weight,
    weigh,
)
from odin_engine.live.wire import encode
from odin_engine.printers.model import (
    Activity,
    Fans,
    Heat,
    Job,
    NamedFan,
    NamedHeat,
    PrinterState,
    Prompt,
    Sensor,
    SensorKind,
    Speed,
    Temperatures,
)
from tests.engine.live.things import Mirror, Oven, Thing, patch_of

_WARM = Thing(oven=Oven(60.0, 60.0), progress_pct=10)
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


def _others(current_c: float) -> Temperatures:
    return Temperatures(others=(NamedHeat("chamber_heater", current_c, 60.0),))


def _room(value: float | None) -> tuple[Sensor, ...]:
    return (Sensor("room", SensorKind.TEMPERATURE, value),)


def _exhaust(rpm: int) -> Fans:
    return Fans(others=(NamedFan("exhaust", 50, rpm),))


def _diff(_key: str, before: object | None, after: object) -> object | None:
    assert isinstance(after, Thing)
    return patch_of(before if isinstance(before, Thing) else None, after)


def _view(things: dict[str, Thing], profile: Profile = Profile.PANEL) -> View:
    view = View(Topic("things"), profile, things)
    assert isinstance(view.take(_diff, 0), Snapshot)
    return view


@pytest.mark.parametrize(
    ("after", "weight"),
    [
        (_WARM, Weight.NOTHING),
        (replace(_WARM), Weight.NOTHING),
        (replace(_WARM, oven=Oven(60.4, 60.0)), Weight.NOTHING),
        (replace(_WARM, oven=Oven(60.5, 60.0)), Weight.NUMBERS),
        (replace(_WARM, oven=Oven(59.5, 60.0)), Weight.NUMBERS),
        (replace(_WARM, oven=Oven(60.0, 200.0)), Weight.NUMBERS),
        (replace(_WARM, progress_pct=11), Weight.NUMBERS),
        (replace(_WARM, oven=Oven(None, 60.0)), Weight.STATE),
        (replace(_WARM, oven=None), Weight.STATE),
        (replace(_WARM, state="busy"), Weight.STATE),
        (replace(_WARM, state="busy", progress_pct=11), Weight.STATE),
        (replace(_WARM, faults=("hot",)), Weight.STATE),
        (replace(_WARM, slots=(Oven(20.0),)), Weight.STATE),
    ],
)
def test_what_a_change_weighs(after: Thing, weight: Weight) -> None:
    assert weigh(_WARM, after) is weight


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        (_NOW, _NOW, Weight.NOTHING),
        (_NOW, _NOW + timedelta(seconds=1), Weight.NUMBERS),
        ({"progress": 0.5}, {"progress": 0.505}, Weight.NOTHING),
        ({"progress": 0.5}, {"progress": 0.51}, Weight.NUMBERS),
        ({"id": 1}, {"id": 2}, Weight.STATE),
        ({"a": 1}, {"b": 1}, Weight.STATE),
        (True, False, Weight.STATE),
        (1, True, Weight.STATE),
        ([25.1], [25.1], Weight.NOTHING),
    ],
)
def test_what_other_values_weigh(before: object, after: object, weight: Weight) -> None:
    assert weigh(before, after) is weight


@pytest.mark.parametrize(
    ("change", "weight"),
    [
        ({"activity": Activity.PAUSED}, Weight.STATE),
        ({"job": Job(name="vase", progress_pct=5, layer=3)}, Weight.NUMBERS),
        ({"job": Job(name="vase", progress_pct=4, stage="heating")}, Weight.STATE),
        ({"job": Job(name="bowl", progress_pct=4)}, Weight.STATE),
        ({"temperatures": Temperatures(nozzles=(Heat(220.4, 220),))}, Weight.NOTHING),
        ({"temperatures": Temperatures(nozzles=(Heat(221, 220),))}, Weight.NUMBERS),
        ({"wifi_dbm": -51}, Weight.NUMBERS),
        ({"temperatures": _others(60.3)}, Weight.STATE),
        ({"sensors": _room(21.4)}, Weight.NOTHING),
        ({"sensors": _room(21.6)}, Weight.NUMBERS),
        ({"sensors": _room(None)}, Weight.STATE),
        ({"fans": _exhaust(3050)}, Weight.NOTHING),
        ({"fans": _exhaust(3200)}, Weight.NUMBERS),
        ({"prompt": Prompt("Go on?")}, Weight.STATE),
        ({"active_spool_id": 8}, Weight.STATE),
    ],
)
def test_what_a_printers_change_weighs(change: dict[str, Any], weight: Weight) -> None:
    before = PrinterState(
        activity=Activity.PRINTING,
        job=Job(name="vase", progress_pct=4, layer=2),
        temperatures=Temperatures(nozzles=(Heat(220.0, 220),)),
        wifi_dbm=-50,
        sensors=_room(21.0),
        fans=_exhaust(3000),
        active_spool_id=7,
    )
    assert weigh(before, replace(before, **change)) is weight


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        (_others(60.0), _others(60.4), Weight.NOTHING),
        (_others(60.0), _others(60.5), Weight.NUMBERS),
        (
            Job(used_mm=1000.0, elapsed_s=10),
            Job(used_mm=1050.0, elapsed_s=10),
            Weight.NOTHING,
        ),
        (Job(used_mm=1000.0), Job(used_mm=1100.0), Weight.NUMBERS),
        (Job(elapsed_s=10), Job(elapsed_s=11), Weight.NUMBERS),
        (
            Speed(percent=100, flow_pct=95),
            Speed(percent=100, flow_pct=96),
            Weight.NUMBERS,
        ),
    ],
)
def test_what_the_numbers_of_other_machines_weigh(
    before: object, after: object, weight: Weight
) -> None:
    assert weigh(before, after) is weight


def test_many_changes_between_two_sends_make_one_patch() -> None:
    things = {"a": Thing()}
    view = _view(things)
    for percent in range(10):
        things["a"] = replace(things["a"], progress_pct=percent)
        assert view.note(["a"])
    patch = view.take(_diff, 1)
    assert isinstance(patch, Patch)
    assert (patch.revision, patch.changed) == (2, {"a": {"progress_pct": 9}})
    assert view.take(_diff, 1) is None


def test_a_change_that_was_undone_says_nothing_and_counts_for_nothing() -> None:
    things = {"a": Thing()}
    view = _view(things)
    things["a"] = Thing(state="busy")
    view.note(["a"])
    things["a"] = Thing()
    view.note(["a"])
    assert view.take(_diff, 1) is None
    assert view.revision == 1


def test_what_came_and_went_unseen_is_not_mentioned() -> None:
    things: dict[str, Thing] = {}
    view = _view(things)
    view.note(["a"])
    assert view.take(_diff, 1) is None


def test_a_topic_of_one_thing_hears_nothing_of_others() -> None:
    things = {"a": Thing(), "b": Thing()}
    view = View(Topic("things", "a"), Profile.PANEL, things)
    snapshot = view.take(_diff, 0)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.data.keys() == {"a"}
    assert not view.note(["b"])
    assert view.note(["a", "b"])


def test_entities_get_state_at_once_and_measurements_on_the_beat() -> None:
    things = {"a": _WARM}
    view = _view(things, Profile.ENTITIES)
    things["a"] = replace(_WARM, oven=Oven(61.0, 60.0))
    assert not view.note(["a"])
    assert view.take(_diff, 0.1) is None
    assert view.release()
    patch = view.take(_diff, 1)
    assert isinstance(patch, Patch)
    things["a"] = replace(things["a"], state="busy", progress_pct=11)
    assert view.note(["a"])
    patch = view.take(_diff, 1.1)
    assert isinstance(patch, Patch)
    assert patch.changed == {"a": {"state": "busy", "progress_pct": 11}}
    assert not view.release()


def test_entities_hear_nothing_of_what_stays_inside_the_dead_band() -> None:
    things = {"a": _WARM}
    view = _view(things, Profile.ENTITIES)
    for current_c in (60.2, 60.4, 59.7, 60.4):
        things["a"] = replace(_WARM, oven=Oven(current_c, 60.0))
        assert not view.note(["a"])
        assert not view.release()
    # The band lies around what was sent last, so a slow drift is told in the end.
    things["a"] = replace(_WARM, oven=Oven(60.6, 60.0))
    assert not view.note(["a"])
    assert view.release()


def test_whoever_keeps_asking_gets_one_snapshot_a_second() -> None:
    view = _view({"a": Thing()})
    view.want_snapshot()
    assert view.take(_diff, 0.5) is None
    assert view.release()
    snapshot = view.take(_diff, 1.0)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.revision == 2


def test_an_allowance_slows_down_who_sends_too_fast() -> None:
    allowance = Allowance(rate_hz=10, burst=5)
    assert [allowance.spend(0, 1) for _ in range(5)] == [0] * 5
    assert allowance.spend(0, 1) == pytest.approx(0.1)
    assert allowance.spend(0, 10) == pytest.approx(1.1)
    assert allowance.spend(60, 5) == 0


_ovens = st.builds(
    Oven, st.none() | st.floats(0, 300, width=16), st.none() | st.just(60.0)
)
_things = st.builds(
    Thing,
    st.sampled_from(["idle", "busy"]),
    st.none() | _ovens,
    st.none() | st.integers(0, 100),
    st.lists(st.sampled_from(["hot", "cold"]), max_size=2).map(tuple),
    st.lists(_ovens, max_size=2).map(tuple),
)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abc"), st.none() | _things),
        st.tuples(st.sampled_from(["take", "resync", "beat"])),
    ),
    max_size=40,
)


@given(st.dictionaries(st.sampled_from("abc"), _things), _steps)
def test_a_mirror_that_hears_everything_ends_with_the_truth(
    things: dict[str, Thing], steps: list[tuple[Any, ...]]
) -> None:
    view = View(Topic("things"), Profile.PANEL, things)
    mirror = Mirror()
    now_s = 0.0

    def take() -> None:
        message = view.take(_diff, now_s)
        if message is not None:
            mirror.hear(orjson.loads(encode(message)))

    for step in steps:
        match step:
            case ("put", key, None):
                things.pop(key, None)
                view.note([key])
            case ("put", key, thing):
                things[key] = thing
                view.note([key])
            case ("resync",):
                view.want_snapshot()
            case ("beat",):
                now_s += 1
                view.release()
            case _:
                take()
    now_s += 1
    take()
    assert mirror.gaps == 0
    truth = {key: _diff(key, None, thing) for key, thing in things.items()}
    assert mirror.objects == orjson.loads(orjson.dumps(truth))


@given(_things, _things)
def test_entities_end_within_the_dead_band_of_the_truth(
    before: Thing, after: Thing
) -> None:
    things = {"a": before}
    view = _view(things, Profile.ENTITIES)
    things["a"] = after
    view.note(["a"])
    view.release()
    if view.take(_diff, 1) is None:
        assert weigh(before, after) is Weight.NOTHING
