"""Finding machines, and trying connections."""

from dataclasses import replace

import pytest

from odin_engine.kernel.fetch import AddressRefused
from odin_engine.printers.model import Unreachable
from odin_engine.printers.model.record import UnknownFamily
from odin_engine.printers.ports import Found
from tests.engine.printers.farm import Farm


def found(host: str, serial: str | None, family: str = "memory") -> Found:
    return Found(family, host, serial, None, None, "ssdp")


async def test_what_is_found_and_what_is_known(farm: Farm) -> None:
    printer_id = await farm.add(serial="MEM1")
    second = await farm.add("Berta", serial=None)
    farm.family.found = [
        found("10.0.0.55", "mem1"),
        found("10.0.0.55", "mem1"),
        found("10.0.0.2", None),
        found("10.0.0.3", "NEW"),
    ]
    told = await farm.printers.discovery.discover(1)
    assert [(each.found.serial, each.printer_id) for each in told] == [
        ("mem1", printer_id),
        (None, second),
        ("NEW", None),
    ]
    assert [each.name for each in farm.printers.discovery.families()] == ["memory"]


async def test_two_programs_at_one_address_are_two_machines(farm: Farm) -> None:
    printer_id = await farm.add(serial=None, host="10.0.0.1", ports={"web": 7125})
    farm.family.found = [
        replace(found("10.0.0.1", None), ports={"web": 7125}),
        replace(found("10.0.0.1", None), ports={"web": 7126}),
        # A machine that was registered without the serial that it now tells.
        replace(found("10.0.0.1", "NEW"), ports={"web": 7125}),
    ]
    told = await farm.printers.discovery.discover(1)
    assert [each.printer_id for each in told] == [printer_id, None, printer_id]


async def test_a_connection_is_tried_and_nothing_kept(farm: Farm) -> None:
    check = farm.printers.discovery.check
    checked = await check("memory", "10.0.0.9", "S", "code", {"mqtt": 1})
    assert [(step.step, step.ok) for step in checked.checks] == [
        ("report", True),
        ("control", True),
        ("camera", True),
        ("firmware", None),
    ]
    assert farm.printers.views() == {}
    farm.family.machine("10.0.0.9").unreachable = Unreachable("no")
    checked = await check("memory", "10.0.0.9")
    assert [(step.step, step.ok) for step in checked.checks] == [
        ("address", False),
        ("report", None),
        ("control", None),
        ("camera", None),
        ("firmware", None),
    ]
    with pytest.raises(UnknownFamily):
        await check("fax", "10.0.0.9")
    with pytest.raises(AddressRefused):
        await check("memory", "127.0.0.1")


async def test_a_registered_printer_is_tried_as_it_is(farm: Farm) -> None:
    printer_id = await farm.add()
    checked = await farm.printers.discovery.check_printer(printer_id)
    assert checked.certificate is not None
