"""How the entries of a .zip lie in its bytes, checked on every Python: side by side, each where the list of members at the
end says, and none that the list lacks. Else two programs find different files in one archive, or a small one never ends.

zipfile itself looks for overlaps since 3.11.8 and 3.12.2 (CVE-2024-0450), and for hidden entries never.
Format: PKWARE's APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
"""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import PurePath
from typing import IO

from kit.data.archives.budget import Budget, refusal
from kit.files import CHUNK

LOCAL, LOCAL_SIZE = b"PK\x03\x04", 30  # a local header: how it begins, and its bytes before the name
CENTRAL_SIZE = 46
MAX_DIRECTORY = 1 << 30  # bytes of the list of members, which zipfile reads at once
UTF8 = 0x800


def count_entries(archive: PurePath, handle: IO[bytes], budget: Budget) -> None:
    """Raises DataError for a list of more members than `budget` has left, before zipfile makes an object of each, and for
    bytes after its end. What is no zip is left to zipfile.
    """
    end = zipfile._EndRecData(handle)  # type: ignore[attr-defined]  # where zipfile itself will look
    if not end:
        return
    signature, size, comment, place = end[0], end[5], end[7], end[9]
    if place + 22 + comment != handle.seek(0, 2):
        raise refusal(archive, "it has bytes after its end")
    start = place - size - (76 if signature == b"PK\x06\x06" else 0)
    if size > MAX_DIRECTORY or start < 0:
        raise refusal(archive, "it is damaged", received=f"a list of members of {size} bytes")
    handle.seek(start)
    directory = handle.read(size)
    position = count = 0
    while position + CENTRAL_SIZE <= size:
        position += CENTRAL_SIZE + sum(struct.unpack_from("<3H", directory, position + 28))
        count += 1
    if count > budget.files_left:
        budget.list_files(count)


def check_layout(archive: PurePath, handle: IO[bytes], entries: Sequence[zipfile.ZipInfo], directory: int) -> None:
    """Raises DataError for entries that overlap, are not where the list says, or are not in the list.

    directory: the offset at which the list begins.
    """
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        _check_gap(archive, handle, end, entry.header_offset)
        end = _find_data(archive, handle, entry) + entry.compress_size
        if end > directory:
            raise refusal(archive, f"member {entry.filename!r} overlaps the list of members")
    _check_gap(archive, handle, end, directory)


def _check_gap(archive: PurePath, handle: IO[bytes], start: int, stop: int) -> None:
    """The bytes between two entries: sizes that follow the first, or padding."""
    if stop < start:
        raise refusal(
            archive, "two of its members overlap", received=f"one at byte {stop}, of one that ends at {start}"
        )
    if stop - start < LOCAL_SIZE:  # too short for an entry
        return
    handle.seek(start)
    before = b""
    while start < stop and (chunk := handle.read(min(CHUNK, stop - start))):
        if LOCAL in before + chunk:
            raise refusal(archive, "it holds a member that its list lacks")
        before, start = chunk[-3:], start + len(chunk)


def _find_data(archive: PurePath, handle: IO[bytes], entry: zipfile.ZipInfo) -> int:
    """The offset at which the bytes of an entry begin, after its local header, which must have the same name."""
    handle.seek(entry.header_offset)
    header = handle.read(LOCAL_SIZE)
    if len(header) < LOCAL_SIZE or header[:4] != LOCAL:
        raise refusal(archive, f"member {entry.filename!r} is damaged", received="no entry where the list says")
    name, extra = struct.unpack_from("<2H", header, 26)
    written = handle.read(name).decode("utf-8" if entry.flag_bits & UTF8 else "cp437", errors="replace")
    if written != entry.orig_filename:
        raise refusal(archive, f"member {entry.filename!r} has two names", received=repr(written))
    return entry.header_offset + LOCAL_SIZE + name + extra
