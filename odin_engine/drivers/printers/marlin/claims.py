"""Which lines this engine has open: over one line only one may talk.

A device says so itself. A bridge in the network often lets a second one in, whose words
then end the print of the first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from odin_engine.drivers.printers.marlin.place import Place
from odin_engine.printers.model import Unreachable

if TYPE_CHECKING:
    from odin_engine.drivers.printers.marlin.book import Book


class Claims:
    """The lines of one engine, each with what is known of the machine behind it."""

    def __init__(self) -> None:
        self._held: dict[str, Book] = {}

    def holder(self, place: Place) -> Book | None:
        """Returns what is known there, where a line is open; else `None`."""
        return self._held.get(str(place))

    @contextmanager
    def claimed(self, place: Place, book: Book) -> Iterator[None]:
        """Holds a line as long as it is in use.

        Raises:
            Unreachable: another one holds it.
        """
        if str(place) in self._held:
            raise Unreachable(
                f"This engine has {place} open already, for another printer. Remove one "
                "of the two."
            )
        self._held[str(place)] = book
        try:
            yield
        finally:
            del self._held[str(place)]
