"""`odin simulate`: a farm of simulated printers, for trying things without hardware."""

import asyncio
import errno
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from odin_engine.cli.identity import print_table
from odin_engine.cli.open_files import allow_open_files
from odin_engine.kernel.clock import SystemClock
from odin_engine.simulator.control import CONTROL_PORTS, ControlPort
from odin_engine.simulator.entry import BadFarm
from odin_engine.simulator.farm import FIRST_PORT, Farm
from odin_engine.simulator.farm_file import FarmPlan, read_farm

CONTROL_FILE = "control-port"
"""In the state folder: the number of the control port of the farm that runs on it."""


@dataclass(frozen=True, slots=True)
class _Wishes:
    state_dir: Path
    addresses: Path | None
    clock_factor: float | None
    real_ports: bool
    interface: str | None
    control_port: int | None
    first_port: int | None
    continues: bool


@click.command()
@click.argument("farm", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".cache/simulator"),
    show_default=True,
    help="Where certificates and cards are kept between starts.",
)
@click.option(
    "--addresses",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Writes family, serial, secret, host and ports of every printer as JSON.",
)
@click.option(
    "--clock-factor",
    type=click.FloatRange(0),
    help="How fast the printers' clocks run; the farm file says 1 where silent.",
)
@click.option(
    "--real-ports",
    is_flag=True,
    help="One 127.0.x.y per printer with 8883, 990, 6000 and 3000; needs the right.",
)
@click.option(
    "--interface",
    metavar="ADDRESS",
    help="Listens and announces on this IPv4 address of yours; loopback if left out.",
)
@click.option(
    "--control-port",
    type=click.IntRange(0, 65535),
    help=f"Where `odin misbehave` reaches the farm, on loopback; 0 takes a free one."
    f" The first free from {CONTROL_PORTS.start} if left out.",
)
@click.option(
    "--first-port",
    type=click.IntRange(1024, 60000),
    help="Port of the first printer; each takes the next few. The first free block"
    f" from {FIRST_PORT} if left out.",
)
@click.option(
    "--continue",
    "continues",
    is_flag=True,
    help="Goes on where the last run on this state folder ended.",
)
def simulate(farm: Path, **wishes: Any) -> None:  # noqa: ANN401 - click's options
    """Runs the printers described in FARM until Ctrl-C. See docs/simulator.md."""
    try:
        plan = read_farm(farm)
        # Four ports, and as many who are connected or transfer something.
        allow_open_files(256 + 12 * len(plan.entries))
        asyncio.run(_run(plan, _Wishes(**wishes)))
    except BadFarm as error:
        raise click.ClickException(str(error)) from error


async def _run(plan: FarmPlan, wishes: _Wishes) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(each, stop.set)
    farm = Farm(
        plan,
        wishes.state_dir,
        started_at=SystemClock().now(),
        clock_factor=wishes.clock_factor,
        real_ports=wishes.real_ports,
        interface=wishes.interface,
        first_port=wishes.first_port,
        continues=wishes.continues,
    )
    async with farm:
        _print_table(farm)
        try:
            async with ControlPort(farm.members, wishes.control_port) as control:
                _write_port(wishes.state_dir, control.port)
                click.echo(f"Control port: http://127.0.0.1:{control.port}/printers")
                if wishes.addresses is not None:
                    farm.write_addresses(wishes.addresses)
                await stop.wait()
        except OSError as error:
            if error.filename is not None:
                raise BadFarm(f"{error.filename}: {error.strerror}.") from error
            if error.errno != errno.EADDRINUSE:
                raise
            raise BadFarm(
                f"The control port {wishes.control_port} is taken. Choose another one"
                " with --control-port, or leave it out."
            ) from error


def _write_port(state_dir: Path, port: int) -> None:
    state_dir.mkdir(parents=True, exist_ok=True)
    (state_dir / CONTROL_FILE).write_text(f"{port}\n")


def _print_table(farm: Farm) -> None:
    columns = ("name", "family", "model", "serial", "secret", "host")
    rows = [
        (
            *(each[column] or "" for column in columns),
            " ".join(f"{name}:{port}" for name, port in each["ports"].items()),
        )
        for each in farm.addresses()
    ]
    print_table((*columns, "ports"), rows)
