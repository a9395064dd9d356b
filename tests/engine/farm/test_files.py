"""What is on the plates of a file, known from the upload or read on the machine."""

from pathlib import Path

import pytest

from odin_engine.printers.model import PictureNotFound, PrintFileUnavailable, SlotRef
from odin_engine.printers.model.matching import proposed
from odin_engine.printers.service.uploads import FilePlate
from tests.engine.drivers.bambu.slices import PNG, info, write_3mf
from tests.engine.farm.test_details import send, turnstile
from tests.engine.farm.yard import Place, Yard

_FILE = "cube.gcode.3mf"


async def plates(place: Place) -> list[FilePlate]:
    uploads = place.yard.printers.uploads
    return await place.yard.in_time(uploads.plates(place.id, _FILE))


async def test_what_we_sent_is_known_and_what_was_forgotten_is_read(
    yard: Yard, tmp_path: Path
) -> None:
    async with turnstile(yard, "P1S") as (place, gate):
        await send(place, write_3mf(tmp_path / "x.3mf", info=info("C12")))
        entries = gate.entries
        (sent,) = await plates(place)
        assert (sent.details.weight_g, sent.details.plate) == (20.5, 1)
        assert gate.entries == entries, "the machine was asked for what we have"
        # Reached anew: it may be another machine.
        for is_enabled in (False, True):
            change = {"is_enabled": is_enabled}
            await yard.in_time(yard.printers.registry.edit(place.id, change))
        # Time passed meanwhile: on a busy machine an attempt may have been given up.
        await place.recovers()
        (read,) = await plates(place)
        assert read.details == sent.details
        assert gate.entries > entries
        picture = yard.printers.uploads.plate_picture(place.id, _FILE, 1)
        assert (await yard.in_time(picture))[1] == PNG
        with pytest.raises(PictureNotFound):
            await yard.printers.uploads.plate_picture(place.id, _FILE, 2)


async def test_a_file_that_is_gone_or_not_sliced_says_so(
    yard: Yard, tmp_path: Path
) -> None:
    place = await yard.add("H2D")
    plain = tmp_path / "x.3mf"
    plain.write_bytes(b"solid cube")
    await send(place, plain)
    with pytest.raises(PrintFileUnavailable, match="no 3MF") as caught:
        await plates(place)
    assert caught.value.because == "unreadable"
    (place.machine.card.root / _FILE).unlink()
    with pytest.raises(PrintFileUnavailable, match="not on the printer any more"):
        await plates(place)


async def test_each_filament_is_proposed_a_slot_of_its_head(
    yard: Yard, tmp_path: Path
) -> None:
    place = await yard.add("H2D")
    await send(place, write_3mf(tmp_path / "x.3mf"))
    (plate,) = await plates(place)
    units = {unit.id: unit for unit in place.state.filament_units}
    found = proposed(plate.details.filaments, plate.units)
    for filament, ref in zip(plate.details.filaments, found, strict=True):
        assert ref is None or isinstance(ref, SlotRef)
        if ref is not None:
            assert units[ref.unit].nozzle in {None, filament.head}
    assert any(found)
