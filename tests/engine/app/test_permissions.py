"""Every route of the whole engine, through both prefixes, against everybody."""

from tests.engine.app.conftest import House
from tests.engine.identity.matrix import check_matrix, doors, undeclared


async def test_each_route_lets_in_exactly_who_may_enter(house: House) -> None:
    asked = await check_matrix(house.app, house.clients)
    assert asked > 500


async def test_no_route_is_without_a_declaration(house: House) -> None:
    assert undeclared(house.app) == set()
    assert {"/healthz", "/api/v1/printers/emergency-stop"} <= {
        door.path for door in doors(house.app)
    }
