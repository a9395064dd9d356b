"""What the webcam of a plain machine sees: its bed, and the part as it grows."""

import zlib
from dataclasses import replace

from odin_engine.simulator.plain.machine import Activity, PlainMachine

PLATE_MM = 250
"""Of the bed, either way."""
_COLORS = ("#E0783C", "#3F7FBF", "#5B9E4D", "#C94F6D", "#E3B23C", "#7D6BB3")
"""Of the filament: a machine has one of them, always the same."""


def picture(machine: PlainMachine) -> bytes:
    """Returns a JPEG of now; nothing is drawn until somebody looks."""
    # It imports the drawing library, which few need.
    from odin_engine.simulator.bambu.scene import draw, imagine  # noqa: PLC0415
    from odin_engine.simulator.bambu.scene.look import Act  # noqa: PLC0415

    job = machine.job
    scene = imagine(
        job.name if job else machine.name,
        objects=len(job.objects) if job else 1,
        layers=job.layers if job else 1,
        filaments=((1.0, _COLORS[zlib.crc32(machine.name.encode()) % len(_COLORS)]),),
        plate_mm=PLATE_MM,
    )
    is_printing = machine.activity is Activity.PRINTING
    return draw(
        replace(
            scene,
            caption=machine.name,
            act=Act.PRINTING if is_printing else Act.PARKED,
            moment_s=machine.elapsed_s,
            height=scene.full_height * machine.progress,
        )
    )
