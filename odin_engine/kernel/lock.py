"""One process at a time works on a data directory.

The lock is the operating system's: it ends with the process, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from odin_engine.kernel.errors import Refused, Unavailable

_LOCK_FILE = "engine.lock"


class InUse(Refused):
    """Another process works on this data directory."""

    code: ClassVar[str] = "data_in_use"

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"The engine is running on {data_dir}. Stop it first, then try again."
        )


class LockUnusable(Unavailable):
    """The system does not let us lock this data directory."""

    code: ClassVar[str] = "data_not_writable"

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"{path} cannot be opened: {error.strerror}. Make it and its folder writable "
            "for the user that runs the engine."
        )


@contextmanager
def exclusive(data_dir: Path) -> Iterator[None]:
    """Holds the data directory for the length of the block.

    Raises:
        InUse: somebody else holds it.
        LockUnusable: it may not be written in.
    """
    path = data_dir / _LOCK_FILE
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LockUnusable(path, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(data_dir) from None
        yield
    finally:
        os.close(descriptor)


def is_held(data_dir: Path) -> bool:
    """Whether somebody works on the data directory now; writes nothing in it.

    Raises:
        LockUnusable: that cannot be found out.
    """
    path = data_dir / _LOCK_FILE
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise LockUnusable(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
