"""The machine's own card: what lies there, and printing it (§7)."""

import re

from odin_engine.drivers.printers.marlin.book import Book
from odin_engine.drivers.printers.marlin.protocol import encode, jobs
from odin_engine.drivers.printers.marlin.protocol.machine import CARD
from odin_engine.drivers.printers.marlin.protocol.replies import (
    Card,
    CardWord,
    Reply,
    Text,
)
from odin_engine.drivers.printers.marlin.talk import Talk, check_refused
from odin_engine.printers.model import Activity, CommandRejected, Job, StartPrint
from odin_engine.printers.ports import StoredFile

PLACE = "sd"
_FILES_MOST = 1000
_ENTRY = re.compile(r"^(\S+\.G\w{0,4})(?:\s+(\d{1,12}))?(?:\s+(\S.*))?$", re.IGNORECASE)


class CardPrints:
    """Printing from the card, by the machine itself."""

    def __init__(self, talk: Talk, book: Book) -> None:
        self._talk = talk
        self._book = book

    async def files(self) -> list[tuple[str, StoredFile]]:
        """Returns what can be printed there, each with the name that opens it.

        Raises as `Talk.ask`.
        """
        if not self._book.machine.can("SDCARD"):
            return []
        has_long = self._book.machine.can("LONG_FILENAME")
        return read_list(await self._talk.ask(b"M20 L" if has_long else b"M20"))

    async def start(self, command: StartPrint, path: str) -> None:
        """Prints a file of the card.

        Raises:
            CommandRejected: it cannot be opened.
            DriverError: as `Talk.ask`.
        """
        said = await self._talk.ask(b"M23 " + path.encode("ascii", "ignore"))
        if any(
            isinstance(each, Card) and each.word is CardWord.OPEN_FAILED
            for each in said
        ):
            raise CommandRejected(
                f"The machine cannot open {command.file} on its card.", "open failed"
            )
        check_refused(said)
        await self._talk.tell(b"M24")
        job = Job(
            name=command.name,
            file=command.file,
            plate=command.plate,
            token=command.token,
            source=CARD,
            progress_pct=0,
            started_at=self._book.now(),
        )
        self._book.change(jobs.began(self._book.machine, job))

    async def pause(self) -> None:
        """Holds the print. Raises as `Talk.tell`."""
        self._book.change(jobs.card_held(self._book.machine, is_held=True))
        await self._talk.tell(b"M25")
        self._book.change(
            jobs.became(self._book.machine, Activity.PAUSED, "paused_by_user")
        )

    async def resume(self) -> None:
        """Goes on. Raises as `Talk.tell`."""
        await self._talk.tell(b"M24")
        self._book.change(jobs.card_resumed(self._book.machine))

    async def cancel(self) -> None:
        """Ends the print; firmware before 2.0 knows no word for it."""
        try:
            await self._talk.tell(b"M524")
        except CommandRejected:
            await self._talk.ask(b"M25", b"M26 S0")
        await self._talk.ask(*encode.CANCEL)
        self._book.change(jobs.ended(self._book.machine, Activity.CANCELLED))


def read_list(said: list[Reply]) -> list[tuple[str, StoredFile]]:
    """Returns the files in the answer to `M20`; reports may stand in between."""
    found: list[tuple[str, StoredFile]] = []
    is_inside = False
    for reply in said:
        match reply:
            case Card(CardWord.LIST_BEGINS):
                is_inside = True
            case Card(CardWord.LIST_ENDS):
                is_inside = False
            case Text(text) if is_inside and len(found) < _FILES_MOST:
                entry = _ENTRY.match(text)
                if entry is not None:
                    path, size, long_name = entry.groups()
                    name = (long_name or path).strip().strip('"')
                    size_bytes = int(size) if size else None
                    file = StoredFile(name, size_bytes, place=PLACE)
                    found.append((path, file))
    return found
