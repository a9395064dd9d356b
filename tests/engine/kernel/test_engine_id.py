"""An engine keeps its id for as long as it keeps its data."""

from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.engine_id import engine_id
from odin_engine.kernel.tunable import Tunable
from tests.engine.doubles import ManualClock

_TONE = Tunable("alert.tone", "soft", "Tone", choices=("soft", "loud"))


async def test_it_is_made_once(any_database: Database, clock: ManualClock) -> None:
    made = await engine_id(any_database, clock)
    assert len(made) == 32
    assert await engine_id(any_database, clock) == made


async def test_settings_leave_it_alone(
    any_database: Database, clock: ManualClock
) -> None:
    made = await engine_id(any_database, clock)
    config = Config(any_database, clock, (_TONE,))
    await config.load()
    await config.change({"alert.tone": "loud"})
    assert [tunable.key for tunable, _ in config.all()] == ["alert.tone"]
    assert await engine_id(any_database, clock) == made
