"""`mqtt_farm` with five hundred and a thousand printers, beside one hundred.

What a report and a printer cost must not hang on how many there are.
"""

from tests.bench import mqtt_farm
from tests.bench.figures import Figure, Unit

_FEW, _MANY = 100, 1000


def measure() -> list[Figure]:
    """Returns what very large farms cost."""
    figures = mqtt_farm.measure((_FEW, 500, _MANY))
    known = {figure.what: figure.measured for figure in figures}
    report = [known[f"{count} printers, per report"] for count in (_FEW, _MANY)]
    memory = [known[f"{count} printers, memory"] for count in (_FEW, _MANY)]
    return [
        *figures,
        Figure(
            f"per report, {_MANY} printers",
            report[1],
            "≤ 1.2 x",
            f"{_FEW} printers",
            report[0],
        ),
        Figure(
            "memory, each printer more",
            (memory[1] - memory[0]) / (_MANY - _FEW),
            "≤ 0.3 MB",
            unit=Unit.BYTES,
        ),
    ]
