"""What the file server answers to verbs that only look at the card or tidy it.

Source: docs/protocols/bambu.md §9; RFC 959 and RFC 3659 for the replies.
"""

from collections.abc import Callable
from pathlib import PurePosixPath

from odin_engine.simulator.bambu.ftps_listing import time_word
from odin_engine.simulator.bambu.storage import Card

type Reply = tuple[int, str]


def make_folder(card: Card, path: PurePosixPath) -> Reply:
    """Answers MKD."""
    place = card.place(path)
    if not card.is_writable:
        return 553, "No storage"
    if place.exists() or not place.parent.is_dir():
        return 550, "Create directory operation failed"
    place.mkdir()
    return 257, f'"{path}" created'


def remove_folder(card: Card, path: PurePosixPath) -> Reply:
    """Answers RMD; only an empty folder goes."""
    place = card.place(path)
    is_empty = place.is_dir() and not any(place.iterdir())
    if not (card.is_writable and is_empty and place != card.root):
        return 550, "Remove directory operation failed"
    place.rmdir()
    return 250, "Remove directory operation successful"


def delete(card: Card, path: PurePosixPath) -> Reply:
    """Answers DELE."""
    if not (card.is_writable and card.has(path)):
        return 550, "Delete operation failed"
    card.place(path).unlink()
    return 250, "Delete operation successful"


def rename(card: Card, source: PurePosixPath, target: PurePosixPath) -> Reply:
    """Answers RNTO after RNFR; a file in the way is replaced."""
    place = card.place(target)
    if not can_move(card, source) or not place.parent.is_dir() or place.is_dir():
        return 550, "Rename failed"
    card.place(source).replace(place)
    return 250, "Rename successful"


def can_move(card: Card, path: PurePosixPath) -> bool:
    """Says whether there is something that can get another name."""
    return card.is_writable and path.name != "" and card.place(path).exists()


def size(card: Card, path: PurePosixPath) -> Reply:
    """Answers SIZE."""
    if not card.has(path):
        return 550, "Could not get file size"
    return 213, str(card.place(path).stat().st_size)


def changed_at(card: Card, path: PurePosixPath) -> Reply:
    """Answers MDTM."""
    if not card.has(path):
        return 550, "Could not get file modification time"
    return 213, time_word(card.place(path))


def available(card: Card, _: PurePosixPath) -> Reply:
    """Answers AVBL."""
    return 213, str(card.free_bytes)


VERBS: dict[str, Callable[[Card, PurePosixPath], Reply]] = {
    "MKD": make_folder,
    "RMD": remove_folder,
    "DELE": delete,
    "SIZE": size,
    "MDTM": changed_at,
    "AVBL": available,
}
