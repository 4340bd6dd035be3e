"""How the entries of a .zip lie in its bytes, checked on every Python: side by side, each where the list of members at the
end says, and none that the list lacks. Else two programs find different files in one archive, or a small one never ends.

zipfile itself looks for overlaps since 3.11.8 and 3.12.2 (CVE-2024-0450), and for hidden entries never.
Format: PKWARE's APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
"""

import io
import struct
import zipfile
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from kit.data.archives.budget import Budget, refusal
from kit.files import CHUNK

LOCAL, LOCAL_SIZE = b"PK\x03\x04", 30  # a local header: how it begins, and its bytes before the name
CENTRAL_SIZE = 46
# an entry of nothing, before an end: no entry can pass for what an end begins with
LAST = b"PK\1\2" + bytes(CENTRAL_SIZE - 4)
BLOCK = 512  # entries
MAX_DIRECTORY = 1 << 30  # bytes of the list of members
UTF8 = 0x800


@dataclass(frozen=True)
class Entries:
    """The members that a .zip lists, in the order of the list: a zipfile.ZipInfo of each, made anew by every iteration, a block
    at a time, since each is half a kilobyte.

    starts: where in the file the list's entries begin, and where the last one ends. shift: bytes before the archive's own
    first one, which offsets are counted from.
    """

    handle: IO[bytes]
    starts: Sequence[int]
    shift: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[zipfile.ZipInfo]:
        return self.take(range(len(self)))

    def take(self, places: Sequence[int]) -> Iterator[zipfile.ZipInfo]:
        """Those at these places of the list."""
        for first in range(0, len(places), BLOCK):
            yield from self._parse([self._read(place) for place in places[first : first + BLOCK]])

    def _read(self, place: int) -> bytes:
        self.handle.seek(self.starts[place])
        return self.handle.read(self.starts[place + 1] - self.starts[place])

    def _parse(self, block: list[bytes]) -> Iterator[zipfile.ZipInfo]:
        """By zipfile, which is given an archive of no more than these entries."""
        listed = b"".join([*block, LAST])
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(block) + 1, len(block) + 1, len(listed), 0, 0)
        with zipfile.ZipFile(io.BytesIO(listed + end)) as parsed:
            for entry in parsed.infolist()[:-1]:
                entry.header_offset += self.shift
                yield entry


def list_entries(archive: PurePath, handle: IO[bytes], budget: Budget) -> Entries:
    """Raises DataError for a list of more members than `budget` has left, before an object of each is made, and for bytes after
    its end; zipfile.BadZipFile for what is no zip.
    """
    end = zipfile._EndRecData(handle)  # type: ignore[attr-defined]  # where zipfile itself looks
    if not end:
        raise zipfile.BadZipFile("File is not a zip file")
    signature, size, offset, comment, place = end[0], end[5], end[6], end[7], end[9]
    if place + 22 + comment != handle.seek(0, 2):
        raise refusal(archive, "it has bytes after its end")
    stop = place - (76 if signature == b"PK\x06\x06" else 0)
    position = start = stop - size
    if size > MAX_DIRECTORY or start < 0:
        raise refusal(archive, "it is damaged", received=f"a list of members of {size} bytes")
    starts = array("q", [start])
    while position + CENTRAL_SIZE <= stop:
        handle.seek(position + 28)
        position += CENTRAL_SIZE + sum(struct.unpack("<3H", handle.read(6)))
        starts.append(position)
    if len(starts) - 1 > budget.files_left:
        budget.list_files(len(starts) - 1)
    if position != stop:
        raise refusal(archive, "it is damaged", received="a list of members that is cut off")
    return Entries(handle, starts, start - offset)


def check_layout(archive: PurePath, entries: Entries) -> None:
    """Raises DataError for entries that overlap, are not where the list says, or are not in the list."""
    handle, end, directory = entries.handle, 0, entries.starts[0]
    offsets = [entry.header_offset for entry in entries]
    for entry in entries.take(sorted(range(len(entries)), key=offsets.__getitem__)):
        _check_gap(archive, handle, end, entry.header_offset)
        end = find_data(archive, handle, entry) + entry.compress_size
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


def find_data(archive: PurePath, handle: IO[bytes], entry: zipfile.ZipInfo) -> int:
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
