"""What is asked of each object: the fields that a state is made of, and no others.

Whole objects such as `toolhead` change with every move.
"""

from odin_engine.drivers.printers.moonraker.protocol.layout import Layout

_HEAT = ("temperature", "target")
_FAN = ("speed", "rpm")
_FIELDS = {
    "webhooks": ("state", "state_message"),
    "print_stats": (
        *("state", "filename", "message", "info"),
        *("print_duration", "total_duration", "filament_used"),
    ),
    "virtual_sdcard": (
        *("progress", "is_active", "file_position", "file_size"),
        # Creality's, Qidi's, Elegoo's and Anycubic's forks.
        *("current_layer", "total_layer", "layer", "layer_count"),
    ),
    "display_status": ("progress", "message"),
    "idle_timeout": ("state",),
    "toolhead": ("extruder", "axis_minimum", "axis_maximum"),
    "gcode_move": ("speed_factor", "extrude_factor"),
    "heater_bed": _HEAT,
    "fan": _FAN,
    "exclude_object": ("objects", "excluded_objects"),
    "print_task_config": (
        *("filament_vendor", "filament_type", "filament_sub_type"),
        *("filament_color_rgba", "filament_exist", "extruder_map_table"),
    ),
    "mmu": (
        *("enabled", "print_state", "reason_for_pause", "num_gates"),
        *("gate", "tool", "filament", "action", "ttg_map"),
        *("gate_status", "gate_material", "gate_color", "gate_color_rgb"),
        *("gate_filament_name", "gate_temperature", "gate_spool_id"),
    ),
    "AFC": ("current_load", "current_state", "error_state", "lanes", "message"),
}
_LANE = (
    *("name", "lane", "map", "load", "prep", "tool_loaded"),
    *("material", "spool_id", "color"),
)
_SENSOR = ("temperature", "humidity")


def subscription(layout: Layout) -> dict[str, list[str]]:
    """Returns the `objects` of `printer.objects.subscribe`: what is there, by fields."""
    heaters = (*layout.extruders, *layout.heaters)
    wanted: dict[str, tuple[str, ...]] = {
        **_FIELDS,
        **{each.object: _HEAT for each in heaters},
        **dict.fromkeys(layout.sensors, _SENSOR),
        **dict.fromkeys(layout.fans, (*_FAN, "value")),
        **dict.fromkeys(layout.filament_sensors, ("filament_detected", "enabled")),
        **dict.fromkeys(layout.lights, ("color_data", "value")),
        **dict.fromkeys(layout.lanes, _LANE),
    }
    for name in layout.fans.keys() & layout.sensors.keys():
        wanted[name] = (*_FAN, *_SENSOR)
    if layout.chamber is not None:
        wanted[layout.chamber.object] = _HEAT
    return {
        name: list(fields) for name, fields in wanted.items() if name in layout.objects
    }
