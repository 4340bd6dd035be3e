import io
import itertools
import os
import stat
import struct
import sys
import warnings
import zipfile
import zlib
from pathlib import Path

import py7zr
import pytest

from kit.data.archives.limits import Limits
from kit.data.archives.unpack import count_hidden, extract, gather
from kit.errors import DataError
from kit.files import sha256


def zipped(path: Path, *entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    """A zip whose names are stored just as given."""
    with zipfile.ZipFile(path, "w", method) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of zipfile, about names that come twice
        for name, data in entries:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type, info.external_attr = name, method, 0o100644 << 16
            out.writestr(info, data)
    return path


def packed7(path: Path, *entries: tuple[str, bytes], password: str | None = None) -> Path:
    with py7zr.SevenZipFile(path, "w", password=password) as out:
        for name, data in entries:
            out.writestr(data, "placeholder")
            list(out.files)[-1]._file_info["filename"] = name
            out.header.files_info.files[-1]["filename"] = name
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(archive: Path, *words: str, **options: object) -> None:
    """The archive is refused with one line that holds `words`, and nothing appears in the folder it lies in."""
    before = sorted(archive.parent.rglob("*"))
    with pytest.raises(DataError) as error:
        extract(archive, archive.parent / "raw", **options)
    for word in (archive.name, *words):
        assert word in str(error.value)
    assert "\n" not in str(error.value)
    assert sorted(archive.parent.rglob("*")) == before


def test_a_zip_in_a_zip_and_a_7z_in_a_zip_land_without_repeating_their_top_folder(tmp_path):
    inner = zipped(tmp_path / "train.zip", ("train/1.png", b"one"), ("train/a/2.png", b"two"))
    flat = zipped(tmp_path / "flat.zip", ("3.png", b"three"))
    seven = packed7(tmp_path / "test.7z", ("test/4.png", b"four"), ("test/empty.png", b""))
    single = zipped(tmp_path / "labels.csv.zip", ("labels.csv", b"id\n"))
    entries = [(path.name, path.read_bytes()) for path in (inner, flat, seven, single)]
    archive = zipped(tmp_path / "all.zip", *entries, ("sample.csv", b"id,label\n"))

    assert extract(archive, tmp_path / "raw") == sha256(archive)

    found = tree(tmp_path / "raw")
    assert found.pop("manifest.json")
    assert found == {
        "train/1.png": b"one",
        "train/a/2.png": b"two",
        "flat/3.png": b"three",
        "test/4.png": b"four",
        "test/empty.png": b"",
        "labels.csv": b"id\n",
        "sample.csv": b"id,label\n",
    }
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "raw").rglob("*.png")}
    assert modes == {0o644}


@pytest.mark.parametrize("pack", [zipped, packed7])
def test_what_a_desktop_leaves_behind_is_left_out_and_counted(tmp_path, pack):
    inner = pack(
        tmp_path / f"train.{'zip' if pack is zipped else '7z'}",
        ("train/1.png", b"one"),
        ("train/.DS_Store", b"x"),
        ("__MACOSX/train/._1.png", b"x"),
    )
    archive = zipped(tmp_path / "all.zip", (inner.name, inner.read_bytes()), ("__MACOSX/._train.zip", b"x"))
    extract(archive, tmp_path / "raw")
    found = tree(tmp_path / "raw")
    assert sorted(found) == ["manifest.json", "train/1.png"] and count_hidden(tmp_path / "raw") == 3
    (tmp_path / "mounted" / "__MACOSX").mkdir(parents=True)
    for name in ("__MACOSX/._2.png", "2.png", "._2.png"):
        (tmp_path / "mounted" / name).write_bytes(b"two")
    gather(tmp_path / "mounted", tmp_path / "linked")
    assert list(tree(tmp_path / "linked")) == ["2.png"]


def test_a_whole_folder_is_left_alone_and_any_other_is_rebuilt(tmp_path):
    archive = zipped(tmp_path / "a.zip", ("1.png", b"one"), ("2.png", b"two"))
    raw = tmp_path / "raw"
    extract(archive, raw)
    folder = raw.stat().st_ino
    extract(archive, raw)
    assert raw.stat().st_ino == folder

    for damage in (
        (raw / "1.png").unlink,
        lambda: (raw / "2.png").write_bytes(b"twofold"),
        (raw / "manifest.json").unlink,
    ):
        damage()
        extract(archive, raw)
        assert (tree(raw)["1.png"], tree(raw)["2.png"]) == (b"one", b"two")

    zipped(archive, ("3.png", b"three"))
    extract(archive, raw)
    assert sorted(tree(raw)) == ["3.png", "manifest.json"]


