"""Runs the benchmarks and prints their figures: `python -m tests.bench.run [NAME …]`.

Nothing here fails for being slow: figures are to be read, and compared within one run.
"""

import importlib
import json
import platform
from collections.abc import Iterable
from pathlib import Path

import click

from tests.bench.figures import Figure, table

BENCHMARKS = (
    "bambu_protocol",
    "start_up",
    "printers_list",
    "live_socket",
    "history_page",
    "mqtt_farm",
    "floor_frames",
)
BIG = ("mqtt_farm_500", "upload", "soak")
"""Minutes each: measured when they are named, or with `--all`."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(BENCHMARKS + BIG))
@click.option("--all", "is_all", is_flag=True, help="The long ones too.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write a file.")
def main(names: tuple[str, ...], *, is_all: bool, target: Path | None) -> None:
    """Prints a table of figures for each benchmark named, or for all that are short."""
    results = {}
    for name in names or BENCHMARKS + (BIG if is_all else ()):
        click.echo(f"\n{name}")
        results[name] = _measure(name)
        click.echo(table(results[name]))
    if target is not None:
        target.write_text(_to_json(results), encoding="utf-8")


def _measure(name: str) -> list[Figure]:
    figures: Iterable[Figure] = importlib.import_module(f"tests.bench.{name}").measure()
    return list(figures)


def _to_json(results: dict[str, list[Figure]]) -> str:
    about = {"python": platform.python_version(), "machine": platform.machine()}
    figures = {
        name: [each.to_json() for each in found] for name, found in results.items()
    }
    return json.dumps(about | {"benchmarks": figures}, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    main()
