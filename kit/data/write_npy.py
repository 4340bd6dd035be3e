"""A .npy file that is written row by row, whatever their number."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike


@contextmanager
def open_npy(path: Path, shape: tuple[int, ...], dtype: DTypeLike = np.uint8) -> Iterator[Callable[[np.ndarray], None]]:
    """A .npy file of (rows so far, *shape), which the function appends to. Plain writes: pages of a memory map would count as
    our memory, and a full disk would end the process without a word.
    """
    rows = 0

    def append(more: np.ndarray) -> None:
        nonlocal rows
        handle.write(np.ascontiguousarray(more, dtype).data)
        rows += len(more)

    with open(path, "wb") as handle:
        handle.write(_header(0, shape, dtype))
        yield append
        if len(_header(rows, shape, dtype)) != len(_header(0, shape, dtype)):
            raise RuntimeError("numpy no longer leaves room for the number of rows in a .npy header")
        handle.seek(0)
        handle.write(_header(rows, shape, dtype))
        handle.flush()
        os.fsync(handle.fileno())


def _header(rows: int, shape: tuple[int, ...], dtype: DTypeLike) -> bytes:
    buffer = io.BytesIO()
    declared = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": (rows, *shape)}
    np.lib.format.write_array_header_1_0(buffer, declared)
    return buffer.getvalue()
