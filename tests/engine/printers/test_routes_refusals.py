"""What is refused over HTTP: bad requests, and people who may not."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx import ASGITransport, AsyncClient

from odin_engine.identity import access
from odin_engine.identity.model import Role
from odin_engine.printers.model import (
    Activity,
)
from tests.engine.printers.farm import Farm
from tests.engine.printers.web import BODY, Login

BAD: list[tuple[str, str, Any]] = [
    ("post", "", {}),
    ("post", "", BODY | {"host": 5}),
    ("post", "", BODY | {"host": "http://x"}),
    ("post", "", BODY | {"host": "127.0.0.1"}),
    ("post", "", BODY | {"family": "fax"}),
    ("post", "", BODY | {"name": "a\u0000b"}),
    ("post", "", BODY | {"name": "\u202e"}),
    ("post", "", BODY | {"unknown": 1}),
    ("post", "", BODY | {"ports": {"mqtt": "8883"}}),
    ("post", "", BODY | {"ports": {"mqtt": True}}),
    ("post", "", BODY | {"ports": {"mqtt": 99999}}),
    ("post", "", BODY | {"tags": "PLA"}),
    ("post", "", BODY | {"tags": [None]}),
    ("post", "", BODY | {"is_enabled": 1}),
    ("post", "", BODY | {"is_enabled": "yes"}),
    ("post", "", BODY | {"heater_off_min": 1.5}),
    ("post", "", BODY | {"heater_off_min": -1}),
    ("post", "", []),
    ("post", "", None),
    ("patch", "{id}", {"name": None}),
    ("patch", "{id}", {"name": ""}),
    ("patch", "{id}", {"host": None}),
    ("patch", "{id}", {"family": "memory"}),
    ("patch", "{id}", {"ports": None}),
    ("patch", "{id}", {"tags": None}),
    ("patch", "{id}", {"id": "x"}),
    ("put", "order", {"ids": ["x"]}),
    ("put", "order", {"ids": "x"}),
    ("post", "bulk", {"ids": [], "action": "enable"}),
    ("post", "bulk", {"ids": ["x"], "action": "explode"}),
    ("post", "bulk", {"ids": ["x"], "action": "add_tag"}),
    ("post", "bulk", {"ids": [1], "action": "enable"}),
    ("put", "tags/x", {"name": " "}),
    ("post", "discover", {"seconds": 0}),
    ("post", "discover", {"seconds": 16}),
    ("post", "discover", {"seconds": "5"}),
    ("post", "check", {}),
    ("post", "check", BODY | {"family": "fax"}),
    ("post", "emergency-stop", {"ids": []}),
    ("post", "emergency-stop", {"id": "x"}),
    ("post", "{id}/maintenance", {}),
    ("post", "{id}/maintenance", {"is_on": "yes"}),
    ("post", "{id}/certificate/confirm", {"pinned": "x", "found": "y"}),
    ("post", "{id}/certificate/confirm", {"pinned": "a" * 64, "found": "b" * 64}),
    ("post", "{id}/light", {"mode": "dim"}),
    ("post", "{id}/light", {"mode": "on", "light": "moon"}),
    ("post", "{id}/light", {"light": "work"}),
    ("post", "{id}/speed", {}),
    ("post", "{id}/speed", {"level": "sport", "percent": 100}),
    ("post", "{id}/speed", {"percent": 24}),
    ("post", "{id}/speed", {"percent": 201}),
    ("post", "{id}/speed", {"percent": 100.5}),
    ("post", "{id}/speed", {"level": 3}),
    ("post", "{id}/fan", {"fan": "part"}),
    ("post", "{id}/fan", {"fan": "part", "percent": 1, "speed": 1}),
    ("post", "{id}/fan", {"fan": "part", "speed": 256}),
    ("post", "{id}/fan", {"fan": "part", "percent": -1}),
    ("post", "{id}/fan", {"fan": "nose", "percent": 1}),
    ("post", "{id}/temperature", {}),
    ("post", "{id}/temperature", {"nozzle_c": 200, "bed_c": 60}),
    ("post", "{id}/temperature", {"nozzle_c": 10**30}),
    ("post", "{id}/temperature", {"nozzle_c": -5}),
    ("post", "{id}/temperature", {"nozzle_c": "200"}),
    ("post", "{id}/temperature", {"nozzle_c": True}),
    ("post", "{id}/temperature", {"nozzle_c": 301}),
    ("post", "{id}/temperature", {"nozzle_c": 200, "nozzle": 1}),
    ("post", "{id}/jog", {"axis": "w", "distance_mm": 1}),
    ("post", "{id}/jog", {"axis": "x", "distance_mm": 1e308}),
    ("post", "{id}/jog", {"axis": "x", "distance_mm": 0}),
    ("post", "{id}/jog", {"axis": "x", "distance_mm": None}),
    ("post", "{id}/skip-objects", {"object_ids": []}),
    ("post", "{id}/skip-objects", {"object_ids": ["1"]}),
    ("post", "{id}/skip-objects", {"object_ids": [-1]}),
    ("post", "{id}/skip-objects", {"object_ids": [2**31]}),
    ("post", "{id}/calibrate", {"routines": []}),
    ("post", "{id}/calibrate", {"routines": ["lidar"]}),
    ("post", "{id}/calibrate", {"routines": ["magic"]}),
    ("post", "{id}/timelapse", {"enabled": 1}),
    ("post", "{id}/detectors/ghosts", {"enabled": True}),
    ("post", "{id}/detectors/spaghetti", {"enabled": True, "sensitivity": "max"}),
    ("post", "{id}/gcode", {"lines": []}),
    ("post", "{id}/gcode", {"lines": ["x" * 201]}),
    ("post", "{id}/gcode", {"lines": ["G28"] * 21}),
    ("post", "{id}/gcode", {"lines": ["G28\nM112"]}),
    ("post", "{id}/gcode", {"lines": "G28"}),
    ("post", "{id}/ams/refresh", {"unit": 9, "slot": 0}),
    ("post", "{id}/ams/refresh", {"unit": -1, "slot": 0}),
    ("post", "{id}/ams/load", {"unit": 0}),
    ("post", "{id}/ams/unload", {"nozzle": 1}),
    ("put", "{id}/ams/0/slots/0", {"preset_id": "GFL99"}),
    ("put", "{id}/ams/x/slots/0", {}),
    ("put", "{id}/ams/999/slots/0", {}),
    ("post", "{id}/ams/255/dry", {"target_c": 55, "hours": 8, "material": "PLA"}),
    ("post", "{id}/ams/0/dry", {"target_c": 95, "hours": 8, "material": "PLA"}),
    ("delete", "{id}/ams/9/dry", None),
    ("post", "{id}/print", {}),
    ("post", "{id}/print", {"file": "../x.3mf", "mapping": [{"unit": 0, "slot": 0}]}),
    ("post", "{id}/print", {"file": "x.3mf", "plate": 0}),
    ("post", "{id}/print", {"file": "x.3mf", "mapping": []}),
    ("post", "{id}/print", {"file": "x.3mf", "mapping": [{"unit": 0, "slot": 1}]}),
    ("post", "{id}/print", {"file": "x.3mf", "mapping": [5]}),
    ("post", "{id}/print", {"file": "x.3mf", "options": {"x": 1}}),
    ("post", "{id}/nozzles", {}),
    ("post", "{id}/nozzles", {"diameter_mm": 0}),
    ("post", "{id}/nozzles", {"diameter_mm": "0.4"}),
    ("post", "{id}/nozzles", {"diameter_mm": 0.4, "head": 7}),
    ("post", "{id}/nozzles", {"diameter_mm": 0.4, "at": "yesterday"}),
    ("post", "{id}/nozzles", {"diameter_mm": 0.4, "at": "2026-11-01T00:00:00"}),
    (
        "post",
        "{id}/nozzles",
        {"diameter_mm": 0.4, "at": "0001-01-01T00:00:00+14:00"},
    ),
    ("post", "{id}/nozzles", {"diameter_mm": 0.4, "at": 10**18}),
    ("get", "{id}/telemetry?since=x", None),
    ("get", "{id}/telemetry?points=1", None),
    ("get", "{id}/telemetry?points=99999", None),
    ("get", "{id}/telemetry?since=2026-11-01T00:00:00", None),
    ("get", "{id}/telemetry?since=0001-01-01T00:00:00%2B14:00", None),
    (
        "get",
        "{id}/telemetry?until=0001-01-01T00:00:00Z&since=9999-01-01T00:00:00Z",
        None,
    ),
    ("get", "{id}/ams/environment?since=2020-01-01T00:00:00Z", None),
    ("get", "{id}/prints?cursor=nonsense", None),
    ("get", "{id}/prints?limit=-1", None),
    ("get", "{id}/prints?result=great", None),
    ("get", "{id}/faults?sort=secret", None),
    ("get", "{id}/faults?severity=9", None),
    ("put", "{id}/files/..%2Fx.3mf", None),
    ("put", "{id}/files/.hidden", None),
    ("delete", "{id}/files/theirs.3mf", None),
    ("get", "{id}/camera/other/frame", None),
    ("get", "nobody", None),
    ("post", "nobody/pause", None),
    ("post", "nobody/emergency-stop", None),
    ("post", "nobody/refresh", None),
    ("get", "nobody/nozzle-status", None),
    ("get", "nobody/files", None),
    ("get", "x" * 65, None),
]


@pytest.mark.parametrize(
    ("method", "path", "body"), BAD, ids=[f"{m} {p} {b}" for m, p, b in BAD]
)
async def test_every_bad_request_is_refused_with_a_reason(
    farm: Farm,
    admin: AsyncClient,
    method: str,
    path: str,
    body: Any,  # noqa: ANN401 - whatever JSON
) -> None:
    printer_id = await farm.add("Zoe", serial="ZOE", host="10.0.9.9")
    place = f"/printers/{path}".rstrip("/").replace("{id}", printer_id)
    answer = await admin.request(method, place, json=body)
    assert 400 <= answer.status_code < 500, answer.text
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"]
    assert farm.machine(printer_id).told == []
    assert farm.state(printer_id).activity is Activity.IDLE


ROLES = [
    ("get", "/printers", Role.VIEWER),
    ("get", "/printers/{id}", Role.VIEWER),
    ("get", "/printers/{id}/prints", Role.VIEWER),
    ("get", "/printers/{id}/camera/main/frame", Role.VIEWER),
    ("post", "/printers/{id}/pause", Role.OPERATOR),
    ("post", "/printers/{id}/stop", Role.OPERATOR),
    ("post", "/printers/emergency-stop", Role.OPERATOR),
    ("post", "/printers/{id}/plate-cleared", Role.OPERATOR),
    ("put", "/printers/{id}/files/a.3mf", Role.OPERATOR),
    ("post", "/printers/{id}/certificate/confirm", Role.OPERATOR),
    ("post", "/printers/{id}/gcode", Role.ADMIN),
    ("post", "/printers", Role.ADMIN),
    ("delete", "/printers/{id}", Role.ADMIN),
    ("post", "/printers/discover", Role.ADMIN),
]


@pytest.mark.parametrize(("method", "path", "least"), ROLES)
async def test_who_may(
    farm: Farm, login: Login, method: str, path: str, least: Role
) -> None:
    printer_id = await farm.add()
    strength = [Role.VIEWER, Role.OPERATOR, Role.ADMIN]
    for role in strength:
        client: AsyncClient = await login(role)
        answer = await client.request(method, path.format(id=printer_id))
        is_let_in = answer.status_code not in {401, 403}
        assert is_let_in is (strength.index(role) >= strength.index(least)), role


async def test_strangers_get_nothing(farm: Farm, app: FastAPI) -> None:
    printer_id = await farm.add()
    async with AsyncClient(
        transport=ASGITransport(app), base_url="http://odin.test/api/v1"
    ) as stranger:
        for method, path, _ in ROLES:
            answer = await stranger.request(method, path.format(id=printer_id))
            assert answer.status_code == 401, path


async def test_every_route_says_who_may(app: FastAPI) -> None:
    unsaid = [
        route.path_format
        for route in iter_route_contexts(app.routes)
        if route.methods
        and (route.path_format or "").startswith("/api/v1/")
        and access.declared(route) is None
    ]
    assert unsaid == []
