"""Printing from the board's own card. Source: serial_marlin §7."""

import re
from typing import TYPE_CHECKING

from odin_engine.simulator.plain import Activity

if TYPE_CHECKING:
    from odin_engine.simulator.marlin.firmware import Firmware


class Card:
    """The card of one board, and the commands about it."""

    def __init__(self, firmware: Firmware) -> None:
        self._firmware = firmware

    def status(self) -> str:
        """Returns the answer to M27."""
        firmware = self._firmware
        job = firmware.machine.job
        if not firmware.is_card_printing or job is None:
            return "Not SD printing"
        if firmware.machine.activity is Activity.PAUSED:
            return "Not SD printing"
        done = int(firmware.machine.progress * job.size_bytes)
        return f"SD printing byte {done}/{job.size_bytes}"

    def list_files(self, *_: object) -> None:
        """Says what lies there."""
        entries = (
            f"{_short(name)} {job.size_bytes} {name}"
            for name, job in self._firmware.files.items()
        )
        self._firmware.say("Begin file list", *entries, "End file list")

    def select(self, text: str, _: object) -> None:
        """Opens a file."""
        wanted = text[4:].strip().strip("/").lower()
        for name, job in self._firmware.files.items():
            if wanted in {_short(name).lower(), name.lower()}:
                self._firmware.selected = name
                self._firmware.say(
                    f"File opened: {name} Size: {job.size_bytes}", "File selected"
                )
                return
        self._firmware.say(f"open failed, File: {wanted}.")

    def start(self, *_: object) -> None:
        """Begins or goes on with the file that is open."""
        firmware = self._firmware
        if firmware.is_card_printing:
            firmware.machine.resume()
        elif firmware.selected is not None:
            firmware.is_card_printing = True
            firmware.machine.start(firmware.files[firmware.selected])

    def pause(self, *_: object) -> None:
        """Holds the print."""
        self._firmware.machine.pause()

    def report(self, text: str, words: dict[str, float]) -> None:
        """Says how far it is, or from now on by itself."""
        if "S" in words:
            self._firmware.commands.report(text, words)
        elif text.rstrip().endswith("C"):
            self._firmware.say(
                f"Current file: {self._firmware.selected or '(no file)'}"
            )
        else:
            self._firmware.say(self.status())

    def abort(self, *_: object) -> None:
        """Ends the print."""
        if self._firmware.is_card_printing:
            self._firmware.machine.cancel()
            self._firmware.is_card_printing = False


def _short(name: str) -> str:
    """Returns a name as FAT knows it; `~1` as if there were only one such."""
    stem = re.sub(r"[^A-Z0-9]", "", name.rpartition(".")[0].upper())
    return f"{stem[:6]}~1.GCO" if len(stem) > 8 else f"{stem}.GCO"
