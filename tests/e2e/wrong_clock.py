"""An engine whose clock can be turned: `python -m tests.e2e.wrong_clock FOLDER`.

It is `odin serve` but for its clock, which is wrong by as many seconds as a file in the
folder says. The time that never jumps does not jump here either.
"""

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn

from odin_engine.app import create_app
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.log import set_up_logging
from odin_engine.kernel.migrate import migrate
from odin_engine.kernel.secrets import KnownSecrets, load_secrets
from odin_engine.kernel.settings import load_settings

_FILE = "clock-offset"


class WrongClock(SystemClock):
    """The machine's clock, turned."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def now(self) -> datetime:
        """Returns the instant that this clock shows."""
        return super().now() + timedelta(seconds=float(self._file.read_text()))


def turn(folder: Path, offset_s: float) -> None:
    """Makes the clock wrong by so much."""
    fresh = folder / f"{_FILE}.new"
    fresh.write_text(str(offset_s))
    fresh.replace(folder / _FILE)


def main() -> None:
    """Serves until SIGTERM."""
    settings, clock = load_settings(), WrongClock(Path(sys.argv[1]))
    known = KnownSecrets()
    set_up_logging(settings.log_format, settings.log_level, known)
    secrets = load_secrets(settings.data_dir, known)
    asyncio.run(migrate(settings.database_url, settings.data_dir, clock))
    app = create_app(settings, secrets, clock)
    uvicorn.run(app, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
