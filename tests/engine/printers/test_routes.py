"""Printers over HTTP: a real app, real permissions, machines in memory."""

from httpx import AsyncClient
from pydantic import TypeAdapter

from odin_engine.identity.model import AuditFilter
from odin_engine.identity.service import Identity
from odin_engine.kernel.pages import PageRequest
from odin_engine.printers.model import (
    Activity,
    CertificateChanged,
    CommandRejected,
    Fault,
    FaultKind,
    Model,
    Severity,
)
from odin_engine.printers.ports import Found
from odin_engine.printers.wire import PrinterOut
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import CERTIFICATE, job
from tests.engine.printers.web import BODY, codes

SHAPE: TypeAdapter[object] = TypeAdapter(PrinterOut)


async def test_a_printer_from_birth_to_death(farm: Farm, admin: AsyncClient) -> None:
    added = await admin.post("/printers", json=BODY)
    assert added.status_code == 201, added.text
    assert added.headers["etag"] == '"1"'
    SHAPE.validate_json(added.content, strict=True)
    place = f"/printers/{added.json()['id']}"
    await farm.go(0.1)
    shown = await admin.get(place)
    assert shown.json()["link"] == "online"
    assert shown.json()["serial"] == "MEM1"
    assert shown.json()["has_secret"] is True
    changed = await admin.patch(
        place, json={"name": "Berta"}, headers={"If-Match": '"1"'}
    )
    assert changed.json()["name"] == "Berta"
    assert changed.headers["etag"] == '"2"'
    late = await admin.patch(place, json={"name": "C"}, headers={"If-Match": '"1"'})
    assert codes(late) == (412, "precondition_failed")
    assert (await admin.delete(place)).status_code == 204
    assert codes(await admin.get(place)) == (404, "printer_not_found")
    assert codes(await admin.delete(place)) == (404, "printer_not_found")


