"""The limit of open files is raised as far as the system lets, and never lowered."""

import subprocess
import sys

import pytest

_PROGRAM = """
import resource, sys
from odin_engine.cli.open_files import allow_open_files
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
allow_open_files(wanted)
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "found"),
    [(64, 512, 256, 256), (64, 128, 256, 128), (512, 512, 256, 512)],
)
def test_the_limit_is_raised_as_far_as_it_may(
    soft: int, hard: int, wanted: int, found: int
) -> None:
    arguments = [str(number) for number in (soft, hard, wanted)]
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(ended.stdout) == found
