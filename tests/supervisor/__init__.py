"""A stand-in for Home Assistant's Supervisor: its API for apps, and its ingress.

What it does and refuses is what home-assistant/supervisor does (`api/discovery.py`,
`api/proxy.py`, `api/ingress.py`) and, for core's half of ingress, home-assistant/core
(`components/hassio/ingress.py`).
"""

from tests.supervisor.api import SupervisorApi
from tests.supervisor.ingress import IngressProxy, Person

__all__ = ["IngressProxy", "Person", "SupervisorApi"]
