"""`odin openapi`: the API's description, without starting anything."""

import tempfile
from pathlib import Path

import click
import orjson

from odin_engine.app import create_app
from odin_engine.kernel.secrets import load_secrets
from odin_engine.kernel.settings import load_settings


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; standard output unless set.",
)
def openapi(output: Path | None) -> None:
    """Writes the OpenAPI document of this version."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder))
        app = create_app(settings, load_secrets(settings.data_dir))
    text = orjson.dumps(
        app.openapi(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )
    if output is None:
        click.echo(text.decode(), nl=False)
        return
    try:
        output.write_bytes(text)
    except OSError as error:
        raise click.ClickException(f"{output}: {error.strerror}.") from error
