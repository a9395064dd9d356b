"""The simulated machines as a farm treats them."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from odin_engine.simulator.elegoo import make
from odin_engine.simulator.kinds import Make, Simulated, find
from odin_engine.simulator.plain import Activity, PlainJob

_VARIANTS = (
    "centauri-carbon",
    "centauri",
    "saturn-4-ultra",
    "mars-5-ultra",
    "centauri-carbon-2",
)
_MAKE: Make = make


def _made(folder: Path, variant: str, **options: Any) -> Simulated:  # noqa: ANN401 - the family's own
    return _MAKE(
        "Ada",
        state_dir=folder,
        clock_factor=0,
        variant=variant,
        is_found=False,
        **options,
    )


@pytest.mark.parametrize("variant", _VARIANTS)
async def test_every_variant_opens_and_closes_and_opens(
    variant: str, tmp_path: Path
) -> None:
    machine = _made(tmp_path, variant)
    for _ in range(2):
        async with machine:
            assert machine.is_on
            assert all(machine.ports.values())
        assert not machine.is_on


@pytest.mark.parametrize("variant", _VARIANTS)
async def test_every_misbehaviour_begins_and_ends(variant: str, tmp_path: Path) -> None:
    async with _made(tmp_path, variant) as machine:
        for word, sentence in machine.misbehaviours.items():
            assert sentence.endswith(".")
            machine.misbehave(word)
            machine.behave(word)
        with pytest.raises(ValueError, match="no misbehaviour"):
            machine.misbehave("dance")
        with pytest.raises(ValueError, match="nobody can do"):
            machine.act("dance")


@pytest.mark.parametrize("variant", _VARIANTS)
def test_a_job_outlives_the_process(variant: str, tmp_path: Path) -> None:
    machine = _made(tmp_path, variant)
    machine.start_job(PlainJob("part", print_s=100), 0.5)
    kept = machine.keep()
    later = _made(tmp_path, variant)
    later.restore(kept)
    assert later.machine.job is not None
    assert later.machine.job.name == "part"
    assert later.machine.progress == pytest.approx(0.5)


def test_a_resin_machine_runs_its_job_to_the_end(tmp_path: Path) -> None:
    machine = _made(tmp_path, "mars-5-ultra")
    machine.start_job(PlainJob("part", print_s=60))
    machine.machine.advance(120)
    assert machine.machine.activity is Activity.FINISHED


def test_what_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="centauri-carbon-2"):
        _made(tmp_path, "photon")
    with pytest.raises(ValueError, match="no secret"):
        _made(tmp_path, "centauri", secret="x")
    assert _made(tmp_path, "centauri-carbon-2", secret="x").secret == "x"


def test_the_farm_finds_the_family() -> None:
    kind = find("elegoo")
    assert kind.ports["web"] == 3030
    assert "drop_link" in kind.once


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", "7", '{"Data":7}', '{"Data":{"Cmd":"x"}}', "[" * 2000],
)
async def test_nonsense_does_not_bring_it_down(frame: str, tmp_path: Path) -> None:
    async with (
        _made(tmp_path, "centauri-carbon") as machine,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"http://127.0.0.1:{machine.ports['web']}/websocket") as one,
    ):
        await one.send_str(frame)
        await one.send_str("ping")
        assert await one.receive_str() == "pong"
        bad = {"Cmd": 403, "Data": {"TargetFanSpeed": 7}, "RequestID": "r"}
        await one.send_json({"Data": {**bad, "MainboardID": ""}})
        assert (await one.receive_json())["Data"]["Data"] == {"Ack": 1}
