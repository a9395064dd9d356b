"""Every error a caller meets is a problem document without internals."""

import logging

import httpx
import pytest

_MEDIA_TYPE = "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("not-found", 404, "not_found"),
        ("invalid", 422, "invalid"),
        ("refused", 409, "refused"),
        ("forbidden", 403, "forbidden"),
        ("slower", 429, "slower"),
        ("conflict", 409, "conflict"),
        ("unavailable", 424, "printer_unreachable"),
    ],
)
async def test_each_kind_has_its_status(
    http: httpx.AsyncClient, kind: str, status: int, code: str
) -> None:
    answer = await http.get(f"/api/v1/errors/{kind}")
    body = answer.json()
    assert answer.headers["content-type"] == _MEDIA_TYPE
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"urn:odin:error:{code}"
    assert body["title"]
    assert body["detail"]


async def test_facts_and_fields_are_shown(http: httpx.AsyncClient) -> None:
    unreachable = (await http.get("/api/v1/errors/unavailable")).json()
    assert unreachable["printer_id"] == "p1"
    assert unreachable["title"] == "Printer unreachable"
    invalid = (await http.get("/api/v1/errors/invalid")).json()
    assert invalid["errors"] == [{"pointer": "/name", "detail": "Too long."}]


@pytest.mark.parametrize(
    ("kind", "cause"),
    [("disk-full", "No space left on device"), ("database-full", "full")],
)
async def test_what_cannot_be_stored_now_says_why_and_what_to_do(
    http: httpx.AsyncClient, kind: str, cause: str
) -> None:
    answer = await http.get(f"/api/v1/errors/{kind}")
    assert answer.status_code == 503
    assert answer.json()["code"] == "storage_down"
    said = answer.json()["detail"]
    assert said.startswith(f"The engine can store nothing just now: {cause}.")
    assert said.endswith(
        "See that the disk has room and the database runs, then try again."
    )
    assert "spool" not in said
    assert "INSERT" not in said


async def test_a_rate_limit_says_when_to_come_back(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/v1/errors/slower")
    assert answer.headers["retry-after"] == "3"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("unforeseen", "LookupError"), ("file-gone", "FileNotFoundError")],
)
async def test_the_unforeseen_is_logged_once_with_a_reference(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, kind: str, name: str
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await http.get(f"/api/v1/errors/{kind}")
    assert answer.status_code == 500
    assert "internals" not in answer.text
    assert answer.json()["reference"] in answer.json()["detail"]
    (record,) = caplog.records
    assert answer.json()["reference"] in record.getMessage()
    assert name in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("DELETE", "/api/v1/parts", 405, "method_not_allowed"),
    ],
)
async def test_unknown_addresses_are_problems_too(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await http.request(method, path)
    assert answer.headers["content-type"] == _MEDIA_TYPE
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status == 405:
        assert answer.headers["allow"] == "GET, POST"


async def test_wrong_fields_are_named_by_pointer(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/v1/parts", json={"name": 5, "count": "many"})
    assert answer.status_code == 422
    body = answer.json()
    assert [each["pointer"] for each in body["errors"]] == ["/name", "/count"]
    assert body["detail"] == "name: Input should be a valid string."
    answer = await http.get("/api/v1/parts?limit=500")
    assert answer.json()["errors"] == [
        {
            "in": "query",
            "pointer": "/limit",
            "detail": "Input should be less than or equal to 200",
        }
    ]


async def test_a_missing_body_is_a_problem(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/v1/parts")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "", "detail": "Field required"}]


async def test_problems_are_in_the_openapi_document(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    responses = document["paths"]["/api/v1/parts"]["post"]["responses"]
    assert set(responses) == {"200", "4XX", "5XX"}
    reference = responses["4XX"]["content"][_MEDIA_TYPE]["schema"]["$ref"]
    assert reference.rpartition("/")[2] in document["components"]["schemas"]
    assert "WrongField" in document["components"]["schemas"]
