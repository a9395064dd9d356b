"""The audit log, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from odin_engine.identity.access import needs
from odin_engine.identity.model import AuditFilter, Permission
from odin_engine.identity.service import Identity
from odin_engine.identity.wire.audit import AuditOut, AuditSheetRow
from odin_engine.kernel.http import (
    SHEET,
    Moment,
    Page,
    PageDep,
    answer_page,
    of,
    wants_csv,
)

router = APIRouter(tags=["audit"])

IdentityDep = Annotated[Identity, of(Identity)]
Text = Annotated[str | None, Query(max_length=200)]
When = Annotated[Moment | None, Query()]


@router.get(
    "/audit",
    response_model=Page[AuditOut],
    responses=SHEET,
    dependencies=[needs(Permission.READ_AUDIT)],
)
async def list_audit(
    request: Request,
    page: PageDep,
    identity: IdentityDep,
    actor: Text = None,
    action: Text = None,
    method: Text = None,
    since: When = None,
    until: When = None,
) -> Response:
    """Lists who changed what, newest first; `actor` is an id, a name or `ha:<id>`."""
    wanted = AuditFilter(actor, action, method, since, until)
    found = await identity.audit.page(page, wanted)
    cursor, total = found.next_cursor, found.total
    if wants_csv(request):
        rows = [AuditSheetRow.from_model(entry) for entry in found.items]
        sheet: Page[AuditSheetRow] = Page(items=rows, next_cursor=cursor, total=total)
        return answer_page(request, sheet, AuditSheetRow)
    items = [AuditOut.from_model(entry) for entry in found.items]
    return answer_page(
        request, Page(items=items, next_cursor=cursor, total=total), AuditOut
    )
