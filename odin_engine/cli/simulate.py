"""`odin simulate`: a farm of simulated printers, for trying things without hardware."""

import asyncio
import errno
import signal
from dataclasses import dataclass
from pathlib import Path

import click

from odin_engine.kernel.clock import SystemClock
from odin_engine.simulator.control import ControlPort
from odin_engine.simulator.farm import FIRST_PORT, Farm
from odin_engine.simulator.farm_file import BadFarm, FarmPlan, read_farm


@dataclass(frozen=True, slots=True)
class _Wishes:
    state_dir: Path
    addresses: Path | None
    clock_factor: float | None
    real_ports: bool
    interface: str | None
    control_port: int | None
    first_port: int


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
    help="Writes model, serial, code, host and ports of every printer as JSON.",
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
    help="Announces the printers from this IPv4 address instead of loopback only.",
)
@click.option(
    "--control-port",
    type=click.IntRange(0, 65535),
    help="Opens a loopback HTTP port that takes misbehaviours; 0 takes a free one.",
)
@click.option(
    "--first-port",
    type=click.IntRange(1024, 60000),
    default=FIRST_PORT,
    show_default=True,
    help="Port of the first printer; each takes the next five.",
)
def simulate(
    farm: Path,
    state_dir: Path,
    addresses: Path | None,
    clock_factor: float | None,
    real_ports: bool,  # noqa: FBT001 - click hands it over so
    interface: str | None,
    control_port: int | None,
    first_port: int,
) -> None:
    """Runs the printers described in FARM until Ctrl-C."""
    try:
        plan = read_farm(farm)
    except BadFarm as error:
        raise click.ClickException(str(error)) from error
    wishes = _Wishes(
        state_dir,
        addresses,
        clock_factor,
        real_ports,
        interface,
        control_port,
        first_port,
    )
    try:
        asyncio.run(_run(plan, wishes))
    except BadFarm as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(_why(error)) from error


def _why(error: OSError) -> str:
    if error.errno != errno.EADDRINUSE:
        return str(error)
    return (
        f"{error.strerror}. Choose other ports with --first-port; of the demo, with"
        " --farm-port."
    )


async def _run(plan: FarmPlan, wishes: _Wishes) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    farm = Farm(
        plan,
        wishes.state_dir,
        started_at=SystemClock().now(),
        clock_factor=wishes.clock_factor,
        real_ports=wishes.real_ports,
        announce_from=wishes.interface,
        first_port=wishes.first_port,
    )
    async with farm:
        _print_table(farm)
        if wishes.addresses is not None:
            farm.write_addresses(wishes.addresses)
        if wishes.control_port is None:
            await stop.wait()
            return
        async with ControlPort(farm.printers, wishes.control_port) as control:
            click.echo(f"Control port: http://127.0.0.1:{control.port}/printers")
            await stop.wait()


def _print_table(farm: Farm) -> None:
    row = "{:<18} {:<8} {:<16} {:<9} {:<12} {}"
    click.echo(row.format("name", "model", "serial", "code", "host", "ports"))
    for each in farm.addresses():
        ports = " ".join(f"{name}:{port}" for name, port in each["ports"].items())
        click.echo(
            row.format(
                each["name"],
                each["model"],
                each["serial"],
                each["access_code"],
                each["host"],
                ports,
            )
        )
