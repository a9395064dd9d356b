"""Runs the benchmarks and prints their figures: `python -m tests.bench.run [NAME …]`.

Nothing here fails for being slow: figures are to be read, and compared within one run.
With `--json` they are kept, and with `--table` what was kept becomes the table in
docs/performance.md, so that nobody types a figure.
"""

import importlib
from collections.abc import Iterable
from pathlib import Path

import click

from tests.bench.figures import Figure, Missing, table
from tests.bench.kept import Kept, about_this_machine, read, write, write_table

BENCHMARKS = (
    "bambu_protocol",
    "start_up",
    "printers_list",
    "live_socket",
    "history_page",
    "mqtt_farm",
    "home_assistant",
    "floor_frames",
)
BIG = ("mqtt_farm_large", "mixed_farm", "home_assistant_process", "upload", "soak")
"""Minutes each: measured when they are named, or with `--all`."""
DOCUMENT = Path("docs/performance.md")
FIGURES = Path("docs/performance.json")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(BENCHMARKS + BIG))
@click.option("--all", "is_all", is_flag=True, help="The long ones too.")
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How often each is measured; a table shows the middle one.",
)
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write a file.")
@click.option(
    "--table",
    "writes_table",
    is_flag=True,
    help=f"Measures nothing: writes {FIGURES} into {DOCUMENT}.",
)
def main(
    names: tuple[str, ...],
    *,
    is_all: bool,
    rounds: int,
    target: Path | None,
    writes_table: bool,
) -> None:
    """Prints a table of figures for each benchmark named, or for all that are short."""
    if writes_table:
        write_table(read(FIGURES), DOCUMENT)
        click.echo(f"{DOCUMENT} says what {FIGURES} holds")
        return
    kept = Kept(about_this_machine())
    for name in names or BENCHMARKS + (BIG if is_all else ()):
        for number in range(rounds):
            click.echo(f"\n{name}" + (f", round {number + 1}" if rounds > 1 else ""))
            try:
                figures = _measure(name)
            except Missing as error:
                click.echo(f"left out: {error}")
                break
            click.echo(table(figures))
            kept.add(name, figures)
            if target is not None:
                # After each, so that a long run that is cut off was not for nothing.
                write(kept, target)


def _measure(name: str) -> list[Figure]:
    figures: Iterable[Figure] = importlib.import_module(f"tests.bench.{name}").measure()
    return list(figures)


if __name__ == "__main__":
    main()
