"""The client alone: what it makes of answers, patches and gaps, without Home Assistant."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.odin.client import (
    Activity,
    CannotConnect,
    Control,
    EngineError,
    Farm,
    InvalidAuth,
    LightMode,
    LiveEvent,
    LiveLink,
    NotAllowed,
    OdinClient,
    Person,
    Printer,
    Refused,
    Rejected,
    Role,
    SlotRef,
    SpeedLevel,
)
from custom_components.odin.client.decode import Unreadable, decode, decoder_of
from custom_components.odin.client.mirror import Gap, Mirror, merged
from custom_components.odin.client.models import Detector
from tests.e2e.apart import Machines
from tests.integration.conftest import until
from tests.integration.farm import Engine

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def _printer(**other: object) -> dict[str, Any]:
    return {"id": "p", "name": "Ada", "activity": "idle", "faults": []} | other


# Reading what was told


def test_a_newer_engine_is_understood_as_far_as_possible() -> None:
    told = _printer(
        activity="dreaming",
        control="allowed",
        link="telepathic",
        brand_new={"a": 1},
        temperatures={"bed": {"current_c": 20, "target_c": None, "phase": "x"}},
        faults=[{"code": "1", "severity": "odd"}, {"text": "no code"}, "nonsense"],
        nozzles="none",
        job={"started_at": "2026-11-01T08:00:00Z", "layer": True},
    )
    printer = decode(Printer, told)
    assert printer.activity is None
    assert printer.link is None
    assert printer.control is Control.ALLOWED
    assert printer.temperatures.bed is not None
    assert printer.temperatures.bed.current_c == 20.0
    assert [fault.code for fault in printer.faults] == ["1"]
    assert printer.nozzles == ()
    assert printer.job is not None
    assert printer.job.started_at is not None
    assert printer.job.layer is None


@pytest.mark.parametrize("instant", ["yesterday", "2026-11-01T08:00:00", 5])
def test_an_instant_that_is_none_is_unknown(instant: object) -> None:
    printer = decode(Printer, _printer(job={"started_at": instant}))
    assert printer.job is not None
    assert printer.job.started_at is None


@pytest.mark.parametrize("told", [None, [], "x", {}, {"id": "p"}, {"name": 5}])
def test_what_is_no_printer_is_refused(told: object) -> None:
    with pytest.raises(Unreadable):
        decode(Printer, told)


@given(_JSON)
def test_nothing_breaks_the_reading(told: Any) -> None:  # noqa: ANN401 - JSON
    known = list(Printer.__dataclass_fields__)
    for name in known:
        printer = decode(Printer, _printer() | {name: told, "id": "p", "name": "n"})
        assert printer.id == "p"


@dataclass(frozen=True)
class _Ports:
    ports: Mapping[str, int]


def test_objects_are_read_by_their_values() -> None:
    assert decode(_Ports, {"ports": {"mqtt": 1}}).ports == {"mqtt": 1}
    with pytest.raises(Unreadable):
        decode(_Ports, {"ports": 5})
    for nonsense in (bytes, dict[str, int], list[int]):
        with pytest.raises(TypeError):
            decoder_of(nonsense)


# Following


def test_patches_follow_a_snapshot() -> None:
    mirror = Mirror(Printer)
    assert mirror.snapshot(1, {"p": _printer(), "q": "nonsense"}) == {"p"}
    before = mirror.values["p"]
    assert mirror.patch(2, {"p": {"activity": "printing"}}, []) == {"p"}
    after = mirror.values["p"]
    assert after.activity is Activity.PRINTING
    assert after.temperatures is before.temperatures
    mirror.patch(3, {"q": _printer(id="q")}, ["p"])
    assert set(mirror.values) == set(mirror.raw) == {"q"}


def test_a_gap_asks_for_a_snapshot() -> None:
    mirror = Mirror(Printer)
    with pytest.raises(Gap):
        mirror.patch(1, {}, [])
    mirror.snapshot(1, {"p": _printer()})
    with pytest.raises(Gap):
        mirror.patch(3, {"p": {"activity": "printing"}}, [])
    with pytest.raises(Gap):
        mirror.patch(2, {"p": {"activity": "printing"}}, [])
    assert mirror.snapshot(4, {"p": _printer(activity="paused")}) == {"p"}
    assert mirror.values["p"].activity is Activity.PAUSED


def test_a_snapshot_leaves_what_is_equal() -> None:
    mirror = Mirror(Printer)
    mirror.snapshot(1, {"p": _printer(job={"name": "x"}), "q": _printer(id="q")})
    before = dict(mirror.values)
    told = {"p": _printer(job={"name": "x"}, activity="paused"), "q": _printer(id="q")}
    assert mirror.snapshot(2, told) == {"p"}
    assert mirror.values["q"] is before["q"]
    assert mirror.values["p"].job is before["p"].job


def test_a_patch_that_cannot_be_read_changes_nothing() -> None:
    mirror = Mirror(Printer)
    mirror.snapshot(1, {"p": _printer()})
    mirror.patch(2, {"p": {"name": 5}, "q": {"name": "no id"}}, [])
    assert mirror.values["p"].name == "Ada"
    assert set(mirror.values) == {"p"}


@given(_JSON, _JSON)
def test_a_merge_patch_ends_with_what_it_says(before: Any, change: Any) -> None:  # noqa: ANN401 - JSON
    after = merged(before, change)
    if isinstance(change, dict):
        assert change.keys() <= after.keys()
    else:
        assert after is change
    assert repr(merged(after, change)) == repr(after)


# Against an engine


async def test_every_verb_is_one_the_engine_knows(
    client: OdinClient, engine: Engine
) -> None:
    ada, slot = engine.printers["Ada"], SlotRef(0, 0)
    what = {
        "preset_id": "GFL99",
        "material": "PLA",
        "color": "#FF0000FF",
        "nozzle_min_c": 190,
        "nozzle_max_c": 240,
    }
    verbs = [
        client.set_light(ada, "chamber", LightMode.ON),
        client.set_speed(ada, SpeedLevel.STANDARD),
        client.set_fan(ada, "part", 40),
        client.set_fan(ada, "part", 0),
        client.set_nozzle_temperature(ada, 0),
        client.set_bed_temperature(ada, 0),
        client.set_chamber_temperature(ada, 0),
        client.home(ada),
        client.send_gcode(ada, ["M115"]),
        client.set_timelapse(ada, is_on=False),
        client.set_detector(ada, Detector("spaghetti"), is_on=True),
        client.set_maintenance(ada, is_on=False),
        client.refresh(ada),
        client.read_slot(ada, slot),
        client.load_slot(ada, slot),
        client.unload(ada),
        client.configure_slot(ada, SlotRef(0, 3), what),
        client.start_drying(ada, 0, 55, 4, "PLA"),
        client.stop_drying(ada, 0),
        client.clear_plate(ada),
        client.clear_errors(ada),
        client.pause(ada),
        client.resume(ada),
        client.stop(ada),
        client.skip_objects(ada, [1], total=2),
        client.print_details(ada),
        client.print_picture(ada),
        client.camera_frame(ada, "nozzle/cam"),
        client.certificates(ada),
        client.trust_certificate(ada, "0" * 64, "1" * 64),
    ]
    for verb in verbs:
        refusal: EngineError | None = None
        try:
            await verb
        except EngineError as error:
            refusal = error
        # A refusal is an answer; a request that makes no sense is a bug here.
        if isinstance(refusal, Rejected):
            assert refusal.code == "printer_out_of_bounds", refusal.facts
        assert refusal is None or refusal.code, refusal
    (stopped,) = await client.emergency_stop([ada])
    assert stopped.printer_id == ada
    assert stopped.is_confirmed == (stopped.outcome == "confirmed")
    assert await client.tags() == ("hall", "lab")


async def test_refusals_are_told_apart(client: OdinClient, engine: Engine) -> None:
    ada = engine.printers["Ada"]
    with pytest.raises(Refused) as refused:
        await client.pause(ada)
    assert refused.value.code == "printer_not_now"
    assert not refused.value.is_outside
    viewer = client.acting_for(Person("someone", Role.VIEWER))
    with pytest.raises(NotAllowed):
        await viewer.pause(ada)
    with pytest.raises(Rejected):
        await client.acting_for(Person("no one!", Role.VIEWER)).pause(ada)


async def test_a_stranger_gets_nothing(
    session: aiohttp.ClientSession, engine: Engine
) -> None:
    stranger = OdinClient(session, engine.url)
    assert (await stranger.info()).engine_id == engine.engine_id
    with pytest.raises(InvalidAuth):
        await stranger.login()
    with pytest.raises(InvalidAuth):
        await LiveLink(OdinClient(session, engine.url, "odin_nonsense")).open()


class _Ear:
    def __init__(self) -> None:
        self.changed: frozenset[str] | None = None
        self.farms: list[Farm] = []
        self.events: list[LiveEvent] = []
        self.lost: list[EngineError] = []

    def on_farm(self, farm: Farm, changed: frozenset[str] | None) -> None:
        self.changed = changed
        self.farms.append(farm)

    def on_event(self, event: LiveEvent) -> None:
        self.events.append(event)

    def on_lost(self, error: EngineError) -> None:
        self.lost.append(error)


async def test_a_link_follows_until_it_is_cancelled(
    client: OdinClient, machines: Machines
) -> None:
    link, ear = LiveLink(client), _Ear()
    with pytest.raises(CannotConnect):
        _ = link.farm
    with pytest.raises(CannotConnect):
        await link.resync()
    await link.open()
    running = asyncio.create_task(link.run(ear))
    await link.resync()
    assert len(ear.farms) >= 1
    machines.act("Ada", "open_door")
    await until(lambda: any(each.name == "door_changed" for each in ear.events))
    machines.act("Ada", "close_door")
    running.cancel()
    await asyncio.wait([running])
    assert not link.is_open
    assert ear.lost == []


async def test_a_link_comes_back_by_itself(client: OdinClient, engine: Engine) -> None:
    link, ear = LiveLink(client), _Ear()
    running = asyncio.create_task(link.run(ear))
    await until(lambda: ear.farms)
    await link.close()
    await until(lambda: ear.lost)
    told = len(ear.farms)
    await until(lambda: len(ear.farms) > told)
    running.cancel()
    await asyncio.wait([running])


def test_the_client_knows_nothing_of_home_assistant() -> None:
    check = (
        "import sys, custom_components.odin.client.rest as m;"
        "print([n for n in sys.modules if n.split('.')[0] == 'homeassistant'])"
    )
    # The package above it is Home Assistant's, so the client is loaded beside it.
    program = (
        "import importlib.util, sys, types;"
        "sys.modules['custom_components'] = types.ModuleType('custom_components');"
        "odin = types.ModuleType('custom_components.odin');"
        "odin.__path__ = ['custom_components/odin'];"
        "sys.modules['custom_components.odin'] = odin;" + check
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
