"""Connecting, losing, falling silent and coming back, for whatever driver."""



from odin_engine.printers.model import (
    Activity,
    LinkStatus,
)
from tests.engine.printers.farm import Farm


async def test_a_printer_is_online_with_its_first_report(farm: Farm) -> None:
    printer_id = await farm.add()
    assert farm.state(printer_id).link is LinkStatus.ONLINE
    assert farm.state(printer_id).activity is Activity.IDLE
