"""Pictures out of strangers' files: made small, or nothing."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from odin_engine.printers.service.pictures import SMALL_MOST_BYTES, small
from tests.fuzzing import fuzzed


def _drawn(side: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (side, side), "red").save(out, "PNG")
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


# Pillow warns of what it leaves out; that is its business.
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=5),
    st.lists(
        st.builds(
            _chunk,
            st.sampled_from([b"IDAT", b"PLTE", b"tRNS", b"zTXt", b"iCCP", b"acTL"]),
            st.binary(max_size=40),
        ),
        max_size=3,
    ),
)
@fuzzed(200)
def test_any_picture_is_made_small_or_left(
    damage: list[tuple[int, int]], chunks: list[bytes]
) -> None:
    whole = _drawn()
    head, rest = whole[:33], whole[33:]
    data = bytearray(head + b"".join(chunks) + rest)
    for place, value in damage:
        data[place % len(data)] = value
    made = small(bytes(data))
    assert made is None or len(made) <= SMALL_MOST_BYTES


@pytest.mark.parametrize("size", [(60_000, 60_000), (1, 100_000), (2**31 - 1, 1)])
def test_a_picture_of_great_size_is_not_drawn(size: tuple[int, int]) -> None:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 6, 0, 0, 0))
    data = _chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    assert small(b"\x89PNG\r\n\x1a\n" + head + data + _chunk(b"IEND", b"")) is None
