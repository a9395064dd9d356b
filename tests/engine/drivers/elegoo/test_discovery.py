import socket
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from odin_engine.drivers.printers.elegoo.family import ElegooFamily, make
from odin_engine.printers.ports import AsksForKey, FieldKind, Found, Surroundings
from tests.engine.drivers.elegoo.cc2_rigs import simulated_cc2
from tests.engine.drivers.elegoo.rigs import simulated


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _family(port: int) -> ElegooFamily:
    ports = {"search": port, "search_cc2": port}
    return ElegooFamily(IPv4Address("127.0.0.1"), ports)


async def test_machines_of_one_address_are_all_found() -> None:
    port = _free_port()
    async with (
        simulated("centauri-carbon", broadcast_port=port) as carbon,
        simulated("mars-5-ultra", broadcast_port=port, serial="ab" * 16) as mars,
    ):
        found: dict[str | None, Found] = {}
        async for each in _family(port).discover(2):
            found[each.serial] = each
            if len(found) == 2:
                break
        first = found[carbon.printer.serial]
        assert (first.family, first.model, first.name) == (
            "elegoo",
            "Centauri Carbon",
            "Ada",
        )
        assert first.ports == carbon.printer.ports
        assert found[mars.printer.serial].model == "Mars 5 Ultra"


async def test_a_machine_is_probed_at_its_address() -> None:
    async with simulated() as rig:
        found = await ElegooFamily().probe("127.0.0.1", rig.printer.ports)
        assert found is not None
        assert (found.serial, found.host) == (rig.printer.serial, "127.0.0.1")
        assert found.ports == rig.printer.ports


async def test_a_carbon_2_is_found_and_probed() -> None:
    port = _free_port()
    async with simulated_cc2(broadcast_port=port) as rig:
        found = [each async for each in _family(port).discover(0.5)]
        assert [(each.serial, each.model) for each in found] == [
            (rig.printer.serial, "Centauri Carbon 2")
        ]
        assert found[0].options == rig.printer.options
        assert found[0].ports == rig.printer.ports
        probed = await ElegooFamily().probe("127.0.0.1", rig.printer.ports)
        assert probed is not None
        assert probed.options == rig.printer.options


async def test_nobody_is_nobody() -> None:
    assert await ElegooFamily().probe("127.0.0.1", {"search": _free_port()}) is None
    assert [each async for each in _family(_free_port()).discover(0.2)] == []


def test_what_the_family_says_of_itself(tmp_path: Path) -> None:
    family = make(Surroundings(tmp_path))
    assert (family.name, family.label) == ("elegoo", "Elegoo")
    assert family.fields[0].name == "host"
    assert all(field.label for field in family.fields)
    required = [field.name for field in family.fields if field.is_required]
    assert required == ["host"]
    secret = next(each for each in family.fields if each.kind is FieldKind.SECRET)
    assert "Carbon 2" in secret.help
    assert set(family.file_kinds) == {".gcode", ".goo", ".ctb", ".prz"}
    assert family.filament_presets() == ()
    assert not isinstance(family, AsksForKey)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"7",
        b'{"a": 1}\n{"b": 2}',
        b'[{"Status": {}}, 5]',
    ],
)
def test_any_file_is_read(data: bytes) -> None:
    family = ElegooFamily()
    family.replay(family.read_recording(data).records)


def test_frames_in_lines_are_a_recording() -> None:
    lines = b'\n{"Status":{"CurrentStatus":[1],"PrintInfo":{"Status":13}}}\nnonsense\n'
    recording = ElegooFamily().read_recording(lines)
    assert len(recording.records) == 1
    assert recording.bad_lines == (3,)
