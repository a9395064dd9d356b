"""How many inputs a parser is fed: few and always the same in CI, many where asked.

`script/fuzz` asks, with a seed that it prints: a failure is repeated with that seed.
`docs/security.md` states the numbers, and `tests/architecture/test_fuzzing.py` holds it
to them.
"""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

IS_LARGE = os.environ.get("ODIN_FUZZ") == "large"
LARGE_FACTOR = 100


def fuzzed[**P, R](examples: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Returns the decorator of a test that takes so many inputs, or a hundred times."""
    rules = settings(
        max_examples=examples * (LARGE_FACTOR if IS_LARGE else 1),
        deadline=None,
        derandomize=not IS_LARGE,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )

    def decorate(test: Callable[P, R]) -> Callable[P, R]:
        ruled: Callable[P, R] = rules(test)
        return pytest.mark.timeout(0)(ruled) if IS_LARGE else ruled

    return decorate
