"""What the named speed profiles amount to. Pure."""

from odin_engine.printers.model.state import SpeedLevel

NOMINAL_PCT = {
    SpeedLevel.SILENT: 50,
    SpeedLevel.STANDARD: 100,
    SpeedLevel.SPORT: 124,
    SpeedLevel.LUDICROUS: 166,
}
"""Source: docs/protocols/bambu.md, "Job and state"; no other make has such profiles."""


def nearest_level(percent: int) -> SpeedLevel:
    """Returns the profile that comes nearest to a percentage."""
    return min(NOMINAL_PCT, key=lambda level: abs(NOMINAL_PCT[level] - percent))