def test_an_archive_other_than_the_recorded_one_is_not_opened(tmp_path):
    refused(zipped(tmp_path / "a.zip", ("1.png", b"one")), "sha256 00", digest="00")


BAD_NAMES = [
    "../evil",
    "a/../../evil",
    "/tmp/evil",
    "C:\\x",
    "C:x",
    "..\\evil",
    "a\nb",
    "a\0b",
    "a//b",
    "./a",
    "n" * 300,
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_lead_elsewhere_are_refused_not_repaired(tmp_path, name):
    refused(zipped(tmp_path / "a.zip", ("good.png", b"1"), (name, b"2")), "member")
    if "\0" not in name:  # a 7z name ends there
        refused(packed7(tmp_path / "b.7z", ("good.png", b"1"), (name, b"2")), "member")


@pytest.mark.parametrize("write", [zipped, packed7], ids=["zip", "7z"])
@pytest.mark.parametrize("names", [("a", "a"), ("a", "a/b"), ("a/b", "a")])
def test_a_name_that_comes_twice_is_refused(tmp_path, write, names):
    refused(write(tmp_path / ("a.zip" if write is zipped else "a.7z"), *((name, b"1") for name in names)), "'a' twice")


def test_two_archives_that_bring_the_same_file_are_refused(tmp_path):
    inner = zipped(tmp_path / "train.zip", ("1.png", b"other"))
    archive = zipped(tmp_path / "a.zip", ("train/1.png", b"one"), ("train.zip", inner.read_bytes()))
    with pytest.raises(DataError, match=r"'1\.png' is there already"):
        extract(archive, tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip_are_refused(tmp_path, kind):
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(info, "/etc/passwd")
    refused(tmp_path / "a.zip", "'link'")


def test_a_link_in_a_7z_is_refused(tmp_path):
    (tmp_path / "source").mkdir()
    os.symlink("..", tmp_path / "source" / "link")
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as out:
        out.writeall(tmp_path / "source", "source")
    refused(tmp_path / "a.7z", "'source/link'")


def test_password_protected_archives_are_refused_with_that_reason(tmp_path):
    archive = zipped(tmp_path / "a.zip", ("1.png", b"one"))
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    archive.write_bytes(data)
    refused(archive, "'1.png'", "password")
    refused(packed7(tmp_path / "b.7z", ("1.png", b"one"), password="secret"), "password")


def test_bombs_are_refused_by_ratio_and_total_before_anything_is_written(tmp_path):
    zeros = bytes(3 << 20)
    small = Limits(ratio_from=1 << 20)
    refused(zipped(tmp_path / "a.zip", ("z", zeros), method=zipfile.ZIP_DEFLATED), "bomb", limits=small)
    refused(packed7(tmp_path / "b.7z", ("z", zeros)), "bomb", limits=small)
    many = zipped(tmp_path / "c.zip", *((str(n), zeros[: 1 << 19]) for n in range(6)), method=zipfile.ZIP_DEFLATED)
    refused(many, "bomb", limits=small)
    refused(many, "too large", limits=Limits(bytes=1000))


def test_the_real_limit_refuses_two_hundred_megabytes_of_zeros(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as out, out.open("z", "w") as member:
        for _ in range(200):
            member.write(bytes(1 << 20))
    refused(tmp_path / "a.zip", "'z'", "200:1")


def lie(path: Path, size: int, crc: int) -> Path:
    """Rewrites the declared size and CRC of the only member, in both its headers."""
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        place = data.index(signature) + offset
        data[place : place + 4] = struct.pack("<I", crc)
        data[place + 8 : place + 12] = struct.pack("<I", size)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_that_inflates_beyond_its_declared_size_is_refused_even_with_a_fitting_crc(tmp_path, method):
    data = os.urandom(1000) + bytes(100_000)
    path = lie(zipped(tmp_path / "a.zip", ("z", data), method=method), 1000, zlib.crc32(data[:1000]))
    refused(path, "'z' is damaged")
    refused(lie(path, 1000, zlib.crc32(data[:1001])), "'z' is not as large as declared; expected 1000 bytes")


def test_a_member_smaller_than_declared_is_refused(tmp_path):
    refused(lie(zipped(tmp_path / "a.zip", ("z", b"abc"), method=zipfile.ZIP_DEFLATED), 30, zlib.crc32(b"abc")), "'z'")


def test_compression_that_cannot_be_bounded_is_refused(tmp_path):
    refused(zipped(tmp_path / "a.zip", ("z", bytes(99)), method=zipfile.ZIP_BZIP2), "'z'", "unusual")


@pytest.mark.parametrize("write", [zipped, packed7], ids=["zip", "7z"])
def test_a_flipped_bit_and_a_missing_end_are_refused(tmp_path, write):
    archive = write(tmp_path / ("a.zip" if write is zipped else "a.7z"), ("1.png", os.urandom(5000)))
    whole = archive.read_bytes()
    archive.write_bytes(whole[:2000] + bytes([whole[2000] ^ 1]) + whole[2001:])
    refused(archive, "'1.png' is damaged")
    for length in (0, 100, 2500, len(whole) - 1):
        archive.write_bytes(whole[:length])
        refused(archive, "damaged or not an archive")


def test_what_is_no_archive_is_said_to_be_none(tmp_path):
    for name in ("a.zip", "a.7z", "a.tar"):
        (tmp_path / name).write_text("<html>Sign in to Kaggle</html>")
        refused(tmp_path / name, "not an archive")


def test_members_and_depth_are_limited_over_all_that_is_nested(tmp_path):
    names = ("deepest.zip", "deeper.zip", "deep.zip", "a.zip")
    held = ("1.png", b"1")
    for name in names:
        archive = zipped(tmp_path / name, held)
        held = (name, archive.read_bytes())
    with pytest.raises(DataError, match=r"'deepest.zip' is nested too deep"):
        extract(archive, tmp_path / "raw")
    inner = zipped(tmp_path / "in.zip", *((f"{n}.png", b"1") for n in range(5))).read_bytes()
    archive = zipped(tmp_path / "b.zip", *((f"{n}.zip", inner) for n in range(3)))
    with pytest.raises(DataError, match="too many members; received 5; expected at most 1"):
        extract(archive, tmp_path / "raw", limits=Limits(members=9))
    assert not (tmp_path / "raw").exists()
    extract(archive, tmp_path / "raw", limits=Limits(members=18))


def test_a_refused_archive_leaves_the_old_folder_as_it_was(tmp_path):
    extract(zipped(tmp_path / "a.zip", ("1.png", b"one")), tmp_path / "raw")
    before = tree(tmp_path / "raw")
    with pytest.raises(DataError):
        extract(zipped(tmp_path / "a.zip", ("2.png", b"two"), ("../evil", b"")), tmp_path / "raw")
    assert tree(tmp_path / "raw") == before


def test_members_that_the_competition_needs_must_be_there(tmp_path):
    archive = zipped(tmp_path / "a.zip", ("train/1.png", b"one"), ("labels.csv.zip", zip_bytes("labels.csv")))
    extract(archive, tmp_path / "raw", required=("train", "labels.csv"))
    (tmp_path / "raw" / "manifest.json").unlink()
    with pytest.raises(DataError, match=r"lacks test.zip; received labels.csv.zip"):
        extract(archive, tmp_path / "raw", required=("train", "test.zip"))


def zip_bytes(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        out.writestr(name, "id\n")
    return buffer.getvalue()


def test_a_member_cannot_pose_as_the_manifest(tmp_path):
    refused(zipped(tmp_path / "a.zip", ("manifest.json", b"{}")), "manifest.json")


def test_a_full_disk_is_one_line(tmp_path, monkeypatch):
    archive = zipped(tmp_path / "a.zip", ("1.png", b"one"))
    calls = itertools.count()

    def full(handle: int, mode: int) -> None:
        next(calls)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    refused(archive, "No space left on device")
    assert next(calls) == 1


def test_a_7z_without_py7zr_is_not_called_damaged(tmp_path, monkeypatch):
    archive = packed7(tmp_path / "x.7z", ("a.txt", b"a"))
    for name in ("kit.data.archives.sevenzip", "py7zr"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "py7zr", None)  # as in Kaggle's image
    with pytest.raises(DataError, match="cannot open x.7z.*py7zr"):
        extract(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()
