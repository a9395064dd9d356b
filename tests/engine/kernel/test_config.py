"""Run-time settings are typed, bounded, stored and announced."""

import asyncio
from typing import Any

import pytest

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.config import Config, SettingChanged
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Conflict, Invalid
from odin_engine.kernel.tunable import Tunable
from tests.engine.doubles import ManualClock

_DELAY = Tunable("heater.off_after_s", 1800, "Heater off", minimum=60, maximum=86400)
_SHARE = Tunable("vision.share", 0.65, "Share", minimum=0.0, maximum=1.0)
_TONE = Tunable("alert.tone", "soft", "Tone", choices=("soft", "loud"))
_NAME = Tunable("farm.name", "", "Name")
_ON = Tunable("demo.is_on", False, "Demo")  # noqa: FBT003 - a default, not a flag
_ALL: tuple[Tunable[Any], ...] = (_DELAY, _SHARE, _TONE, _NAME, _ON)


@pytest.fixture
async def config(any_database: Database, clock: ManualClock) -> Config:
    config = Config(any_database, clock, _ALL)
    await config.load()
    return config


async def test_defaults_hold_until_changed(config: Config) -> None:
    assert config.get(_DELAY) == 1800
    assert [value for _, value in config.all()] == [1800, 0.65, "soft", "", False]


async def test_a_change_lasts_and_is_announced(
    config: Config, any_database: Database, facts: Facts, clock: ManualClock
) -> None:
    heard: list[SettingChanged] = []

    async def hear(event: SettingChanged) -> None:
        heard.append(event)

    facts.subscribe(SettingChanged, hear)
    dispatcher = asyncio.create_task(facts.run())
    await config.change({_DELAY.key: 60, _SHARE.key: 1, _TONE.key: "soft"})
    await facts.drain()
    dispatcher.cancel()
    assert heard == [SettingChanged(_DELAY.key, 60), SettingChanged(_SHARE.key, 1.0)]
    again = Config(any_database, clock, _ALL)
    await again.load()
    assert (again.get(_DELAY), again.get(_SHARE)) == (60, 1.0)
    assert type(again.get(_SHARE)) is float


async def test_of_two_changes_of_one_version_one_is_done(config: Config) -> None:
    seen = config.version
    results = await asyncio.gather(
        config.change({_DELAY.key: 60}, seen),
        config.change({_DELAY.key: 120}, seen),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), Conflict]
    assert config.get(_DELAY) == 60
    assert config.version != seen


async def test_none_goes_back_to_the_default(config: Config) -> None:
    await config.change({_DELAY.key: 60})
    await config.change({_DELAY.key: None})
    assert config.get(_DELAY) == 1800


@pytest.mark.parametrize(
    ("tunable", "value", "fault"),
    [
        (_DELAY, 59, "takes at least 60"),
        (_DELAY, 86401, "takes at most 86400"),
        (_DELAY, 60.5, "takes a whole number"),
        (_DELAY, True, "takes a whole number"),
        (_DELAY, "60", "takes a whole number"),
        (_SHARE, float("nan"), "takes a finite number"),
        (_SHARE, 1.5, "takes at most 1"),
        (_TONE, "shrill", "takes one of soft, loud"),
        (_NAME, "x" * 1001, "takes at most 1000 plain characters"),
        (_NAME, "a\0b", "takes at most 1000 plain characters"),
        (_ON, 1, "takes true or false"),
    ],
)
async def test_a_wrong_value_changes_nothing(
    config: Config, tunable: Tunable[Any], value: object, fault: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await config.change({_NAME.key: "new", tunable.key: value})
    assert [(each.pointer, each.detail) for each in caught.value.problems] == [
        (f"/{tunable.key}", fault)
    ]
    assert config.get(_NAME) == ""


async def test_an_unknown_key_is_named(config: Config) -> None:
    with pytest.raises(Invalid, match=r"no\.such: There is no such setting"):
        await config.change({"no.such": 1})


async def test_a_stored_value_that_no_longer_fits_counts_as_not_set(
    config: Config, any_database: Database, clock: ManualClock
) -> None:
    await config.change({_DELAY.key: 86400})
    tighter = Tunable(_DELAY.key, 1800, "Heater off", maximum=3600)
    again = Config(any_database, clock, [tighter])
    await again.load()
    assert again.get(tighter) == 1800
