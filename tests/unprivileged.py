"""Commands for which file modes count, whoever runs the tests."""

import os
import shutil

import pytest


def as_anybody() -> list[str]:
    """Returns what goes before a command so that even root needs a file's permission."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root may write everywhere, and setpriv is not installed")
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search,-fowner"]
