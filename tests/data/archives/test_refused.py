"""Archives that lie, lead elsewhere or never end are refused before anything is written."""

import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import py7zr
import pytest

from kit.data.archives.budget import Limits
from kit.data.archives.unpack import extract
from kit.errors import DataError
from tests.data.archives.conftest import packed7, refused, zipped


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
    with pytest.raises(DataError, match="too many members; received 13; expected at most 9"):
        extract(archive, tmp_path / "raw", limits=Limits(files=9))
    assert not (tmp_path / "raw").exists()
    extract(archive, tmp_path / "raw", limits=Limits(files=18))


def test_a_member_cannot_pose_as_the_manifest(tmp_path):
    refused(zipped(tmp_path / "a.zip", ("manifest.json", b"{}")), "manifest.json")
