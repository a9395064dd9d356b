"""`mqtt_farm` with five hundred printers."""

from tests.bench import mqtt_farm
from tests.bench.figures import Figure


def measure() -> list[Figure]:
    """Returns what a very large farm costs."""
    return mqtt_farm.measure((500,))
