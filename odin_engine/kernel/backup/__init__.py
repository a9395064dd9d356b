"""Everything the engine knows, in one file and back again.

`make.make_backup` writes a zip with the database, the key and the stored files;
`restore.restore_backup` puts it in place of what is there. `archive` is the file's
form and treats it as hostile; `dump` carries PostgreSQL's rows.
"""

from odin_engine.kernel.backup.archive import ArchiveUnusable, Manifest
from odin_engine.kernel.backup.make import make_backup
from odin_engine.kernel.backup.restore import Restored, restore_backup

__all__ = [
    "ArchiveUnusable",
    "Manifest",
    "Restored",
    "make_backup",
    "restore_backup",
]
