"""How many failures one address may make."""

import math
from collections import deque
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from odin_engine.identity.model import TooManyTries
from odin_engine.kernel.clock import Clock

MOST_FAILURES = 10
PERIOD = timedelta(minutes=5)
_MOST_ADDRESSES = 10_000
_PROVIDERS_IPV6_BITS = 64
"""One customer gets at least a /64: counting single IPv6 addresses counts nothing."""


class FailureLimit:
    """Counts failures per address over a sliding period; in memory.

    A try is counted before it is made and forgiven when it succeeds, so that many at
    the same moment cannot slip through.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[str, deque[float]] = {}

    def take(self, address: str) -> None:
        """Counts a try.

        Raises:
            TooManyTries: the address failed too often lately.
        """
        now_s = self._clock.monotonic_s()
        failures = self._recent(address, now_s)
        if len(failures) >= MOST_FAILURES:
            wait_s = failures[0] + PERIOD.total_seconds() - now_s
            raise TooManyTries(math.ceil(wait_s))
        failures.append(now_s)

    def forgive(self, address: str) -> None:
        """Takes the last counted try back."""
        failures = self._failures.get(_network(address))
        if failures:
            failures.pop()

    def _recent(self, address: str, now_s: float) -> deque[float]:
        if len(self._failures) >= _MOST_ADDRESSES:
            self._forget_old(now_s)
        failures = self._failures.setdefault(_network(address), deque())
        while failures and failures[0] <= now_s - PERIOD.total_seconds():
            failures.popleft()
        return failures

    def _forget_old(self, now_s: float) -> None:
        since_s = now_s - PERIOD.total_seconds()
        recent = {
            network: failures
            for network, failures in self._failures.items()
            if failures and failures[-1] > since_s
        }
        # Still too many means an attack from everywhere: the oldest half is let go.
        kept = list(recent.items())[-_MOST_ADDRESSES // 2 :]
        self._failures = dict(kept)


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _PROVIDERS_IPV6_BITS), strict=False))
    return address
