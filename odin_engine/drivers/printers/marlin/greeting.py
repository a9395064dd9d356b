"""Getting to know a machine: who it is, what it can, and what it shall report (§5)."""

from odin_engine.drivers.printers.marlin.book import Book
from odin_engine.drivers.printers.marlin.protocol.machine import warned
from odin_engine.drivers.printers.marlin.protocol.replies import Identity
from odin_engine.drivers.printers.marlin.talk import Talk
from odin_engine.kernel.clock import Ticker

REPORT_EVERY_S = 2
_POSITION_EVERY_S = 5
_SETTLE_S = 1.0
_FEEDING_EVERY_S = 20.0
"""So often an `ok` that belongs to nothing is found out, as `M105` has one of its own."""


async def introduce(talk: Talk, book: Book, ticker: Ticker) -> None:
    """Asks a machine for everything that it tells, and for reports of its own.

    Firmware that does not know a command says so and takes it all the same.
    Raises as `Talk.ask`.
    """
    said = await talk.ask(b"M115")
    if not any(isinstance(reply, Identity) for reply in said):
        # Its `ok` came too early: one more is on the way, for what was sent before the
        # machine restarted. While nothing is asked it gives no credit.
        await ticker.sleep(_SETTLE_S)
    machine = book.machine
    wanted = [b"M113 S%d" % REPORT_EVERY_S]
    if machine.can("AUTOREPORT_TEMP"):
        wanted.append(b"M155 S%d" % REPORT_EVERY_S)
    if machine.can("AUTOREPORT_POS"):
        wanted.append(b"M154 S%d" % _POSITION_EVERY_S)
    if machine.can("SDCARD"):
        if machine.can("AUTOREPORT_SD_STATUS"):
            wanted.append(b"M27 S%d" % REPORT_EVERY_S)
        # What it prints already is a job to attach to (§7); its name comes first.
        wanted += [b"M27 C", b"M27"]
    await talk.ask(*wanted, b"M220", b"M221", b"M105")
    if not book.machine.state.temperatures.nozzles:
        # Some say ok first, and what was asked for behind it.
        await ticker.sleep(_SETTLE_S)
    book.change(warned(book.machine))


def poll(book: Book, heats_s: float | None, card_s: float | None) -> list[bytes]:
    """Returns what to ask for, by how long ago temperatures and the card were heard.

    `None` is never. What a firmware reports by itself is asked for only if it fails to:
    not all of them keep what their list of capabilities says (§5).
    """
    wanted = []
    if heats_s is None or heats_s >= _heats_every_s(book):
        wanted.append(b"M105")
    if book.machine.can("SDCARD") and (card_s is None or card_s >= _card_every_s(book)):
        wanted.append(b"M27")
    return wanted


def poll_feeding(
    book: Book, asked_s: float | None, heats_s: float | None
) -> list[bytes]:
    """Returns what to ask for between the lines of a file, as `poll` does."""
    is_due = heats_s is None or heats_s >= _heats_every_s(book)
    is_due = is_due or asked_s is None or asked_s >= _FEEDING_EVERY_S
    return [b"M105"] if is_due else []


def _heats_every_s(book: Book) -> float:
    if book.machine.can("AUTOREPORT_TEMP"):
        return 2.5 * REPORT_EVERY_S
    heats = book.machine.state.temperatures
    every = (*heats.nozzles, heats.bed)
    is_hot = any(heat is not None and heat.target_c for heat in every)
    return REPORT_EVERY_S if is_hot else 5.0


def _card_every_s(book: Book) -> float:
    has_reports = book.machine.can("AUTOREPORT_SD_STATUS")
    if book.machine.prints_from_card:
        return 2.5 * REPORT_EVERY_S if has_reports else 1.0
    return 30.0 if has_reports else 10.0
