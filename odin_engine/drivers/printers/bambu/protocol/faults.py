"""Faults of a document: the health list and the error of the print, in our words.

Source: docs/protocols/bambu.md §6.5.
"""

from odin_engine.drivers.printers.bambu.protocol import errors
from odin_engine.drivers.printers.bambu.protocol.document import Document
from odin_engine.drivers.printers.bambu.protocol.fields import rows, whole
from odin_engine.drivers.printers.bambu.protocol.wording import health, print_fault
from odin_engine.printers.model import Fault


def faults(document: Document) -> tuple[Fault, ...]:
    """Returns what is wrong, the print's error first, each code once."""
    found: dict[str, Fault] = {}
    error = document.run.error
    if error and error not in errors.CANCELLED:
        fault = print_fault(error)
        found[fault.code] = fault
    for row in rows(document.wire.get("hms")):
        attr, code = whole(row.get("attr")), whole(row.get("code"))
        if not attr or not code or not (0 < attr < 1 << 32 and 0 < code < 1 << 32):
            continue
        fault = health(attr, code)
        found.setdefault(fault.code, fault)
    return tuple(found.values())
