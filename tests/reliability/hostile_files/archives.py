"""Archives that lead elsewhere, lie or never end. Each is written as a.zip, .7z or .tar into a folder."""

import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.data.archives.conftest import packed7, zipped

Write = Callable[[Path], object]
NAMES = ("../evil", "/tmp/evil", "C:\\x", "..\\evil", "a\nb", "a\0b", "a//b", "x" * 300)
NEEDED = ("train.csv", "test.csv", "sample.csv")
MIB = bytes(1 << 20)


def _zip(folder: Path, *entries: tuple[str, bytes]) -> Path:
    """With what the competition needs beside the entries: its lack is not to be what is refused."""
    return zipped(folder / "a.zip", *((name, b"1") for name in NEEDED), *entries)


def _named(name: str, folder: Path) -> None:
    _zip(folder, (name, b"2"))


def _pair(first: str, second: str, folder: Path) -> None:
    _zip(folder, (first, b"1"), (second, b"2"))


def _special(kind: int, folder: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    with zipfile.ZipFile(_zip(folder), "a") as out:
        out.writestr(info, "/etc/passwd")


def _nested(make: Callable[[Path], Path], folder: Path) -> None:
    inner = make(folder)
    data = inner.read_bytes()
    inner.unlink()
    _zip(folder, (inner.name, data))


def _bomb(folder: Path, name: str = "a.zip", size: int = 200) -> Path:
    path = _zip(folder).rename(folder / name)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as out, out.open("zeros.png", "w") as member:
        for _ in range(size):
            member.write(MIB)
    return path


def _small_bombs(folder: Path) -> None:
    """Of which none is large enough to be judged by itself."""
    inner = _bomb(folder, "inner.zip", 60)
    _zip(folder, *((f"{n}.zip", inner.read_bytes()) for n in range(20)))
    inner.unlink()


def _overlapping(folder: Path) -> None:
    """A member of which a part is another member, as the listing has it."""
    inner = zipped(folder / "inner.zip", ("2.png", bytes(999))).read_bytes()
    path = _zip(folder, ("1.png", inner))
    data = bytearray(path.read_bytes())
    end, listing = data.rindex(b"PK\x05\x06"), data.index(b"PK\x01\x02", data.index(inner) + len(inner))
    entry = bytearray(inner[inner.index(b"PK\x01\x02") : inner.rindex(b"PK\x05\x06")])
    entry[42:46] = struct.pack("<I", data.index(inner))
    total = struct.pack("<HHI", len(NEEDED) + 2, len(NEEDED) + 2, end - listing + len(entry))
    path.write_bytes(data[:end] + entry + data[end : end + 8] + total + data[end + 16 :])
    (folder / "inner.zip").unlink()


def _edited(edit: Callable[[bytes], bytes], folder: Path) -> None:
    path = _zip(folder, ("1.png", os.urandom(5000)))
    path.write_bytes(edit(path.read_bytes()))


def _tar(kind: bytes, folder: Path) -> Path:
    with tarfile.open(folder / "inner.tar", "w") as out:
        entry = tarfile.TarInfo("link")
        entry.type, entry.linkname = kind, "/etc/passwd"
        out.addfile(entry)
    return folder / "inner.tar"


def _7z(name: str, folder: Path) -> Path:
    return packed7(folder / "inner.7z", ("good.png", b"1"), (name, b"2"))


def _deep(folder: Path) -> Path:
    held = ("1.png", b"1")
    for name in ("three.zip", "two.zip", "one.zip"):
        inner = zipped(folder / name, held)
        held = (name, inner.read_bytes())
        inner.unlink()
    return zipped(folder / "inner.zip", held)


CASES: dict[str, Write] = {
    **{f"the name {name[:20]!a}": partial(_named, name) for name in NAMES},
    **{
        f"{a!a} and {b!a}": partial(_pair, a, b)
        for a, b in (("a", "a"), ("a", "a/b"), ("A.png", "a.png"), ("\xe9", "e\u0301"))
    },
    **{f"a special file {kind:o}": partial(_special, kind) for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR)},
    "a bomb": _bomb,
    "many small bombs": _small_bombs,
    "a bomb in it": partial(_nested, partial(_bomb, name="inner.zip")),
    "overlapping entries": _overlapping,
    "a flipped bit": partial(_edited, lambda data: data[:2000] + bytes([data[2000] ^ 1]) + data[2001:]),
    "cut off": partial(_edited, lambda data: data[:2500]),
    "nothing": partial(_edited, lambda data: b""),
    "a web page": partial(_edited, lambda data: b"<html>Sign in</html>"),
    "nested too deep": partial(_nested, _deep),
    **{
        f"a tar with {kind!a}": partial(_nested, partial(_tar, kind))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE)
    },
    **{
        f"a 7z with {name!a}": partial(_nested, partial(_7z, name))
        for name in ("../evil", "/tmp/evil", "good.png", "GOOD.png")
    },
}
