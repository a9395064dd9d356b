"""Hashing passwords: slow on purpose, so never on the loop and never many at once."""

import asyncio
import base64
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from odin_engine.identity.model import can_be_password, password_bytes

_MEMORY_KIB = 19 * 1024
_PASSES = 2
_LANES = 1
"""argon2id, 19 MiB, 2 passes, 1 lane: what OWASP's Password Storage Cheat Sheet asks at
least. More memory would hurt on a Raspberry Pi."""
_AT_ONCE = 2
"""Bounds the memory and the cores that a flood of logins can take."""


class Passwords:
    """Makes and checks argon2id hashes in threads; argon2 lets go of the GIL."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES
        )
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._decoy = _decoy()

    async def hash(self, password: str) -> str:
        """Returns the hash under which a checked password is kept."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password_bytes(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password belongs to the hash; as slow where there is none."""
        secret = password_bytes(password) if can_be_password(password) else b""
        async with self._turns:
            is_right = await asyncio.to_thread(
                self._matches, password_hash or self._decoy, secret
            )
        return is_right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, secret: bytes) -> bool:
        try:
            return self._hasher.verify(password_hash, secret)
        except VerifyMismatchError:
            return False


def _decoy() -> str:
    """Returns a hash that no password has and that costs the same to check."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (16, 32)
    )
    costs = f"m={_MEMORY_KIB},t={_PASSES},p={_LANES}"
    return f"$argon2id$v=19${costs}${salt}${digest}"
