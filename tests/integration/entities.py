"""Finds our entities by what they stand for, never by their names."""

from collections.abc import Callable
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from custom_components.odin.const import DOMAIN
from tests.integration.conftest import until
from tests.integration.farm import Engine


class Entities:
    """The entities of an engine in a Home Assistant."""

    def __init__(self, hass: HomeAssistant, engine: Engine) -> None:
        self.hass = hass
        self.engine = engine
        self._engine_id = engine.engine_id

    def entry(self, name: str | None, domain: str, key: str) -> er.RegistryEntry | None:
        """Returns an entity in the registry; `key` names unit and slot, too."""
        registry = er.async_get(self.hass)
        parts = [self._engine_id]
        if name is not None:
            parts.append(self.engine.printers[name])
        entity_id = registry.async_get_entity_id(
            domain, DOMAIN, "_".join([*parts, key])
        )
        return None if entity_id is None else registry.async_get(entity_id)

    def id(self, name: str | None, domain: str, key: str) -> str:
        """Returns an entity's id; `None` as name is the engine."""
        entry = self.entry(name, domain, key)
        assert entry is not None, f"{name} has no {domain} {key}"
        return entry.entity_id

    def state(self, name: str | None, domain: str, key: str) -> State:
        """Returns an entity's state, which must be there."""
        state = self.hass.states.get(self.id(name, domain, key))
        assert state is not None
        return state

    def value(self, name: str | None, domain: str, key: str) -> str:
        """Returns the word that it shows."""
        return self.state(name, domain, key).state

    async def until(
        self,
        name: str | None,
        domain: str,
        key: str,
        wanted: str | Callable[[str], object],
    ) -> None:
        """Waits until it shows that."""
        is_so = (lambda now: now == wanted) if isinstance(wanted, str) else wanted
        try:
            await until(lambda: is_so(self.value(name, domain, key)))
        except TimeoutError:
            raise AssertionError(
                f"{name} {key} shows {self.value(name, domain, key)}, not {wanted}"
            ) from None

    def number(self, name: str | None, domain: str, key: str) -> float:
        """Returns the number that it shows; NaN while it shows none."""
        try:
            return float(self.value(name, domain, key))
        except ValueError:
            return float("nan")

    def is_available(self, name: str | None, domain: str, key: str) -> bool:
        """Whether it is available."""
        return self.value(name, domain, key) != STATE_UNAVAILABLE

    async def call(
        self,
        name: str,
        domain: str,
        key: str,
        service: str,
        context: Context | None = None,
        **data: Any,  # noqa: ANN401 - as the action takes it
    ) -> None:
        """Calls an action on an entity and waits until it is done."""
        await self.hass.services.async_call(
            domain,
            service,
            {"entity_id": self.id(name, domain, key)} | data,
            blocking=True,
            context=context,
        )

    def device(self, name: str, part: str = "") -> str:
        """Returns a device's id; `part` is such as `_unit_0` or `_unit_0_slot_1`."""
        registry = dr.async_get(self.hass)
        wanted = (DOMAIN, f"{self._engine_id}_{self.engine.printers[name]}{part}")
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        devices = [
            *dr.async_entries_for_config_entry(registry, entry.entry_id),
            *dr.async_child_entries_for_config_entry(registry, entry.entry_id),
        ]
        return next(each.id for each in devices if wanted in each.identifiers)
