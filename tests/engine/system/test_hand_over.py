"""Handing the engine over to Home Assistant, against a stand-in of its Supervisor."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from odin_engine.drivers.bridges.supervisor import Supervisor
from odin_engine.identity.service import Identity
from odin_engine.kernel.db import Database
from odin_engine.kernel.secrets import Secrets
from odin_engine.system.service import KEPT_FILE, HandOver
from tests.engine.doubles import ManualClock
from tests.supervisor import SupervisorApi
from tests.supervisor.api import TOKEN

_ENGINE = "0192f0c0ffee"


@pytest.fixture
async def api() -> AsyncIterator[SupervisorApi]:
    async with SupervisorApi().running() as api:
        yield api


@pytest.fixture
def secrets() -> Secrets:
    return Secrets(Fernet.generate_key())


class _Boot:
    """Starts of one engine on the same data."""

    def __init__(
        self, identity: Identity, secrets: Secrets, clock: ManualClock, folder: Path
    ) -> None:
        self.identity = identity
        self.secrets = secrets
        self.clock = clock
        self.folder = folder

    def hand_over(self, api: SupervisorApi, token: str = TOKEN) -> HandOver:
        supervisor = Supervisor(api.url, token)
        return HandOver(
            supervisor, self.identity, self.secrets, self.clock, self.folder
        )

    async def run(self, api: SupervisorApi, port: int = 8710) -> None:
        hand_over = self.hand_over(api)
        await hand_over.prepare()
        await hand_over.run(_ENGINE, port)


@pytest.fixture
def boot(
    database: Database, clock: ManualClock, secrets: Secrets, tmp_path: Path
) -> _Boot:
    return _Boot(Identity(database, clock), secrets, clock, tmp_path)


async def test_each_start_tells_core_address_and_the_one_token(
    api: SupervisorApi, boot: _Boot
) -> None:
    for _ in range(3):
        await boot.run(api)
    configs = [each["config"] for each in api.pushed]
    assert {each["service"] for each in api.pushed} == {"odin"}
    first = configs[0]
    assert set(first) == {
        "host",
        "port",
        "api_version",
        "engine_id",
        "auth_token",
        "boot_id",
    }
    assert (first["host"], first["port"]) == ("a0b1c2d3-odin", 8710)
    assert (first["engine_id"], first["api_version"]) == (_ENGINE, 1)
    # One start, one message: the same again would not reach core at all.
    assert len({each["boot_id"] for each in configs}) == len(configs) == 3
    assert {each["auth_token"] for each in configs} == {first["auth_token"]}
    principal = await boot.identity.doors.by_token(first["auth_token"])
    assert principal.act_as_role is not None


async def test_a_changed_address_is_told(api: SupervisorApi, boot: _Boot) -> None:
    await boot.run(api)
    api.hostname = "ffff0000-odin"
    await boot.run(api, port=8711)
    config = api.pushed[-1]["config"]
    assert (config["host"], config["port"]) == ("ffff0000-odin", 8711)


async def test_the_token_lies_sealed_for_its_owner_only(
    api: SupervisorApi, boot: _Boot
) -> None:
    await boot.run(api)
    kept = boot.folder / KEPT_FILE
    text = kept.read_text()
    token = api.pushed[0]["config"]["auth_token"]
    assert token not in text
    assert boot.secrets.open(text) == token
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["gone", "other key", "garbage", "revoked"])
async def test_a_token_that_is_lost_is_made_anew(
    api: SupervisorApi, boot: _Boot, damage: str
) -> None:
    await boot.run(api)
    old = api.pushed[-1]["config"]["auth_token"]
    kept = boot.folder / KEPT_FILE
    match damage:
        case "gone":
            kept.unlink()
        case "other key":
            boot.secrets = Secrets(Fernet.generate_key())
        case "garbage":
            kept.write_bytes(b"\xff\xfe")
        case _:
            principal = await boot.identity.doors.by_token(old)
            await boot.identity.tokens.withdraw(principal.token_id or "")
    await boot.run(api)
    fresh = api.pushed[-1]["config"]["auth_token"]
    assert fresh != old
    assert await boot.identity.house_key.renew(fresh) == fresh


async def test_a_supervisor_that_is_not_there_yet_is_asked_again(
    api: SupervisorApi, boot: _Boot
) -> None:
    api.is_broken = True
    hand_over = boot.hand_over(api)
    await hand_over.prepare()
    running = asyncio.create_task(hand_over.run(_ENGINE, 8710))
    await api.until_asked(1)
    # Nobody answers at all for a while, then the Supervisor starts.
    for asked, wait_s in ((2, 2), (3, 4)):
        await _until_waiting(boot.clock, running)
        await boot.clock.advance(wait_s)
        await api.until_asked(asked)
    api.is_broken = False
    await _until_waiting(boot.clock, running)
    await boot.clock.advance(8)
    await asyncio.wait_for(running, 30)
    assert len(api.pushed) == 1


async def test_one_that_is_down_costs_nothing_but_patience(boot: _Boot) -> None:
    async with SupervisorApi().running() as api:
        url = api.url
    gone = SupervisorApi()
    gone.url = url
    hand_over = boot.hand_over(gone)
    await hand_over.prepare()
    running = asyncio.create_task(hand_over.run(_ENGINE, 8710))
    await _until_waiting(boot.clock, running)
    async with gone.running(port=int(url.rpartition(":")[2])):
        await boot.clock.advance(2)
        await gone.until_pushed(1)
        await asyncio.wait_for(running, 30)


@pytest.mark.parametrize("why", ["not listed", "wrong token"])
async def test_what_is_refused_is_said_once_and_left(
    api: SupervisorApi, boot: _Boot, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = TOKEN
    if why == "not listed":
        api.services.clear()
    else:
        token = "another"
    hand_over = boot.hand_over(api, token)
    await hand_over.prepare()
    await hand_over.run(_ENGINE, 8710)
    assert api.pushed == []
    (line,) = [each for each in caplog.messages if "not handed over" in each]
    assert ("403" if why == "not listed" else "401") in line


async def _until_waiting(clock: ManualClock, running: asyncio.Task[None]) -> None:
    """Waits until the failure was dealt with, and only time is missing."""
    async with asyncio.timeout(30):
        while not clock.has_sleepers:
            assert not running.done()
            await asyncio.sleep(0.01)
