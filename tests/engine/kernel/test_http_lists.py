"""Lists as JSON and CSV, edits that check versions."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import httpx
import orjson
import pytest

from odin_engine.kernel.http import to_csv, to_json


async def test_a_page_has_its_parts(http: httpx.AsyncClient) -> None:
    body = (await http.get("/api/parts?limit=2")).json()
    assert [item["name"] for item in body["items"]] == ["part 0", "part 1"]
    assert (body["next_cursor"], body["total"]) == ("c1", 99)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=-5"])
async def test_limits_have_limits(http: httpx.AsyncClient, query: str) -> None:
    assert (await http.get(f"/api/parts?{query}")).status_code == 422


async def test_the_same_page_as_csv(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/parts?limit=2", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-next-cursor"] == "c1"
    assert answer.headers["x-total-count"] == "99"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows == [
        {"name": "part 0", "count": "0", "extra": ""},
        {"name": "part 1", "count": "-1", "extra": ""},
    ]


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/json, text/csv",
        "application/json, text/csv;q=0.5",
        "text/csv;q=0",
        "text/csv;q=0.5, */*",
        "text/csvx",
    ],
)
async def test_json_where_csv_is_not_wanted(
    http: httpx.AsyncClient, accept: str
) -> None:
    answer = await http.get("/api/parts", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "accept",
    [
        "TEXT/CSV",
        "text/csv, */*",
        "text/csv;header=present, application/json;q=0.9",
        "text/html, application/json;q=0.1, text/csv; q=0.2",
    ],
)
async def test_csv_where_it_is_preferred(http: httpx.AsyncClient, accept: str) -> None:
    answer = await http.get("/api/parts", headers={"Accept": accept})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_a_formula_is_defused(text: str) -> None:
    (row,) = csv.DictReader(io.StringIO(to_csv([{"a": text}], ["a"]), newline=""))
    assert row["a"] == f"'{text}"


def test_nested_values_become_columns() -> None:
    text = to_csv(
        [
            {"id": 1, "job": None, "tags": ["a", "b"]},
            {"id": 2, "job": {"name": "=x", "done": 0.5}, "tags": []},
        ],
        ["id", "job", "tags"],
    )
    assert text.splitlines() == [
        "id,job,job.name,job.done,tags",
        "1,,,,a; b",
        "2,,'=x,0.5,",
    ]


def test_an_empty_list_still_has_its_columns() -> None:
    assert to_csv([], ["id", "name"]) == "id,name\r\n"


async def test_an_edit_of_the_seen_version_passes(http: httpx.AsyncClient) -> None:
    for seen in ('"3"', 'W/"3"', '"9", "3"', "*"):
        answer = await http.put("/api/parts/3", headers={"If-Match": seen})
        assert answer.status_code == 200
        assert answer.headers["etag"] == '"4"'
    assert (await http.put("/api/parts/3")).status_code == 200


@pytest.mark.parametrize("seen", ['"2"', "3", "", "x"])
async def test_an_edit_of_another_version_is_refused(
    http: httpx.AsyncClient, seen: str
) -> None:
    answer = await http.put("/api/parts/3", headers={"If-Match": seen})
    assert answer.status_code == 412
    assert answer.json()["current_etag"] == '"3"'


class _Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class _Thing:
    colour: _Colour
    at: datetime
    tags: frozenset[str]
    share: float


def test_domain_values_have_a_json_form() -> None:
    thing = _Thing(
        _Colour.RED,
        datetime(2026, 11, 1, 8, tzinfo=UTC),
        frozenset({"b", "a"}),
        float("nan"),
    )
    assert orjson.loads(to_json({1: thing})) == {
        "1": {
            "colour": "red",
            "at": "2026-11-01T08:00:00Z",
            "tags": ["a", "b"],
            "share": None,
        }
    }
    with pytest.raises(TypeError):
        to_json(object())
