"""Home Assistant is killed at moments that dice choose, alone or with the engine.

Afterwards everything is there once, under the ids it had, and true to the machine again.
`ODIN_KILLS` says how many kills (1 for every five), `ODIN_KILLS_SEED` throws other dice.
"""

import os
import random
import time
from collections import Counter

import pytest

from script.home_assistant_steps import entries, until_loaded
from tests.e2e.apart import until_healthy, wait_for
from tests.e2e.home_assistant.ear import listening
from tests.e2e.home_assistant.home import Home
from tests.e2e.home_assistant.truth import untrue
from tests.e2e.scene import dice

KILLS = max(1, int(os.environ.get("ODIN_KILLS", "5")) // 5)
SEED = int(os.environ.get("ODIN_KILLS_SEED", "7"))
_WHILE_IT_STARTS = 0.4
"""How many are killed a second time before they are up."""
_WITH_THE_ENGINE = 0.5
_RETRIES_WITHIN_S = 90.0


def _known(home: Home) -> dict[str, tuple[str, str, str | None]]:
    found = home.registry()
    names = Counter(each["unique_id"] for each in found)
    assert not [name for name, count in names.items() if count > 1]
    return {
        each["unique_id"]: (each["entity_id"], each["device_id"], each["disabled_by"])
        for each in found
    }


def _until_stored(home: Home) -> None:
    """Waits until Home Assistant has written its devices down, which takes it 10 s."""
    path = home.core.folder / ".storage" / "core.device_registry"
    devices = {device_id for _, device_id, _ in _known(home).values()}
    wait_for(
        lambda: path.exists() and all(each in path.read_text() for each in devices),
        lambda: "the devices were not written down",
    )


def _wait(dice: random.Random, most_s: float) -> None:
    time.sleep(dice.uniform(0.0, most_s))  # noqa: TID251 - the moment is the dice's


@pytest.mark.timeout(300 + 90 * KILLS)
def test_a_killed_home_assistant_loses_and_doubles_nothing(
    home: Home, may_be_said: list[str]
) -> None:
    may_be_said += ["not ready yet", "Lost the engine at"]
    _until_stored(home)
    before = _known(home)
    chance = dice(SEED)
    for _ in range(KILLS):
        _wait(chance, 3.0)
        has_engine_killed = chance.random() < _WITH_THE_ENGINE
        home.owner.close()
        home.core.kill()
        if has_engine_killed:
            home.place.engine.kill()
        if chance.random() < _WHILE_IT_STARTS:
            home.core.launch()
            _wait(chance, 8.0)
            home.core.kill()
        if has_engine_killed:
            home.place.engine.start()
            if chance.random() < _WITH_THE_ENGINE:
                until_healthy(home.place.base)
        home.come_up()
        until_healthy(home.place.base)
        until_loaded(home.owner, home.entry_id, _RETRIES_WITHIN_S)
        assert len(entries(home.owner)) == 1
        home.until("Nord", "sensor", "status", "printing")
        assert _known(home) == before
    with listening(home.place, "Nord") as ear:
        wait_for(
            lambda: not untrue(home, "Nord", ear.told),
            lambda: f"not true: {untrue(home, 'Nord', ear.told)}",
        )
