"""Arrays in .npy and .npz files. The header of each (shape, dtype, order) is read and held against the bytes that are there
before any data: it is text that anybody can write, and 200 bytes of it may declare terabytes.

Whatever is wrong with a file is a ValueError, for the caller to say which file, and what to do.
"""

import io
import math
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np

MAGIC = b"\x93NUMPY"
MAX_HEADER = 10_000  # bytes; numpy's own limit
MAX_RATIO, RATIO_FROM = 200, 64 << 20  # of unpacked to packed bytes, judged above so many, as in archives
READERS = {1: (2, np.lib.format.read_array_header_1_0), 2: (4, np.lib.format.read_array_header_2_0)}


@dataclass(frozen=True)
class Header:
    """What an array declares. start: bytes of the file before its data. compressed: within an .npz file, which it may be."""

    shape: tuple[int, ...]
    dtype: np.dtype
    start: int
    compressed: bool = False

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(handle: IO[bytes], size: int) -> Header:
    """Of a .npy file of `size` bytes, opened at its beginning; its data come next. Raises ValueError for objects, for another
    version of the format, and for a header that declares other bytes than there are.
    """
    magic = handle.read(len(MAGIC) + 2)
    if magic[:-2] != MAGIC or magic[-2] not in READERS:
        raise ValueError("no .npy file of version 1 or 2")
    width, parse = READERS[magic[-2]]
    packed = handle.read(width)
    length = int.from_bytes(packed, "little")
    if length > MAX_HEADER:
        raise ValueError(f"a header of {length} bytes, more than {MAX_HEADER}")
    try:
        shape, _, dtype = parse(io.BytesIO(packed + handle.read(length)))
    except Exception as error:  # whatever Python's parser stumbles over
        raise ValueError(f"a header that is none: {type(error).__name__}") from None
    made = Header(shape, dtype, len(magic) + width + length)
    if dtype.hasobject or any(side < 0 for side in shape):
        raise ValueError(f"{dtype} {shape} is no array of plain values")
    if made.start + made.nbytes != size:
        raise ValueError(f"{dtype} {shape} is {made.nbytes} bytes, the file holds {size - made.start}")
    return made


def read_array(handle: IO[bytes]) -> np.ndarray:
    """The array of a .npy file that is open and can be rewound. Raises ValueError."""
    size = handle.seek(0, io.SEEK_END)
    handle.seek(0)
    read_header(handle, size)
    handle.seek(0)
    return np.lib.format.read_array(handle, allow_pickle=False)


def map_array(path: Path) -> np.ndarray:
    """The array of a .npy file, memory-mapped and read-only. Raises ValueError for one that is damaged."""
    with open(path, "rb") as handle:
        read_header(handle, path.stat().st_size)
    return np.load(path, mmap_mode="r", allow_pickle=False)


def read_headers(path: Path) -> dict[str, Header]:
    """Of every array of an .npz file, by name, in its order. Raises ValueError, also for what looks like a bomb."""
    with _open(path) as packed:
        return {_name(entry): _read_entry_header(packed, entry) for entry in packed.infolist()}


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Every array of an .npz file, by name, in its order. Raises ValueError, before it reads data, as `read_headers` does."""
    with _open(path) as packed:
        for entry in packed.infolist():
            _read_entry_header(packed, entry)
        return {_name(entry): _read_entry(packed, entry) for entry in packed.infolist()}


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.removesuffix(".npy")


def _read_entry_header(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Header:
    if entry.file_size > max(RATIO_FROM, MAX_RATIO * entry.compress_size):
        raise ValueError(
            f"{entry.filename} looks like a bomb: {entry.compress_size} bytes that unpack to {entry.file_size}"
        )
    with packed.open(entry) as handle:
        header = read_header(handle, entry.file_size)
    return replace(header, compressed=entry.compress_type != zipfile.ZIP_STORED)


def _read_entry(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    with packed.open(entry) as handle:
        return np.lib.format.read_array(handle, allow_pickle=False)


@contextmanager
def _open(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip archive of arrays, none of them twice. FileNotFoundError stays what it is."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            if len(set(names)) < len(names):
                raise ValueError("an array comes twice")
            yield packed
    except FileNotFoundError:
        raise
    except Exception as error:  # zipfile, zlib, lzma and numpy each have their own
        raise ValueError(f"{error or type(error).__name__}") from None
