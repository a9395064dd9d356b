"""What can happen to an engine, one function each: it begins, lasts a while, and ends."""

import asyncio
import random
import resource
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager

from tests.e2e.cable import Cable
from tests.e2e.scene import Scene
from tests.e2e.wrong_clock import turn

type Trouble = Callable[[Scene, random.Random], Awaitable[None]]

LASTS_S = (0.5, 4.0)
"""Short enough for many rounds; two to eight minutes at the machines."""
_JUMPS_S = (60.0, 2 * 86400.0)

DISK_LINES = (
    "history waits for the database",
    "periodic work",
    "handler ",
    "disk I/O error",
)
"""What the log may say of a disk that takes no more."""

DATABASE_LINES = (*DISK_LINES, "nothing can be stored", "the outbox could not")
"""What the log may say of a database that is away."""


async def kill_engine(scene: Scene, dice: random.Random) -> None:
    """The engine is killed and started again."""
    await scene.engine.end(signal.SIGKILL)
    await _rest(dice)
    await scene.engine.start()


async def kill_farm(scene: Scene, dice: random.Random) -> None:
    """The machines lose power; what they printed is lost."""
    await scene.farm.end(signal.SIGKILL)
    await _rest(dice)
    await scene.farm.start()


async def unplug(scene: Scene, dice: random.Random) -> None:
    """Some cables are pulled and put back."""
    await _hold(scene, dice, Cable.unplugged)


async def freeze(scene: Scene, dice: random.Random) -> None:
    """Nothing comes through, and nobody is told."""
    await _hold(scene, dice, Cable.frozen)


async def slow_down(scene: Scene, dice: random.Random) -> None:
    """Everything comes late."""
    delay_s = dice.uniform(0.1, 1.0)
    await _hold(scene, dice, lambda cable: cable.slow(delay_s))


async def forget_at_printer(scene: Scene, dice: random.Random) -> None:
    """The printer closed the connection, and the engine was not told."""
    await _hold(scene, dice, Cable.forgotten_by_printer)


async def forget_at_engine(scene: Scene, dice: random.Random) -> None:
    """The engine lost the connection, and the printer was not told."""
    await _hold(scene, dice, Cable.forgotten_by_engine)


async def fill_disk(scene: Scene, dice: random.Random) -> None:
    """No file of the engine takes another byte for a while."""
    with scene.outage(), full_disk(scene.engine.pid):
        await asyncio.sleep(dice.uniform(*LASTS_S))


async def turn_clock(scene: Scene, dice: random.Random) -> None:
    """The engine's clock jumps, forward or back; only a `wrong_clock` lets it."""
    turn(scene.folder, dice.choice((-1, 1)) * dice.uniform(*_JUMPS_S))
    await asyncio.sleep(dice.uniform(*LASTS_S))


@contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """Lets a process write nothing behind the first byte of any file.

    The limit is the process's own, so it needs no rights; the system says EFBIG where a
    disk would say ENOSPC, and SQLite then fails in the same places.
    """
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


async def _hold(
    scene: Scene,
    dice: random.Random,
    what: Callable[[Cable], AbstractAsyncContextManager[None]],
) -> None:
    cables = list(scene.cables.values())
    async with AsyncExitStack() as stack:
        for cable in dice.sample(cables, dice.randint(1, len(cables))):
            await stack.enter_async_context(what(cable))
        await asyncio.sleep(dice.uniform(*LASTS_S))


async def _rest(dice: random.Random) -> None:
    await asyncio.sleep(dice.choice((0.0, dice.uniform(*LASTS_S))))


NETWORK: tuple[Trouble, ...] = (
    unplug,
    freeze,
    slow_down,
    forget_at_printer,
    forget_at_engine,
)
