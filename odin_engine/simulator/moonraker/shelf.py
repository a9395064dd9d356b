"""The files of a simulated machine, what is read out of them, and what was printed."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from odin_engine.simulator.plain import (
    Activity,
    PlainJob,
    PlainMachine,
    plan_from_gcode,
)
from odin_engine.simulator.plain.thumbnail import cube_png

_READ_BYTES = 256 * 1024
_STATUS = {
    Activity.FINISHED: "completed",
    Activity.CANCELLED: "cancelled",
    Activity.FAILED: "error",
    Activity.IDLE: "klippy_shutdown",
}


class Shelf:
    """A folder of G-code files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writing = 0

    def path(self, name: str) -> Path | None:
        """Returns where a file is, `None` for a name that leaves the folder."""
        place = (self.folder / name).resolve()
        return place if place.is_relative_to(self.folder.resolve()) else None

    def size(self, name: str) -> int | None:
        """Returns a file's size, `None` where there is none."""
        place = self.path(name)
        return place.stat().st_size if place is not None and place.is_file() else None

    def put(self, name: str, content: Path) -> None:
        """Takes a file."""
        place = self.path(name)
        if place is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            content.replace(place)

    def delete(self, name: str) -> bool:
        """Removes a file; says whether it was there."""
        place = self.path(name)
        if place is None or not place.is_file():
            return False
        place.unlink()
        return True

    def listing(self) -> Iterator[dict[str, Any]]:
        """Yields what `server.files.list` says of each file."""
        for place in sorted(self.folder.rglob("*.g*")):
            yield {
                "path": str(place.relative_to(self.folder)),
                "modified": place.stat().st_mtime,
                "size": place.stat().st_size,
                "permissions": "rw",
            }

    def plan(self, name: str) -> PlainJob | None:
        """Returns what a file prints."""
        place = self.path(name)
        if place is None or not place.is_file():
            return None
        with place.open("rb") as file:
            head = file.read(_READ_BYTES)
        return plan_from_gcode(name, head, place.stat().st_size)

    def metadata(self, name: str) -> dict[str, Any] | None:
        """Returns what Moonraker read out of a file."""
        job, place = self.plan(name), self.path(name)
        if job is None or place is None:
            return None
        return metadata_of(job, place.stat().st_mtime)

    def picture(self, name: str) -> bytes | None:
        """Returns a thumbnail."""
        return cube_png() if ".thumbs/" in name else None


def metadata_of(job: PlainJob, modified: float) -> dict[str, Any]:
    """Returns what Moonraker would have read out of the file of a job."""
    stem = Path(job.name).stem
    return {
        "filename": job.name,
        "size": job.size_bytes,
        "modified": modified,
        "slicer": "PrusaSlicer",
        "estimated_time": job.print_s,
        "layer_count": job.layers,
        "layer_height": 0.2,
        "first_layer_height": 0.2,
        "object_height": round(job.layers * 0.2, 2),
        "filament_total": job.used_mm,
        "filament_weight_total": round(job.used_mm / 335, 2),
        "filament_type": "PLA",
        "gcode_start_byte": 0,
        "gcode_end_byte": job.size_bytes,
        "thumbnails": [
            {"width": 128, "height": 128, "size": 900}
            | {"relative_path": f".thumbs/{stem}-128x128.png"}
        ],
    }


class History:
    """What was printed, by numbers in hexadecimal."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self._was = Activity.IDLE

    def follow(self, machine: PlainMachine) -> dict[str, Any] | None:
        """Returns the job that began or ended since the last look, as a notice has it."""
        was, self._was = self._was, machine.activity
        busy = {Activity.HEATING, Activity.PRINTING, Activity.PAUSED}
        if was not in busy and machine.is_busy and machine.job is not None:
            self.jobs.append(
                {
                    "job_id": f"{len(self.jobs) + 1:06X}",
                    "filename": machine.job.name,
                    "status": "in_progress",
                    "start_time": time.time(),  # noqa: TID251 - a fake has its own clock
                    "end_time": None,
                    "print_duration": 0.0,
                    "filament_used": 0.0,
                    "exists": True,
                }
            )
            return {"action": "added", "job": dict(self.jobs[-1])}
        if was in busy and not machine.is_busy and self.jobs:
            self.jobs[-1].update(
                status=_STATUS[machine.activity],
                end_time=time.time(),  # noqa: TID251 - a fake has its own clock
                print_duration=machine.printed_s,
                filament_used=machine.used_mm,
            )
            return {"action": "finished", "job": dict(self.jobs[-1])}
        return None
