"""How triggers and conditions find our entities, on helpers of Home Assistant.

Nothing else of the integration touches those helpers: they may still change. A target
means entities, devices, areas and so on; of what it expands to, one kind of our
entities counts for each trigger.
"""

from types import MappingProxyType
from typing import ClassVar, override

from homeassistant.components.event import ATTR_EVENT_TYPE
from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    Condition,
    ConditionConfig,
    EntityStateConditionBase,
)
from homeassistant.helpers.trigger import (
    EntityTargetStateTriggerBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
    TriggerConfig,
)

from .binary_sensor import ATTENTION, CONNECTIVITY
from .client import Activity
from .const import DOMAIN
from .event import PRINT, PRINT_FAILED, PRINT_FINISHED

BINARY_SENSOR = Platform.BINARY_SENSOR
EVENT = Platform.EVENT
SENSOR = Platform.SENSOR

_STATUS = "status"


def _ours(hass: HomeAssistant, entity_ids: set[str], domain: str, key: str) -> set[str]:
    """Returns those entities that are this one of a printer of ours."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.domain == domain
        and entry.translation_key == key
    }


class _PrintTrigger(StatelessEntityTriggerBase):
    """Fires on one kind of news about prints."""

    _domain_specs = MappingProxyType({EVENT: DomainSpec()})
    kind: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return _ours(self._hass, entities, EVENT, PRINT)

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        return state.attributes.get(ATTR_EVENT_TYPE) == self.kind


class PrintFinishedTrigger(_PrintTrigger):
    """A print came to its good end."""

    kind = PRINT_FINISHED


class PrintFailedTrigger(_PrintTrigger):
    """A print failed."""

    kind = PRINT_FAILED


class _StateTrigger(EntityTargetStateTriggerBase):
    """Fires when a binary sensor of a printer turns to a state from the other.

    What was unknown or unavailable before does not count: after a restart nothing fires.
    """

    _domain_specs = MappingProxyType({BINARY_SENSOR: DomainSpec()})
    _primary_entities_only = False
    key: ClassVar[str]
    state: ClassVar[str]

    @override
    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._to_states = {self.state}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return _ours(self._hass, entities, BINARY_SENSOR, self.key)


class NeedsAttentionTrigger(_StateTrigger):
    """A printer waits for a person."""

    key = ATTENTION
    state = STATE_ON


class PrinterOfflineTrigger(_StateTrigger):
    """A printer that was heard is not any more. One switched off here does not count."""

    key = CONNECTIVITY
    state = STATE_OFF


class _StateCondition(EntityStateConditionBase):
    """Whether an entity of a printer is in one of some states."""

    _primary_entities_only = False
    domain: ClassVar[str]
    key: ClassVar[str]
    states: ClassVar[frozenset[str]]

    @override
    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._states = set(self.states)

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return _ours(self._hass, entities, self.domain, self.key)


class _StatusCondition(_StateCondition):
    _domain_specs = MappingProxyType({SENSOR: DomainSpec()})
    domain = SENSOR
    key = _STATUS


class IsPrintingCondition(_StatusCondition):
    """A printer prints or is about to."""

    states = frozenset({Activity.PREPARING, Activity.PRINTING})


class HasFinishedCondition(_StatusCondition):
    """The last print of a printer came to its good end."""

    states = frozenset({Activity.FINISHED})


class HasFailedCondition(_StatusCondition):
    """The last print of a printer failed."""

    states = frozenset({Activity.FAILED})


class NeedsAttentionCondition(_StateCondition):
    """A printer waits for a person."""

    _domain_specs = MappingProxyType({BINARY_SENSOR: DomainSpec()})
    domain = BINARY_SENSOR
    key = ATTENTION
    states = frozenset({STATE_ON})


class IsOfflineCondition(_StateCondition):
    """A printer is not heard, though it should be."""

    _domain_specs = MappingProxyType({BINARY_SENSOR: DomainSpec()})
    domain = BINARY_SENSOR
    key = CONNECTIVITY
    states = frozenset({STATE_OFF})


TRIGGERS: dict[str, type[Trigger]] = {
    "needs_attention": NeedsAttentionTrigger,
    "print_failed": PrintFailedTrigger,
    "print_finished": PrintFinishedTrigger,
    "printer_offline": PrinterOfflineTrigger,
}
CONDITIONS: dict[str, type[Condition]] = {
    "has_failed": HasFailedCondition,
    "has_finished": HasFinishedCondition,
    "is_offline": IsOfflineCondition,
    "is_printing": IsPrintingCondition,
    "needs_attention": NeedsAttentionCondition,
}
