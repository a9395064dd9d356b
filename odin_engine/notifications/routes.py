"""Alerts: the list, the bell's numbers, and putting them away."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from odin_engine.identity.access import needs, note
from odin_engine.identity.model import Permission, Principal
from odin_engine.kernel.http import SHEET, Page, PageDep, answer_page, of
from odin_engine.notifications.model import AlertFilter, AlertKind, AlertState
from odin_engine.notifications.service import Alerts
from odin_engine.notifications.wire import (
    AlertOut,
    AlertsOut,
    DismissBody,
    SeenBody,
    SummaryOut,
)

router = APIRouter(prefix="/alerts", tags=["alerts"])

AlertsDep = Annotated[Alerts, of(Alerts)]
AlertId = Annotated[str, Path(min_length=1, max_length=64)]
PrinterId = Annotated[str | None, Query(max_length=64)]
Reader = Annotated[Principal, needs(Permission.READ_ALERTS)]
Manager = Annotated[Principal, needs(Permission.MANAGE_ALERTS)]


@router.get(
    "",
    response_model=Page[AlertOut],
    responses=SHEET,
    dependencies=[needs(Permission.READ_ALERTS)],
)
async def list_alerts(
    request: Request,
    page: PageDep,
    alerts: AlertsDep,
    state: AlertState = AlertState.ACTIVE,
    kind: AlertKind | None = None,
    printer_id: PrinterId = None,
) -> Response:
    """Lists alerts, newest first; `q` looks into titles and details."""
    found = await alerts.page(page, AlertFilter(state, kind, printer_id))
    items = [AlertOut.from_model(alert) for alert in found.items]
    out: Page[AlertOut] = Page(
        items=items, next_cursor=found.next_cursor, total=found.total
    )
    return answer_page(request, out, AlertOut)


@router.get("/summary")
async def read_summary(principal: Reader, alerts: AlertsDep) -> SummaryOut:
    """Counts the active alerts, and those the asking person has not seen."""
    return SummaryOut.from_model(await alerts.summary(principal))


@router.post("/seen")
async def mark_seen(body: SeenBody, principal: Reader, alerts: AlertsDep) -> SummaryOut:
    """Notes what the asking person has seen; it never goes back."""
    return SummaryOut.from_model(await alerts.see(principal, body.until))


@router.post("/dismiss")
async def dismiss_alerts(
    request: Request, body: DismissBody, principal: Manager, alerts: AlertsDep
) -> AlertsOut:
    """Puts several alerts away, or all; answers those that were active."""
    found = await alerts.dismiss_many(body.ids, principal)
    note(request, dismissed=len(found))
    return AlertsOut(items=[AlertOut.from_model(alert) for alert in found])


@router.post("/{alert_id}/dismiss")
async def dismiss_alert(
    alert_id: AlertId, principal: Manager, alerts: AlertsDep
) -> AlertOut:
    """Puts an alert away, for everybody."""
    return AlertOut.from_model(await alerts.dismiss(alert_id, principal))


@router.post("/{alert_id}/restore", dependencies=[needs(Permission.MANAGE_ALERTS)])
async def restore_alert(alert_id: AlertId, alerts: AlertsDep) -> AlertOut:
    """Takes back that an alert was put away."""
    return AlertOut.from_model(await alerts.restore(alert_id))
