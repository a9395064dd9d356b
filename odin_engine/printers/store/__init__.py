"""Writes of the printers domain, and how its rows become plain values.

Each function works inside the caller's transaction. What machines say is fitted to what
both databases can hold.
"""

from odin_engine.printers.store.endings import (
    close_history,
    purge,
)
from odin_engine.printers.store.faults import (
    add_fault,
    clear_fault,
    open_faults,
)
from odin_engine.printers.store.nozzles import (
    add_nozzle,
    delete_nozzle,
    retire_in_head,
    save_nozzle,
)
from odin_engine.printers.store.printers import (
    add_printer,
    delete_printer,
    delete_upload,
    load_printers,
    save_access,
    save_pin,
    save_plate,
    save_printer,
    save_upload,
)
from odin_engine.printers.store.runs import (
    add_run,
    correct_run,
    describe_run,
    end_run,
    known_until,
    last_run,
    note_progress,
    open_run,
    runs_since,
    token_is_used,
)
from odin_engine.printers.store.samples import (
    add_climates,
    add_samples,
)
from odin_engine.printers.store.writing import (
    Unwritable,
    fitted,
    transaction,
)

__all__ = [
    "Unwritable",
    "add_climates",
    "add_fault",
    "add_nozzle",
    "add_printer",
    "add_run",
    "add_samples",
    "clear_fault",
    "close_history",
    "correct_run",
    "delete_nozzle",
    "delete_printer",
    "delete_upload",
    "describe_run",
    "end_run",
    "fitted",
    "known_until",
    "last_run",
    "load_printers",
    "note_progress",
    "open_faults",
    "open_run",
    "purge",
    "retire_in_head",
    "runs_since",
    "save_access",
    "save_nozzle",
    "save_pin",
    "save_plate",
    "save_printer",
    "save_upload",
    "token_is_used",
    "transaction",
]
