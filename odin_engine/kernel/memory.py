"""How the C library gives memory back."""

import ctypes

_MMAP_THRESHOLD = -3
"""`M_MMAP_THRESHOLD` of glibc's `malloc.h`."""
_LARGE_BYTES = 2**20


def return_large_blocks() -> None:
    """Makes large blocks go back to the system as soon as they are freed.

    glibc stops doing so by itself: it takes the largest block ever freed for usual, and
    from then on keeps as much. One password check (19 MiB) left the engine 20 MB larger
    for good, two at once 40 MB. Naming the threshold ends that; other C libraries have
    neither the habit nor the knob.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
