"""Memory that was needed for a moment goes back; a process of its own shows it."""

import asyncio
import ctypes
import sys
from pathlib import Path

import pytest

_CHECKS = """
import sys
from pathlib import Path
from argon2.low_level import Type, hash_secret
from odin_engine.kernel.memory import return_large_blocks

def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096

if sys.argv[1] == "yes":
    return_large_blocks()
before = resident()
for _ in range(3):
    hash_secret(b"secret", b"salt" * 4, 1, 19 * 1024, 1, 32, Type.ID)
print(resident() - before)
"""


async def _grown_by(answer: str) -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _CHECKS, answer), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return int(output)


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists()
    or getattr(ctypes.CDLL(None), "gnu_get_libc_version", None) is None,
    reason="only Linux with glibc holds on to it, and shows it",
)
async def test_password_checks_leave_nothing_behind() -> None:
    held, returned = await _grown_by("no"), await _grown_by("yes")
    assert held > 15_000_000, "glibc no longer holds on; the setting may go"
    assert returned < 3_000_000
