"""The form of a backup file: a zip whose first member lists the others.

Members are `database/odin.db` or `database/<table>.jsonl`, `secret.key`, and
`files/<sha256>`. Reading trusts nothing: names are matched, never joined; sizes,
digests and the sum are checked while streaming.
"""

import hashlib
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field, ValidationError

from odin_engine.kernel.errors import Invalid, Refused, Unavailable

SQLITE_MEMBER = "database/odin.db"
TABLE_MEMBER = re.compile(r"database/([a-z][a-z0-9_]{0,62})\.jsonl")
KEY_MEMBER = "secret.key"
FILE_MEMBER = re.compile(r"files/([0-9a-f]{64})")
_MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 64 * 1024**2
"""Room for half a million stored files."""
_MAX_KEY_BYTES = 1024
_SPARE_BYTES = 256 * 1024**2
"""What must stay free on the disk beside the restored data."""
_CHUNK_BYTES = 1024**2
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    UnicodeDecodeError,
)
"""How `zipfile` fails on what is damaged or no zip at all."""
_ENCRYPTED = 1
"""Bit 0 of a member's flags (PKWARE APPNOTE, section 4.4.4)."""


class ArchiveUnusable(Invalid):
    """The file is no backup of ours, or is damaged."""

    code: ClassVar[str] = "archive_unusable"


class Member(BaseModel):
    """One file in the archive."""

    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What an archive holds and what made it. `revision` is the database schema's."""

    format: Literal[1] = 1
    version: str
    created_at: datetime
    database: Literal["sqlite", "postgresql"]
    revision: str | None
    members: dict[str, Member]

    @property
    def size_bytes(self) -> int:
        """How much all members are together."""
        return sum(member.size_bytes for member in self.members.values())

    @property
    def stored_files(self) -> int:
        """How many stored files there are."""
        return sum(1 for name in self.members if FILE_MEMBER.fullmatch(name))


def describe(path: Path) -> Member:
    """Returns a file's size and digest."""
    digest = hashlib.sha256()
    size_bytes = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
    return Member(size_bytes=size_bytes, sha256=digest.hexdigest())


def write_archive(
    target: Path, manifest: Manifest, sources: Mapping[str, Path]
) -> None:
    """Writes the archive, readable by its owner only; an existing file is left alone.

    Raises:
        Refused: the target exists.
    """
    partial = target.with_name(target.name + ".part")
    if target.exists():
        raise Refused(f"{target} exists already. Choose another name.")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            archive.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
            for name in manifest.members:
                archive.write(sources[name], name)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> Manifest:
    """Checks an archive and unpacks it into an empty folder of ours.

    Raises:
        ArchiveUnusable: not a backup, or not exactly what its list says.
        Unavailable: the disk has no room for it.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _read_manifest(archive)
            _check_members(archive, manifest)
            _check_room(manifest, folder)
            for name, member in manifest.members.items():
                _unpack_member(archive, name, member, folder / name)
    except _DAMAGES as error:
        raise ArchiveUnusable(f"{source.name} is damaged, or no backup.") from error
    except OSError as error:
        raise Unavailable(f"Cannot unpack {source.name}: {error.strerror}.") from error
    return manifest


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        # Other packings fail in ways of their own, and are none of ours.
        if not _is_plain(archive.getinfo(_MANIFEST)):
            raise ArchiveUnusable("The backup's list of contents is not readable.")
        with archive.open(_MANIFEST) as file:
            text = file.read(_MAX_MANIFEST_BYTES + 1)
        if len(text) > _MAX_MANIFEST_BYTES:
            raise ArchiveUnusable("The backup's list of contents is far too long.")
        return Manifest.model_validate_json(text)
    except KeyError as error:
        raise ArchiveUnusable("This is no backup: it has no list.") from error
    except ValidationError as error:
        raise ArchiveUnusable(
            "This backup has a form that this version does not know."
        ) from error


def _check_members(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = [info.filename for info in archive.infolist()]
    if sorted(names) != sorted([_MANIFEST, *manifest.members]):
        raise ArchiveUnusable("The backup does not hold what its list says.")
    for name, member in manifest.members.items():
        info = archive.getinfo(name)
        if not (_is_plain(info) and _is_ours(name, member, manifest)):
            raise ArchiveUnusable(f"The backup holds something strange: {name!r}.")
        if info.file_size != member.size_bytes:
            raise ArchiveUnusable(f"{name} does not have the size its list says.")
    if manifest.database == "sqlite" and SQLITE_MEMBER not in manifest.members:
        raise ArchiveUnusable("The backup holds no database.")


def _is_plain(info: zipfile.ZipInfo) -> bool:
    return info.compress_type in _PACKINGS and not info.flag_bits & _ENCRYPTED


def _is_ours(name: str, member: Member, manifest: Manifest) -> bool:
    if name == KEY_MEMBER:
        return member.size_bytes <= _MAX_KEY_BYTES
    if (stored := FILE_MEMBER.fullmatch(name)) is not None:
        return stored[1] == member.sha256
    if manifest.database == "sqlite":
        return name == SQLITE_MEMBER
    return TABLE_MEMBER.fullmatch(name) is not None


def _check_room(manifest: Manifest, folder: Path) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if manifest.size_bytes + _SPARE_BYTES > free_bytes:
        raise Unavailable(
            f"The backup needs {manifest.size_bytes // 1024**2} MiB; the disk has "
            f"{free_bytes // 1024**2} MiB. Make room, then try again."
        )


def _unpack_member(
    archive: zipfile.ZipFile, name: str, member: Member, target: Path
) -> None:
    target.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    digest = hashlib.sha256()
    size_bytes = 0
    with archive.open(name) as packed, os.fdopen(descriptor, "wb") as file:
        while chunk := packed.read(_CHUNK_BYTES):
            size_bytes += len(chunk)
            if size_bytes > member.size_bytes:
                raise ArchiveUnusable(f"{name} is longer than its list says.")
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != member.sha256:
        raise ArchiveUnusable(f"{name} is damaged: its digest is wrong.")