async def test_no_answer_ever_holds_a_secret(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add(camera_url="rtsp://u:hush-hush@cam/1")
    place = f"/printers/{printer_id}"
    answers = [
        await admin.post("/printers", json=BODY | {"serial": "x", "host": "10.0.0.8"}),
        await admin.post("/printers", json=BODY),
        await admin.post("/printers", json=BODY | {"host": "a b"}),
        await admin.post("/printers", json=BODY | {"secret": "opensesame\n" * 40}),
        await admin.post("/printers", json=BODY | {"camera_url": "ftp://hush-hush"}),
        await admin.post("/printers/check", json=BODY),
        await admin.patch(place, json={"secret": ["opensesame"]}),
        await admin.patch(place, json={"secret": "opensesame2", "name": ""}),
        await admin.get(place),
        await admin.get("/printers"),
        await admin.get("/printers", headers={"Accept": "text/csv"}),
        await admin.get(f"{place}/certificate"),
        await admin.post(f"{place}/check"),
    ]
    for answer in answers:
        assert "opensesame" not in answer.text
        assert "hush-hush" not in answer.text


async def test_the_list(farm: Farm, admin: AsyncClient) -> None:
    ids = [await farm.add(name, tags=("t",) if name == "B" else ()) for name in "ABCD"]
    farm.machine(ids[2]).report(activity=Activity.PRINTING, job=job())
    await farm.go()

    async def names(**params: str | int) -> list[str]:
        answer = await admin.get("/printers", params=params)
        assert answer.status_code == 200, answer.text
        return [printer["name"] for printer in answer.json()["items"]]

    assert await names() == ["A", "B", "C", "D"]
    assert await names(sort="-name", limit=2) == ["D", "C"]
    assert await names(q="b") == ["B"]
    assert await names(q="10.0.0.3") == ["C"]
    assert await names(tag="T") == ["B"]
    assert await names(activity="printing") == ["C"]
    assert await names(link="offline") == []
    assert await names(family="memory", is_enabled="true") == ["A", "B", "C", "D"]
    farm.machine(ids[3]).report(model=Model("memory", "x1", "X1 Carbon"))
    farm.machine(ids[0]).report(model=Model("memory", "p1"))
    await farm.go()
    assert await names(model="x1 carbon") == ["D"]
    assert await names(q="p1") == ["A"]
    assert await names(sort="model") == ["B", "C", "A", "D"]
    assert await names(sort="-family", limit=1) != []
    page = (await admin.get("/printers", params={"limit": 3})).json()
    assert page["total"] == 4
    assert await names(limit=3, cursor=page["next_cursor"]) == ["D"]
    for params in (
        {"sort": "secret"},
        {"cursor": "x"},
        {"limit": 0},
        {"limit": 10_000},
        {"link": "x"},
        {"activity": ""},
    ):
        answer = await admin.get("/printers", params=params)
        assert answer.status_code == 422, params
    csv = await admin.get("/printers", headers={"Accept": "text/csv"})
    assert csv.headers["content-type"].startswith("text/csv")
    assert len(csv.text.splitlines()) == 5


async def test_the_emergency_stop_never_fails_as_a_whole(
    farm: Farm, admin: AsyncClient
) -> None:
    a, b = await farm.add("A"), await farm.add("B")
    farm.machine(b).report(activity=Activity.PRINTING, job=job())
    await farm.go()
    farm.machine(b).says = CommandRejected("Not now.")
    answer = await admin.post("/printers/emergency-stop")
    assert answer.status_code == 200
    outcomes = {each["printer_id"]: each["outcome"] for each in answer.json()["items"]}
    assert outcomes == {a: "confirmed", b: "refused"}
    some = await admin.post("/printers/emergency-stop", json={"ids": [b, "gone"]})
    assert [each["outcome"] for each in some.json()["items"]] == [
        "refused",
        "no_answer",
    ]
    one = await admin.post(f"/printers/{a}/emergency-stop")
    assert one.json()["outcome"] == "confirmed"
    assert farm.machine(a).stops == 2


async def test_many_at_once(farm: Farm, admin: AsyncClient) -> None:
    a, b = await farm.add("A"), await farm.add("B")
    answer = await admin.post(
        "/printers/bulk",
        json={"ids": [a, b, "gone"], "action": "add_tag", "tag": "PLA"},
    )
    assert [each["code"] for each in answer.json()["items"]] == [
        None,
        None,
        "printer_not_found",
    ]
    tags = await admin.get("/printers/tags")
    assert tags.json() == {"items": [{"name": "PLA", "printers": 2}]}
    renamed = await admin.put("/printers/tags/PLA", json={"name": "PETG"})
    assert renamed.json()["items"][0]["name"] == "PETG"
    assert (await admin.delete("/printers/tags/PETG")).json() == {"items": []}
    assert (await admin.put("/printers/order", json={"ids": [b, a]})).status_code == 204
    listed = (await admin.get("/printers")).json()["items"]
    assert [printer["id"] for printer in listed] == [b, a]


async def test_finding_and_checking(farm: Farm, admin: AsyncClient) -> None:
    farm.family.found = [Found("memory", "10.0.0.9", "S", "X1", None, "ssdp")]
    found = await admin.post("/printers/discover", json={"seconds": 1})
    (one,) = found.json()["items"]
    assert (one["host"], one["is_known"], one["printer_id"]) == (
        "10.0.0.9",
        False,
        None,
    )
    families = await admin.get("/printers/families")
    (memory,) = families.json()["items"]
    assert (memory["name"], memory["label"]) == ("memory", "Memory")
    assert memory["fields"][0]["name"] == "host"
    checked = await admin.post("/printers/check", json=BODY)
    assert checked.json()["is_ok"] is True
    assert checked.json()["certificate"]["sha256"] == CERTIFICATE.sha256
    printer_id = await farm.add()
    again = await admin.post(f"/printers/{printer_id}/check")
    assert again.json()["checks"][0]["step"] == "report"
    last = await admin.get(f"/printers/{printer_id}/check")
    assert last.json() == again.json()
    assert last.json()["at"] is not None
    asked = await admin.post(f"/printers/{printer_id}/refresh")
    assert asked.status_code == 202


async def test_confirming_a_certificate(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.unreachable = CertificateChanged("no", CERTIFICATE.sha256, "b" * 64)
    machine.lose()
    await farm.go(1)
    place = f"/printers/{printer_id}"
    shown = await admin.get(f"{place}/certificate")
    assert shown.json()["found_sha256"] == "b" * 64
    machine.unreachable = None
    answer = await admin.post(
        f"{place}/certificate/confirm",
        json={"pinned": CERTIFICATE.sha256, "found": "b" * 64},
    )
    assert answer.status_code == 200
    assert answer.json()["pin_sha256"] == "b" * 64


async def test_maintenance(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    answer = await admin.post(
        f"/printers/{printer_id}/maintenance", json={"is_on": True, "note": "belt"}
    )
    assert answer.json()["is_in_maintenance"] is True
    assert answer.json()["maintenance_note"] == "belt"


async def test_nozzles(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    place = f"/printers/{printer_id}/nozzles"
    added = await admin.post(place, json={"diameter_mm": 0.6, "note": "x"})
    assert added.status_code == 201
    assert added.headers["etag"] == '"1"'
    nozzle = f"/nozzles/{added.json()['id']}"
    changed = await admin.patch(nozzle, json={"note": "y"}, headers={"If-Match": '"1"'})
    assert (changed.json()["note"], changed.json()["diameter_mm"]) == ("y", 0.6)
    late = await admin.patch(nozzle, json={"note": "z"}, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    now = farm.clock.now().isoformat()
    retired = await admin.patch(nozzle, json={"retired_at": now})
    assert retired.json()["retired_at"] is not None
    assert len((await admin.get(place)).json()["items"]) == 1
    status = await admin.get(f"/printers/{printer_id}/nozzle-status")
    assert status.json()["items"][0]["head"] == 0
    assert (await admin.delete(nozzle)).status_code == 204
    assert (await admin.delete(nozzle)).status_code == 404


async def test_history_as_json_and_csv(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    machine = farm.machine(printer_id)
    machine.report(
        activity=Activity.PRINTING,
        job=job("=cmd|x", progress_pct=5),
        faults=(Fault("F1", FaultKind.HEALTH, Severity.INFO, "Look."),),
    )
    await farm.go()
    await farm.printers.sampling.sample()
    await farm.printers.sampling.sample_climate()
    machine.report(activity=Activity.FINISHED, faults=())
    await farm.go(1)
    place = f"/printers/{printer_id}"
    prints = (await admin.get(f"{place}/prints")).json()
    assert prints["total"] == 1
    assert prints["items"][0]["result"] == "finished"
    faults = (await admin.get(f"{place}/faults", params={"q": "look"})).json()
    assert faults["items"][0]["code"] == "F1"
    samples = (await admin.get(f"{place}/telemetry")).json()
    assert samples["items"][0]["progress_pct"] == 5
    air = (await admin.get(f"{place}/ams/environment")).json()
    assert air["items"][0]["humidity_pct"] == 30
    for path in ("prints", "faults", "telemetry", "ams/environment"):
        csv = await admin.get(f"{place}/{path}", headers={"Accept": "text/csv"})
        assert csv.status_code == 200, csv.text
        assert len(csv.text.splitlines()) == 2
        assert "\n=cmd" not in csv.text
        assert ",=cmd" not in csv.text
    await farm.printers.registry.delete(printer_id)
    assert (await admin.get(f"{place}/prints")).json()["total"] == 1


async def test_files_and_pictures(farm: Farm, admin: AsyncClient) -> None:
    printer_id = await farm.add()
    place = f"/printers/{printer_id}/files"
    sent = await admin.put(f"{place}/benchy.3mf", content=b"x" * 1000)
    assert sent.status_code == 202, sent.text
    with farm.tasks.telemetry.watch() as watcher:
        while farm.tasks.live():
            await watcher.changed()
    await farm.go(1)
    listed = (await admin.get(place)).json()["items"]
    assert [(each["name"], each["size_bytes"]) for each in listed] == [
        ("benchy.3mf", 1000)
    ]
    large = await admin.put(f"{place}/large.3mf", content=b"x" * 1_000_001)
    assert large.status_code == 413
    empty = await admin.put(f"{place}/empty.3mf", content=b"")
    assert empty.status_code == 422
    assert (await admin.delete(f"{place}/benchy.3mf")).status_code == 204
    picture = await admin.get(f"/printers/{printer_id}/camera/main/frame")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "no-store"
    assert picture.content.startswith(b"\xff\xd8")


async def test_secrets_are_not_audited(admin: AsyncClient, identity: Identity) -> None:
    await admin.post("/printers", json=BODY)
    await identity.audit.flush()
    page = await identity.audit.page(PageRequest(), AuditFilter())
    assert "opensesame" not in repr(page.items)
    assert "hush-hush" not in repr(page.items)
