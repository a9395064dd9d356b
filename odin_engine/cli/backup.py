"""`odin backup` and `odin restore`: everything in one file, and back."""

import asyncio
from pathlib import Path

import click

from odin_engine.kernel.backup import make_backup, restore_backup
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.lock import exclusive
from odin_engine.kernel.settings import load_settings

_MIB = 1024**2


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def backup(file: Path | None) -> None:
    """Writes database, key and stored files to FILE; the engine may keep running."""
    clock = SystemClock()
    target = file or Path(f"odin-backup-{clock.now():%Y%m%d-%H%M%S}.zip")
    try:
        settings = load_settings()
        manifest = asyncio.run(
            make_backup(settings.database_url, settings.data_dir, target, clock)
        )
    except OdinError as error:
        raise click.ClickException(error.message) from error
    except OSError as error:
        # It may be a file to be read which cannot be had. The target has another name
        # until it is whole.
        is_target = error.filename in {None, f"{target}.part"}
        place = target if is_target else error.filename
        raise click.ClickException(f"{place}: {error.strerror}") from error
    click.echo(
        f"Wrote {target}: the {manifest.database} database, "
        f"{manifest.stored_files} stored files, {manifest.size_bytes // _MIB} MiB.\n"
        "It contains the key to every stored secret: keep it where only you can "
        "read it."
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
def restore(file: Path, *, is_agreed: bool) -> None:
    """Puts a backup in place of everything there is; the engine must be stopped."""
    try:
        settings = load_settings()
        with exclusive(settings.data_dir):
            if not is_agreed:
                click.confirm(
                    f"Replace database, key and files in {settings.data_dir}?",
                    abort=True,
                )
            restored = asyncio.run(
                restore_backup(
                    settings.database_url, settings.data_dir, file, SystemClock()
                )
            )
    except OdinError as error:
        raise click.ClickException(error.message) from error
    manifest = restored.manifest
    click.echo(
        f"Restored the {manifest.database} database and {manifest.stored_files} stored "
        f"files of {manifest.created_at:%Y-%m-%d %H:%M} UTC (version "
        f"{manifest.version})."
    )
    if restored.aside is not None:
        click.echo(
            f"What was there before is in {restored.aside}: delete it when all is well."
        )
