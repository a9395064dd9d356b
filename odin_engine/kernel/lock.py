"""One process at a time works on a data directory.

The lock is the operating system's: it ends with the process, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from odin_engine.kernel.errors import Refused

_LOCK_FILE = "engine.lock"


class InUse(Refused):
    """Another process works on this data directory."""

    code: ClassVar[str] = "data_in_use"

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"The engine is running on {data_dir}. Stop it first, then try again."
        )


@contextmanager
def exclusive(data_dir: Path) -> Iterator[None]:
    """Holds the data directory for the length of the block.

    Raises:
        InUse: somebody else holds it.
    """
    descriptor = os.open(data_dir / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(data_dir) from None
        yield
    finally:
        os.close(descriptor)
