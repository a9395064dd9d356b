"""The engine's own routes. `health_router` is mounted at the root, `router` below /api/v1."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response

from odin_engine.identity.access import needs, note, open_to_all
from odin_engine.identity.model import Permission
from odin_engine.kernel.config import Config
from odin_engine.kernel.files import Files
from odin_engine.kernel.http import (
    SHEET,
    Page,
    PageDep,
    answer_page,
    check_if_match,
    etag,
    of,
)
from odin_engine.kernel.tasks import Tasks
from odin_engine.printers.service import Printers
from odin_engine.system.model import About
from odin_engine.system.wire import (
    HealthOut,
    InfoOut,
    SettingOut,
    SettingsOut,
    SystemOut,
    TaskOut,
)

health_router = APIRouter(tags=["system"])
router = APIRouter(tags=["system"])

AboutDep = Annotated[About, of(About)]
ConfigDep = Annotated[Config, of(Config)]
FilesDep = Annotated[Files, of(Files)]
PrintersDep = Annotated[Printers, of(Printers)]
TasksDep = Annotated[Tasks, of(Tasks)]
TaskId = Annotated[str, Path(max_length=64)]
Wanted = Annotated[dict[str, Any], Body(max_length=100)]


@health_router.get("/healthz", dependencies=[open_to_all()])
async def healthz() -> HealthOut:
    """Says that the engine answers."""
    return HealthOut()


@router.get("/info", dependencies=[open_to_all()])
async def info(about: AboutDep) -> InfoOut:
    """Says which engine and which API this is."""
    return InfoOut(
        version=about.version,
        api_version=about.api_version,
        engine_id=about.engine_id,
    )


@router.get("/system", dependencies=[needs(Permission.READ_SYSTEM)])
async def system(about: AboutDep, printers: PrintersDep, files: FilesDep) -> SystemOut:
    """Describes this engine."""
    return SystemOut.from_model(about, len(printers.views()), await files.room())


@router.get(
    "/tasks",
    response_model=Page[TaskOut],
    responses=SHEET,
    dependencies=[needs(Permission.READ_TASKS)],
)
async def list_tasks(request: Request, page: PageDep, tasks: TasksDep) -> Response:
    """Lists background tasks, newest first."""
    found = await tasks.page(page)
    items = [TaskOut.from_model(task) for task in found.items]
    out: Page[TaskOut] = Page(
        items=items, next_cursor=found.next_cursor, total=found.total
    )
    return answer_page(request, out, TaskOut)


@router.get("/tasks/{task_id}", dependencies=[needs(Permission.READ_TASKS)])
async def get_task(task_id: TaskId, tasks: TasksDep) -> TaskOut:
    """Shows a background task."""
    return TaskOut.from_model(await tasks.get(task_id))


@router.post(
    "/tasks/{task_id}/cancel", dependencies=[needs(Permission.CONTROL_PRINTERS)]
)
async def cancel_task(task_id: TaskId, tasks: TasksDep) -> TaskOut:
    """Cancels a background task; one that ended stays as it is."""
    return TaskOut.from_model(await tasks.cancel(task_id))


@router.get("/settings", dependencies=[needs(Permission.READ_SYSTEM)])
async def list_settings(response: Response, config: ConfigDep) -> SettingsOut:
    """Lists what can be changed while the engine runs."""
    response.headers["ETag"] = etag(config.version)
    items = [SettingOut.from_model(tunable, value) for tunable, value in config.all()]
    return SettingsOut(items=items)


@router.patch("/settings", dependencies=[needs(Permission.MANAGE_SYSTEM)])
async def change_settings(
    request: Request, response: Response, wanted: Wanted, config: ConfigDep
) -> SettingsOut:
    """Changes settings, all or none; null goes back to the default. Takes `If-Match`."""
    check_if_match(request, config.version)
    note(request, changed=" ".join(sorted(wanted)))
    await config.change(wanted, config.version)
    return await list_settings(response, config)
