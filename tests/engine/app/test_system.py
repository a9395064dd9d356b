"""The engine about itself, over HTTP."""

import orjson
import pytest

from odin_engine.app import VERSION
from odin_engine.system.model import is_nearly_full
from tests.engine.app.conftest import House


async def test_health_and_versions_are_open_and_say_nothing_else(house: House) -> None:
    stranger = house.clients["nobody"]
    health = await stranger.get("http://odin.test/healthz")
    info = await stranger.get("/info")
    assert health.json() == {"status": "ok"}
    told = info.json()
    assert len(told.pop("engine_id")) == 32
    assert told == {"name": "O.D.I.N.", "version": VERSION, "api_version": 1}


async def test_the_system_tells_how_much_room_is_left(house: House) -> None:
    disk = (await house.clients["viewer"].get("/system")).json()["disk"]
    assert 0 <= disk["free_bytes"] <= disk["total_bytes"]
    assert disk["is_nearly_full"] is is_nearly_full(
        disk["total_bytes"], disk["free_bytes"]
    )


@pytest.mark.parametrize(
    ("total_gib", "free_gib", "is_full"),
    [(8, 0.3, True), (8, 0.5, False), (1000, 1.9, True), (1000, 2.1, False)],
)
def test_a_disk_is_nearly_full_below_a_share_or_a_size(
    total_gib: int, free_gib: float, *, is_full: bool
) -> None:
    gib = 1024**3
    assert is_nearly_full(total_gib * gib, int(free_gib * gib)) is is_full


async def test_settings_are_listed_with_bounds_and_changed_within_them(
    house: House,
) -> None:
    key = "printers.heater_off_after_min"
    changed = await house.admin.patch("/settings", json={key: 45})
    assert {item["key"]: item["value"] for item in changed.json()["items"]}[key] == 45
    refused = await house.admin.patch("/settings", json={key: -1, "nonsense": 1})
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {
        f"/{key}",
        "/nonsense",
    }
    back = await house.admin.patch("/settings", json={key: None})
    assert {item["key"]: item["value"] for item in back.json()["items"]}[key] == 30


async def test_settings_somebody_else_changed_are_not_overwritten(house: House) -> None:
    key = "printers.heater_off_after_min"
    seen = (await house.admin.get("/settings")).headers["etag"]
    first, second = [
        await house.admin.patch("/settings", json={key: 45}, headers={"If-Match": seen})
        for _ in range(2)
    ]
    assert (first.status_code, second.status_code) == (200, 412)
    assert first.headers["etag"] not in {seen, ""}
    assert second.json()["current_etag"] == first.headers["etag"]


async def test_an_operator_cannot_change_settings(house: House) -> None:
    answer = await house.clients["operator"].patch("/settings", json={})
    assert answer.status_code == 403


async def test_an_address_has_no_slash_at_its_end(house: House) -> None:
    answer = await house.admin.get("/settings/")
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_unknown_tasks_are_not_found(house: House) -> None:
    answer = await house.admin.get("/tasks/unknown")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"name": "\\u0000"}',
        b'{"name": "' + b"x" * 5000 + b'"}',
        b"[" * 2000 + b"]" * 2000,
        b'{"name": 1e999}',
        b'{"name": NaN}',
        orjson.dumps(
            {"name": "a", "family": "bambu", "host": "http://x/", "serial": 1}
        ),
    ],
)
async def test_a_hostile_body_is_a_clear_refusal(house: House, body: bytes) -> None:
    answer = await house.admin.post(
        "/printers", content=body, headers={"Content-Type": "application/json"}
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["detail"]
