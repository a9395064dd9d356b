"""Holds the farm as the engine tells it, and tells those entities that it concerns."""

import asyncio
import itertools
import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from . import issues
from .client import (
    CannotConnect,
    EngineError,
    Farm,
    InvalidAuth,
    LiveEvent,
    LiveLink,
    NotAllowed,
    OdinClient,
    Person,
    Printer,
    Role,
    UnsupportedVersion,
)
from .const import (
    CONF_GUEST_ROLE,
    CONF_SLOT_DEVICES,
    CONF_TAGS,
    DOMAIN,
    NAME,
    RESYNC,
)
from .device import DeviceTree, shape
from .supervisor import async_is_app_removed

_LOGGER = logging.getLogger(__name__)

type OdinConfigEntry = ConfigEntry[OdinRuntime]
type EventListener = Callable[[LiveEvent], None]
type ShapeListener = Callable[[Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class Concern:
    """What an entity looks at, as the context of its listener.

    All of a printer; with `is_filament` only its filament units and whether it is heard,
    which change far less often than its numbers and have most of the entities. Without
    a printer what is counted over all of them.
    """

    printer_id: str | None = None
    is_filament: bool = False


_COUNTS = Concern()


@dataclass(frozen=True, slots=True)
class OdinRuntime:
    """What lives as long as a loaded entry. `client` is the token itself, for nobody."""

    client: OdinClient
    coordinator: OdinCoordinator


class OdinCoordinator(DataUpdateCoordinator[Farm]):
    """One engine. `data` is never changed, only replaced.

    A listener with a `Concern` as context is called when that has changed; one without
    hears everything.
    """

    config_entry: OdinConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: OdinConfigEntry, client: OdinClient
    ) -> None:
        self._by_context: dict[Concern | None, dict[int, CALLBACK_TYPE]] = {}
        self._event_listeners: list[tuple[str | None, EventListener]] = []
        self._shape_listeners: list[ShapeListener] = []
        self._shapes: dict[str, tuple[object, ...]] = {}
        self._keys = itertools.count()
        self._concerned: list[Concern | None] | None = None
        self._is_running = False
        super().__init__(
            hass, _LOGGER, config_entry=entry, name=NAME, update_interval=None
        )
        self.client = client
        self.link = LiveLink(client)
        self.engine_id = str(entry.unique_id)
        self._tags = frozenset(entry.options.get(CONF_TAGS, ()))
        self.tree = DeviceTree(
            hass,
            entry,
            self.engine_id,
            has_slots=entry.options.get(CONF_SLOT_DEVICES, True),
        )

    @callback
    def async_start(self) -> None:
        """Begins to follow the engine, until the entry is unloaded."""
        entry = self.config_entry
        self._is_running = True
        self._async_take(self.data, None)
        following = entry.async_create_background_task(
            self.hass, self._async_follow(), f"{DOMAIN} live link"
        )
        following.add_done_callback(self._async_stopped)
        self._async_look(self._async_look_at_disk())
        entry.async_on_unload(
            async_track_time_interval(self.hass, self._async_resync, RESYNC)
        )

    async def async_client_for(self, context: Context | None) -> OdinClient:
        """Returns the client as the person behind a context may use it.

        Without a person, as in an automation, it is the token's own.
        """
        if context is None or context.user_id is None:
            return self.client
        user = await self.hass.auth.async_get_user(context.user_id)
        if user is None:
            return self.client
        return self.client.acting_for(self.person(user.id, is_admin=user.is_admin))

    def person(self, user_id: str, *, is_admin: bool) -> Person:
        """Returns a user of Home Assistant with the role that the options say."""
        guest = Role(self.config_entry.options.get(CONF_GUEST_ROLE, Role.OPERATOR))
        return Person(user_id, Role.ADMIN if is_admin else guest)

    @callback
    def async_subscribe_events(
        self, listener: EventListener, printer_id: str | None = None
    ) -> CALLBACK_TYPE:
        """Calls the listener with news, of one printer or of all; returns the undo."""
        subscription = (printer_id, listener)
        self._event_listeners.append(subscription)
        return lambda: self._event_listeners.remove(subscription)

    @callback
    def async_subscribe_shape(self, listener: ShapeListener) -> CALLBACK_TYPE:
        """Calls the listener with printers that may have other entities; returns the undo."""
        self._shape_listeners.append(listener)
        return lambda: self._shape_listeners.remove(listener)

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> CALLBACK_TYPE:
        undo = super().async_add_listener(update_callback, context)
        listeners = self._by_context.setdefault(context, {})
        key = next(self._keys)
        listeners[key] = update_callback

        @callback
        def remove() -> None:
            if listeners.pop(key, None) is not None:
                undo()

        return remove

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Calls those whom the last change concerns, and everybody after a loss."""
        concerned, self._concerned = self._concerned, None
        for context in list(self._by_context) if concerned is None else concerned:
            for listener in list(self._by_context.get(context, {}).values()):
                try:
                    listener()
                except Exception:
                    _LOGGER.exception("An entity could not take an update")

    @callback
    def on_farm(self, farm: Farm, changed: frozenset[str] | None) -> None:
        """Takes the new truth; for the link."""
        if farm.engine.engine_id != self.engine_id:
            # Another engine moved to this address: setting up anew says so.
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
            return
        self._async_take(self._chosen(farm), changed)

    @callback
    def on_event(self, event: LiveEvent) -> None:
        """Hands on news of printers that were chosen; for the link."""
        if event.printer_id is not None and event.printer_id not in self.data.printers:
            return
        for printer_id, listener in list(self._event_listeners):
            if printer_id is None or printer_id == event.printer_id:
                listener(event)

    @callback
    def on_lost(self, error: EngineError) -> None:
        """Makes everything unavailable, once; for the link."""
        self.last_exception = error
        if isinstance(error, UnsupportedVersion):
            issues.async_set_engine_version(self.hass, self.config_entry, error)
        if self.last_update_success:
            _LOGGER.info("Lost the engine at %s: %s", self.client.url, error)
            self.last_update_success = False
            self._concerned = None
            self.async_update_listeners()
        self._async_look(self._async_look_for_app())

    @override
    async def _async_update_data(self) -> Farm:
        try:
            if self._is_running:
                await self.link.resync()
                return self.data
            return await self._async_open()
        except (InvalidAuth, NotAllowed) as error:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key="invalid_auth"
            ) from error
        except UnsupportedVersion as error:
            issues.async_set_engine_version(self.hass, self.config_entry, error)
            raise ConfigEntryError(
                translation_domain=DOMAIN,
                translation_key="unsupported_version",
                translation_placeholders={"version": error.version},
            ) from error
        except EngineError as error:
            await self._async_look_for_app()
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="cannot_connect",
                translation_placeholders={"error": str(error)},
            ) from error

    async def _async_open(self) -> Farm:
        farm = await self.link.open()
        if farm.engine.engine_id != self.engine_id:
            await self.link.close()
            raise ConfigEntryError(
                translation_domain=DOMAIN,
                translation_key="wrong_engine",
                translation_placeholders={"url": self.client.url},
            )
        return self._chosen(farm)

    async def _async_follow(self) -> None:
        try:
            await self.link.run(self)
        except InvalidAuth, NotAllowed:
            self.config_entry.async_start_reauth(self.hass)

    @callback
    def _async_stopped(self, following: asyncio.Task[None]) -> None:
        """Begins anew after a bug of ours: old values must not stand as if they were true."""
        if following.cancelled() or (error := following.exception()) is None:
            return
        _LOGGER.error("The live link broke; setting up anew", exc_info=error)
        self.on_lost(CannotConnect("a bug, see the log"))
        self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)

    @callback
    def _async_look(self, work: Coroutine[Any, Any, None]) -> None:
        self.config_entry.async_create_background_task(
            self.hass, work, f"{DOMAIN} look at the engine"
        )

    async def _async_look_for_app(self) -> None:
        """Tells people where the engine's app was removed: it will not come back."""
        if await async_is_app_removed(self.hass, self.config_entry):
            issues.async_set_app_removed(self.hass, self.config_entry)

    async def _async_look_at_disk(self) -> None:
        try:
            disk = await self.client.disk()
        except EngineError as error:
            # A token without that scope still shows printers.
            _LOGGER.debug("The engine did not tell of its disk: %s", error)
            return
        issues.async_set_disk(self.hass, self.config_entry, disk)

    async def _async_resync(self, _now: datetime) -> None:
        if not self.link.is_open:
            return
        try:
            await self.link.resync()
        except CannotConnect as error:
            _LOGGER.debug("No snapshot came: %s", error)
            return
        await self._async_look_at_disk()

    @callback
    def _async_take(self, farm: Farm, changed: frozenset[str] | None) -> None:
        is_whole, before = changed is None, self.data
        was_away = not self.last_update_success
        if changed is None:
            changed = frozenset(farm.printers).union(before.printers)
        elif self._tags:
            changed |= before.printers.keys() ^ farm.printers.keys()
        if was_away:
            _LOGGER.info("The engine at %s is back", self.client.url)
        self.data = farm
        reshaped = self._async_reshape(farm, changed, is_whole=is_whole)
        for printer_id in changed:
            issues.async_set_printer(
                self.hass, self.config_entry, printer_id, farm.printers.get(printer_id)
            )
        if reshaped:
            for listener in list(self._shape_listeners):
                listener(reshaped)
        self._concerned = None if was_away else _concerned(before, farm, changed)
        self.async_set_updated_data(farm)

    @callback
    def _async_reshape(
        self, farm: Farm, changed: frozenset[str], *, is_whole: bool
    ) -> list[str]:
        """Keeps the device tree as the farm is; returns printers of another shape."""
        if is_whole:
            self.tree.async_set_engine(farm)
            issues.async_clear_connected(self.hass, self.config_entry)
        reshaped: list[str] = []
        has_lost = False
        for printer_id in changed:
            printer = farm.printers.get(printer_id)
            if printer is None:
                has_lost |= self._shapes.pop(printer_id, None) is not None
                continue
            new = shape(printer)
            if self._shapes.get(printer_id) != new:
                self._shapes[printer_id] = new
                self.tree.async_set_printer(printer)
                reshaped.append(printer_id)
        if is_whole or has_lost:
            self.tree.async_remove_stale(farm)
        return reshaped

    def _chosen(self, farm: Farm) -> Farm:
        """Returns the farm with those printers that the options choose."""
        if not self._tags:
            return farm
        return replace(
            farm,
            printers={
                key: printer
                for key, printer in farm.printers.items()
                if not self._tags.isdisjoint(printer.tags)
            },
        )


def _concerned(
    before: Farm, after: Farm, changed: frozenset[str]
) -> list[Concern | None]:
    """Returns whose look is worth while; sections that stayed are the same objects."""
    found: list[Concern | None] = [None]
    is_counted = before.alerts is not after.alerts
    for printer_id in sorted(changed):
        was, now = before.printers.get(printer_id), after.printers.get(printer_id)
        found.append(Concern(printer_id))
        if was is None or now is None or _heard(was) != _heard(now):
            found.append(Concern(printer_id, is_filament=True))
            is_counted = True
            continue
        if was.filament_units is not now.filament_units:
            found.append(Concern(printer_id, is_filament=True))
        is_counted |= was.attention != now.attention or was.activity != now.activity
    return [*found, _COUNTS] if is_counted else found


def _heard(printer: Printer) -> tuple[object, ...]:
    return printer.is_live, printer.link
