"""`odin backup-prepare` and `odin backup-finish`: around a backup by Home Assistant."""

import sqlite3

import click

from odin_engine.kernel.backup import hot
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.settings import Settings, load_settings


@click.command("backup-prepare")
def prepare() -> None:
    """Puts a whole copy of the database where the backup will take it."""
    settings = _settings()
    database = settings.database_path
    if database is None:
        click.echo("The database is elsewhere: back it up where it is.")
        return
    if not database.is_file():
        click.echo("There is no database yet.")
        return
    try:
        copy = hot.prepare(database, settings.data_dir)
    except (OSError, sqlite3.Error) as error:
        raise click.ClickException(f"Cannot copy {database}: {error}.") from error
    click.echo(f"Copied the database to {copy}.")


@click.command("backup-finish")
def finish() -> None:
    """Removes the copy that backup-prepare made."""
    hot.finish(_settings().data_dir)


def _settings() -> Settings:
    try:
        return load_settings()
    except OdinError as error:
        raise click.ClickException(error.message) from error
