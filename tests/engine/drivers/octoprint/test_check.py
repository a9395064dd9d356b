"""The connection check, the probe and the asking for a key, over the real wire."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from odin_engine.drivers.printers.octoprint.family import OctoprintFamily, make
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import LoginRejected, NotSupported, Unreachable
from odin_engine.printers.ports import (
    AsksForKey,
    Check,
    Connection,
    DriverFamily,
    FieldKind,
    Surroundings,
)
from tests.engine.doubles import ManualClock
from tests.engine.drivers.octoprint.rigs import OctoprintRig, simulated
from tests.patience import PATIENCE_S


@pytest.fixture
async def rig() -> AsyncIterator[OctoprintRig]:
    async with simulated() as rig:
        yield rig


@pytest.fixture
def family(tmp_path: Path) -> OctoprintFamily:
    return make(Surroundings(tmp_path, IPv4Address("127.0.0.1")))


async def checks(family: DriverFamily, connection: Connection) -> dict[str, Check]:
    checked = await family.check(connection, SystemClock(), LoopTicker())
    return {check.step: check for check in checked.checks}


async def test_all_is_well(rig: OctoprintRig, family: OctoprintFamily) -> None:
    checked = await family.check(rig.connection, SystemClock(), LoopTicker())
    assert checked.state is not None
    assert [(check.step, check.ok) for check in checked.checks] == [
        ("address", True),
        ("identity", True),
        ("login", True),
        ("report", True),
        ("machine", True),
        ("storage", True),
        ("camera", True),
        ("clock", None),
        ("firmware", True),
    ]


async def test_each_trouble_is_told_where_it_is(
    rig: OctoprintRig, family: OctoprintFamily
) -> None:
    found = await checks(family, replace(rig.connection, secret="x" * 32))
    assert found["login"].ok is False
    assert "Application Keys" in (found["login"].remedy or "")
    found = await checks(family, replace(rig.connection, secret=None))
    assert found["login"].ok is False
    rig.server.act("disconnect")
    found = await checks(family, rig.connection)
    assert (found["login"].ok, found["machine"].ok) == (True, False)
    rig.server.misbehave("imposter")
    found = await checks(family, rig.connection)
    assert (found["identity"].ok, found["login"].ok) == (False, None)
    assert "Moonraker" in found["identity"].detail
    await rig.server.__aexit__(None, None, None)
    found = await checks(family, rig.connection)
    assert found["address"].ok is False
    await rig.server.__aenter__()


async def test_one_address_is_asked(rig: OctoprintRig, family: OctoprintFamily) -> None:
    found = await family.probe("127.0.0.1", rig.connection.ports)
    assert found is not None
    assert (found.family, found.ports) == ("octoprint", dict(rig.connection.ports))
    assert rig.logins == 0
    rig.server.misbehave("imposter")
    assert await family.probe("127.0.0.1", rig.connection.ports) is None


async def test_nobody_there_is_none(family: OctoprintFamily) -> None:
    assert await family.probe("127.0.0.1", {"http": 1}) is None


async def _decided(rig: OctoprintRig, family: OctoprintFamily, word: str | None) -> str:
    assert isinstance(family, AsksForKey)
    clock = ManualClock()
    connection = replace(rig.connection, secret=None)
    asking = asyncio.create_task(family.ask_for_key(connection, clock, clock))
    async with asyncio.timeout(PATIENCE_S):
        while not asking.done():
            await clock.advance(1)
            if word is not None and rig.server.keys.is_asked:
                rig.server.act(word)
    return await asking


async def test_a_key_that_a_person_allows(
    rig: OctoprintRig, family: OctoprintFamily
) -> None:
    assert await _decided(rig, family, "allow_key") == rig.connection.secret


async def test_a_key_that_a_person_denies(
    rig: OctoprintRig, family: OctoprintFamily
) -> None:
    with pytest.raises(LoginRejected, match="denied"):
        await _decided(rig, family, "deny_key")


async def test_a_key_that_nobody_decides(
    rig: OctoprintRig, family: OctoprintFamily
) -> None:
    with pytest.raises(LoginRejected, match="five minutes"):
        await _decided(rig, family, None)


async def test_a_server_that_gives_no_keys(family: OctoprintFamily) -> None:
    async with simulated() as rig:
        prefixed = replace(rig.connection, options={"prefix": "elsewhere"})
        with pytest.raises(NotSupported):
            await family.ask_for_key(prefixed, SystemClock(), LoopTicker())
    with pytest.raises(Unreachable):
        await family.ask_for_key(rig.connection, SystemClock(), LoopTicker())


def test_what_a_person_says(family: OctoprintFamily) -> None:
    assert family.name == "octoprint"
    assert family.fields[0].name == "host"
    kinds = {field.name: field.kind for field in family.fields}
    assert kinds["secret"] is FieldKind.SECRET
    assert kinds["ports/http"] is FieldKind.NUMBER
    assert all(field.label and field.help for field in family.fields)
    assert family.filament_presets() == ()
    assert ".gcode" in family.file_kinds
