"""A .npy file of images that is written as they come, whatever their number."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np


@contextmanager
def open_npy(path: Path, shape: tuple[int, int, int]) -> Iterator[Callable[[np.ndarray], None]]:
    """A .npy file of uint8 (rows so far, H, W, C). Plain writes: pages of a memory map would count as our memory."""
    rows = 0

    def append(pixels: np.ndarray) -> None:
        nonlocal rows
        handle.write(pixels.data)
        rows += len(pixels)

    with open(path, "wb") as handle:
        handle.write(_header(0, shape))
        yield append
        if len(_header(rows, shape)) != len(_header(0, shape)):
            raise RuntimeError("numpy no longer leaves room for the number of rows in a .npy header")
        handle.seek(0)
        handle.write(_header(rows, shape))
        handle.flush()
        os.fsync(handle.fileno())


def _header(rows: int, shape: tuple[int, int, int]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "|u1", "fortran_order": False, "shape": (rows, *shape)})
    return buffer.getvalue()
