"""JSON shapes of the printers domain; `printer` is the hot one."""

from odin_engine.printers.wire.printer import (
    PrinterOut,
    changes,
    page_json,
    printer_json,
    printer_object,
)

__all__ = ["PrinterOut", "changes", "page_json", "printer_json", "printer_object"]
