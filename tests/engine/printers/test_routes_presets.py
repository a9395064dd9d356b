from httpx import AsyncClient

from odin_engine.printers.model import FilamentPreset
from tests.engine.printers.farm import Farm


async def test_the_filaments_of_a_printers_family(
    farm: Farm, admin: AsyncClient
) -> None:
    at = f"/printers/{await farm.add()}/filament-presets"
    answer = await admin.get(at)
    assert (answer.status_code, answer.json()) == (200, {"items": []})
    farm.family.presets = (FilamentPreset("X1", "PLA Red", "PLA", 190, 230, 60),)
    answer = await admin.get(at)
    assert answer.json()["items"] == [
        {
            "id": "X1",
            "name": "PLA Red",
            "material": "PLA",
            "nozzle_min_c": 190,
            "nozzle_max_c": 230,
            "bed_c": 60,
            "drying_c": None,
            "drying_hours": None,
        }
    ]


async def test_a_printer_that_nobody_has(admin: AsyncClient) -> None:
    answer = await admin.get("/printers/nobody/filament-presets")
    assert (answer.status_code, answer.json()["code"]) == (404, "printer_not_found")


async def test_units_show_their_drying_bounds(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    await farm.go()
    shown = (await admin.get(f"/printers/{printer_id}")).json()
    dryer, external = shown["filament_units"]
    bounds = dryer["drying_bounds"]
    assert bounds == {"min_c": 35, "max_c": 65, "min_hours": 1, "max_hours": 24}
    assert external["drying_bounds"] is None
    body = {"target_c": bounds["max_c"] + 1, "hours": 4, "material": "PLA"}
    refused = await admin.post(
        f"/printers/{printer_id}/ams/{dryer['id']}/dry", json=body
    )
    assert refused.status_code == 422
    assert "/target_c" in refused.text
