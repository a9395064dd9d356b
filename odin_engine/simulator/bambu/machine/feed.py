"""The way of the filament: which spool is where, and how it gets into a head."""

from odin_engine.simulator.bambu.description import Model
from odin_engine.simulator.bambu.machine.heat import Heater, nozzle
from odin_engine.simulator.bambu.machine.spools import Filament, Spool
from odin_engine.simulator.bambu.machine.units import (
    EXTERNAL,
    EXTERNAL_LEFT,
    FIRST_HT,
    MIXED,
    NOTHING,
    Unit,
)
from odin_engine.simulator.routine import Routine, hold, until

# ams_status while filament changes: 0x01 in the high byte, the step in the low one.
# Source: docs/protocols/bambu.md §6.4, "Typical swap".
HEAT, CUT, PULL, FEED, PUSH, PURGE = 258, 259, 260, 261, 262, 263
IDLE, PRINTING, READING_TAG = 0, 768, 512
# Bringing the other head down, and what its neighbour then rests at.
_SWITCH_S, _RESTS_BELOW_C = 4.0, 60.0
# After power returns, the units are silent for so long. Source: §5.1, BB #765.
_BOOTS_S = 15.0


class Head:
    """One hot end. `loaded` is the flat number of the tray whose filament is in it."""

    def __init__(self, number: int, model: Model) -> None:
        self.number = number
        self.heater: Heater = nozzle(model.nozzle_max_c, model.nozzle_heats_c_s)
        self.diameter_mm = 0.4
        self.loaded = NOTHING


class Feed:
    """Heads, units, external spools, and what moves between them."""

    def __init__(self, model: Model, units: list[Unit]) -> None:
        self.units = units
        self.heads = [Head(number, model) for number in range(model.heads)]
        self.head = self.heads[0]
        self.switches_to: Head | None = None
        self.boots_for_s = 0.0
        self._spent: dict[int, Spool] = {}
        holders = (EXTERNAL,) if model.heads == 1 else (EXTERNAL, EXTERNAL_LEFT)
        self.externals: dict[int, Spool | None] = dict.fromkeys(holders)
        if not units:
            # Somebody pushed the filament in by hand, and it stays there.
            for head, holder in zip(self.heads, holders, strict=True):
                head.loaded = holder
        self.target = NOTHING
        self.previous = self.head.loaded
        self.status = IDLE
        self.resting_status = IDLE

    @property
    def now(self) -> int:
        """Gives the flat tray in the head at work, 255 for none."""
        return self.head.loaded

    def unit(self, unit_id: int) -> Unit | None:
        """Finds a unit by its id."""
        return next((each for each in self.units if each.id == unit_id), None)

    def locate(self, flat: int) -> tuple[Unit, int] | None:
        """Finds the unit and slot of a flat tray number."""
        unit_id, slot = (flat, 0) if flat >= FIRST_HT else divmod(flat, 4)
        # An A2L's one unit is also known by the numbers of its slots alone (§8.2).
        unit = self.unit(unit_id) or (self.unit(MIXED) if unit_id == 0 else None)
        if unit is None or not 0 <= slot < len(unit.slots):
            return None
        return unit, slot

    def spool(self, flat: int) -> Spool | None:
        """Finds the spool on a flat tray number, 254 being the external holder."""
        if flat in self.externals:
            return self.externals[flat]
        place = self.locate(flat)
        return place[0].slots[place[1]] if place else None

    def put(self, flat: int, spool: Spool | None) -> None:
        """Places a spool on a tray, or takes it away."""
        if flat in self.externals:
            self.externals[flat] = spool
            return
        place = self.locate(flat)
        if place is None:
            raise ValueError(f"there is no tray {flat}")
        place[0].slots[place[1]] = spool

    def configure(self, flat: int, filament: Filament, color: str) -> bool:
        """Tells a tray what lies in it; says whether there is such a tray."""
        known = self.spool(flat)
        if known is None and flat not in self.externals:
            return False
        fresh = known or Spool(filament, color, remaining_g=1000)
        fresh.filament, fresh.color = filament, color
        self.put(flat, fresh)
        return True

    def twin_of(self, flat: int) -> int | None:
        """Finds another tray with the same filament for the same head."""
        worn, place = self.spool(flat), self.locate(flat)
        if worn is None or place is None:
            return None
        for unit in self.units:
            if unit.head != place[0].head:
                continue
            for slot, spool in enumerate(unit.slots):
                here = unit.flat_base + slot
                if spool is None or here == flat or spool.remaining_g <= 0:
                    continue
                if spool.filament == worn.filament and spool.color == worn.color:
                    return here
        return None

    def empty(self, flat: int) -> None:
        """Uses the last of a spool up; the head then has nothing in it either."""
        self.head.loaded = NOTHING
        spool = self.spool(flat)
        if spool is not None:
            self._spent[flat] = spool
            self.put(flat, None)

    def refill(self) -> None:
        """Puts a fresh spool of its kind wherever one was used up and none came since."""
        for flat, spent in self._spent.items():
            if self.spool(flat) is None:
                self.put(flat, spent.successor())
        self._spent.clear()

    def backups(self) -> list[int]:
        """Groups trays that stand in for one another, as the bits of their places."""
        groups: dict[tuple[Filament, str, int], int] = {}
        for unit in self.units:
            for slot, spool in enumerate(unit.slots):
                if spool is not None:
                    alike = (spool.filament, spool.color, unit.head)
                    bit = 1 << unit.bit_base + slot
                    groups[alike] = groups.get(alike, 0) | bit
        return [bits for bits in groups.values() if bits.bit_count() > 1]

    def power_on(self) -> None:
        """Lets the units boot; what is in the heads stays there."""
        self.boots_for_s = _BOOTS_S

    def tick(self, seconds: float, air_c: float) -> None:
        """Lets time pass for hot ends and for units in air of this temperature."""
        for head in self.heads:
            head.heater.tick(seconds)
        for unit in self.units:
            unit.tick(seconds, air_c)
        if self.boots_for_s > 0:
            self.boots_for_s -= seconds

    def switch(self, number: int) -> Routine:
        """Brings another head to work; the one before rests, still warm."""
        before, after = self.head, self.heads[number]
        if before is after:
            return
        self.switches_to = after
        before.heater.aim(before.heater.target_c - _RESTS_BELOW_C)
        yield from hold(_SWITCH_S)
        self.head, self.switches_to = after, None

    def change(self, flat: int, *, head: int = 0, nozzle_c: float = 0) -> Routine:
        """Brings the filament of a tray into a head; 255 takes out what is there."""
        yield from self.switch(head)
        old = self.head.loaded
        if old == flat:
            return
        self.target, self.status = flat, HEAT
        spool = self.spool(flat if flat != NOTHING else old)
        wanted = nozzle_c or (spool.filament.print_c if spool else 220)
        self.head.heater.aim(max(self.head.heater.target_c, wanted))
        yield from until(lambda: self.head.heater.is_ready)
        if old != NOTHING:
            self.status = CUT
            yield from hold(4)
            self.status = PULL
            yield from hold(12)
        self.head.loaded = NOTHING
        if flat != NOTHING:
            self.status = FEED
            yield from hold(10)
            self.status = PUSH
            self.head.loaded = flat
            yield from hold(8)
            self.status = PURGE
            yield from hold(14)
        self.previous = flat
        self.status = self.resting_status
        if self.resting_status == IDLE:
            self.head.heater.aim(0)

    def read_tag(self) -> Routine:
        """Turns a spool so that its tag passes the reader."""
        self.status = READING_TAG
        yield from hold(15)
        self.status = self.resting_status
