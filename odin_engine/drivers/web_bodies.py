"""Bodies of requests, read from disk while they leave, and pictures out of answers.

A body's length is known before its first byte: machines of every family refuse, or
never finish, one that is sent in chunks of unknown number.
"""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from odin_engine.printers.ports import Progress

_BLOCK_BYTES = 256 * 1024
_START = b"\xff\xd8"
_END = b"\xff\xd9"
# A preview inside has an end of its own; behind the picture's is the next part.
_LAST_END = re.compile(rb"\xff\xd9[\r\n]{0,4}--")
_LONGEST_BEHIND = 8
_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,9})[ \t\r]*\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FormPart:
    """A part of a form: a text, or a file of ours with `file_name` for the machine.

    Of a file `size` bytes from `offset` are sent, else all that follow; `progress` is
    called with the bytes of this part, done and in all.
    """

    name: str
    value: str | Path
    file_name: str | None = None
    progress: Progress | None = None
    offset: int = 0
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent: its length, its kind, and the blocks it consists of."""

    length: int
    media_type: str
    blocks: AsyncIterator[bytes]


async def file_body(source: Path, progress: Progress | None) -> Body:
    """Returns a file as a body. Raises `OSError` where it cannot be read."""
    part = FormPart("", source, progress=progress)
    length = await asyncio.to_thread(_size, part)
    return Body(length, "application/octet-stream", _blocks(part, length))


async def form_body(parts: Sequence[FormPart]) -> Body:
    """Returns a form as `multipart/form-data`. Raises `OSError` as `file_body`.

    Source: RFC 7578, HTML Living Standard "multipart/form-data encoding algorithm".
    """
    boundary = f"odin-{secrets.token_hex(16)}"
    heads = [_head(part, boundary) for part in parts]
    sizes = await asyncio.to_thread(lambda: [_size(part) for part in parts])
    end = f"--{boundary}--\r\n".encode()
    length = sum(map(len, heads)) + sum(sizes) + 2 * len(parts) + len(end)

    async def blocks() -> AsyncIterator[bytes]:
        for part, head, size in zip(parts, heads, sizes, strict=True):
            yield head
            async for block in _blocks(part, size):
                yield block
            yield b"\r\n"
        yield end

    return Body(length, f"multipart/form-data; boundary={boundary}", blocks())


def _head(part: FormPart, boundary: str) -> bytes:
    name = f'form-data; name="{_quoted(part.name)}"'
    kind = ""
    if isinstance(part.value, Path):
        name += f'; filename="{_quoted(part.file_name or part.value.name)}"'
        kind = "Content-Type: application/octet-stream\r\n"
    return f"--{boundary}\r\nContent-Disposition: {name}\r\n{kind}\r\n".encode()


def _quoted(name: str) -> str:
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace("\0", "")


def _size(part: FormPart) -> int:
    if isinstance(part.value, str):
        return len(part.value.encode())
    left = max(part.value.stat().st_size - part.offset, 0)
    return left if part.size is None else min(part.size, left)


async def _blocks(part: FormPart, size: int) -> AsyncIterator[bytes]:
    if isinstance(part.value, str):
        yield part.value.encode()
        return
    done = 0
    while done < size:
        many = min(_BLOCK_BYTES, size - done)
        block = await asyncio.to_thread(_read, part.value, part.offset + done, many)
        if len(block) < many:
            raise OSError(f"{part.value.name} became shorter while it was sent")
        yield block
        # The next one is asked for when this one has left.
        done += many
        if part.progress is not None:
            part.progress(done, size)


def _read(path: Path, offset: int, many: int) -> bytes:
    # Opened for each block: whoever gives up in between leaves nothing open.
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(many)


def first_picture(
    data: bytes | bytearray, *, is_whole: bool, known: int = 0
) -> bytes | None:
    """Returns the first JPEG in what a camera sent so far; `None` if it is not there yet.

    `data` is a picture, or a stream of parts with headers (MJPEG); `is_whole` once
    nothing more comes. In the first `known` bytes no picture ended.
    """
    start = data.find(_START)
    if start < 0:
        return None
    length = _LENGTH.search(data, 0, start)
    if length is not None:
        end = start + int(length[1])
        return bytes(data[start:end]) if end <= len(data) else None
    found = _LAST_END.search(data, max(start, known - _LONGEST_BEHIND))
    if found is not None:
        return bytes(data[start : found.start() + len(_END)])
    last = data.rfind(_END, start) if is_whole else -1
    return bytes(data[start : last + len(_END)]) if last > 0 else None
