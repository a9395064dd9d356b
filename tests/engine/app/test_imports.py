"""What an engine loads before anybody asks it for anything."""

import subprocess
import sys

_LATER = {"aiohttp", "alembic", "asyncpg", "PIL"}
"""Together some 30 MB: for Home Assistant's Supervisor, an upgrade, another database."""


def test_an_engine_on_its_own_loads_no_more_than_it_needs() -> None:
    program = f"import sys, odin_engine.app; print({_LATER} & set(sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "set()\n"
