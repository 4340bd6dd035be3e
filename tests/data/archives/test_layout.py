"""Archives in which two programs would find different files: members that overlap or hide, and names that are one elsewhere.

Held by the kit's own look at the bytes, since zipfile looks for overlaps only from Python 3.11.8 on.
"""

import io
import os
import struct
import tarfile
import tracemalloc
import unicodedata
import zipfile
import zlib

import pytest

from kit.data.archives.budget import Limits, allow
from kit.data.archives.open_checked import check_listing, read_through
from kit.data.archives.unpack import extract
from kit.data.archives.zip_layout import Entries
from tests.data.archives.conftest import packed7, refused, tree, zipped
from tests.data.archives.test_tar import tarred


def local(name: bytes, data: bytes) -> bytes:
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, zlib.crc32(data), *[len(data)] * 2, len(name), 0) + name


def central(name: bytes, data: bytes, offset: int) -> bytes:
    sizes = (zlib.crc32(data), *[len(data)] * 2, len(name))
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, *sizes, 0, 0, 0, 0, 0, offset) + name


def archive_of(path, body: bytes, *entries: bytes, after: bytes = b""):
    listed = b"".join(entries)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(entries), len(entries), len(listed), len(body), 0)
    path.write_bytes(body + listed + end + after)
    return path


def side_by_side(*files: tuple[bytes, bytes], between: bytes = b"") -> tuple[bytes, list[bytes]]:
    body, entries = b"", []
    for name, data in files:
        entries.append(central(name, data, len(body)))
        body += local(name, data) + data + between
    return body, entries


A, B = (b"a.png", b"one"), (b"b.png", b"two")


def test_members_side_by_side_are_extracted_also_with_sizes_or_padding_between(tmp_path):
    for between in (b"", b"PK\7\x08" + bytes(12), bytes(4096)):
        body, entries = side_by_side(A, B, between=between)
        extract(archive_of(tmp_path / "a.zip", body, *reversed(entries)), tmp_path / "raw")
        assert {"a.png", "b.png"} < set(tree(tmp_path / "raw"))
    streamed = io.BytesIO()
    streamed.seekable = lambda: False
    with zipfile.ZipFile(streamed, "w") as out, out.open("c.png", "w", force_zip64=True) as member:
        member.write(b"three")
    (tmp_path / "a.zip").write_bytes(streamed.getvalue())
    extract(tmp_path / "a.zip", tmp_path / "raw")
    assert "c.png" in tree(tmp_path / "raw")


def test_entries_that_share_bytes_are_refused(tmp_path):
    body, entries = side_by_side(A)
    refused(
        archive_of(tmp_path / "same.zip", body, *entries, central(b"a.png", b"one", 0)), "two of its members overlap"
    )
    quoted = local(*B) + b"two"  # lies as a whole in the stored data of the first
    body = local(b"a.png", quoted) + quoted
    entries = [central(b"a.png", quoted, 0), central(b"b.png", b"two", len(body) - len(quoted))]
    refused(archive_of(tmp_path / "quoted.zip", body, *entries), "two of its members overlap")
    body, entries = side_by_side(A)
    long = central(b"a.png", b"one" + bytes(50), 0)
    refused(archive_of(tmp_path / "into.zip", body, long), "'a.png' overlaps the list of members")


@pytest.mark.parametrize("place", ["first", "between", "last"])
def test_a_member_that_the_list_lacks_is_refused(tmp_path, place):
    body, entries = side_by_side(A, B)
    cut = len(local(*A)) + 3
    hidden = local(b"evil.png", b"evil") + b"evil"
    at = {"first": 0, "between": cut, "last": len(body)}[place]
    moved = [central(*A, 0 if at else len(hidden)), central(*B, cut + (len(hidden) if at <= cut else 0))]
    refused(
        archive_of(tmp_path / "a.zip", body[:at] + hidden + body[at:], *moved), "holds a member that its list lacks"
    )
    refused(archive_of(tmp_path / "b.zip", body, entries[0]), "holds a member that its list lacks")


def test_a_member_that_is_in_the_list_alone_or_has_another_name_there_is_refused(tmp_path):
    body, entries = side_by_side(A)
    refused(archive_of(tmp_path / "a.zip", body + bytes(60), *entries, central(b"b.png", b"", len(body))), "'b.png'")
    refused(archive_of(tmp_path / "b.zip", body, central(b"x.png", b"one", 0)), "'x.png' has two names", "'a.png'")


def test_bytes_after_the_end_are_refused(tmp_path):
    body, entries = side_by_side(A)
    refused(archive_of(tmp_path / "a.zip", body, *entries, after=b"more"), "bytes after its end")


def test_a_tar_whose_members_overlap_or_whose_header_never_ends_is_refused(tmp_path):
    good = tarred(tmp_path / "good.tar", ("1.png", b"one")).read_bytes()
    header = bytearray(good[:512])
    header[124:136] = (-1536 & (1 << 96) - 1).to_bytes(12, "big")  # a size below 0, as GNU writes large ones
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    (tmp_path / "a.tar").write_bytes(good[:1024] + header + good[1024:])
    refused(tmp_path / "a.tar", "a.tar refused")
    with tarfile.open(tmp_path / "b.tar", "w", format=tarfile.PAX_FORMAT) as out:
        entry = tarfile.TarInfo("1.png")
        entry.pax_headers = {"comment": "x" * (2 << 20)}
        out.addfile(entry)
    refused(tmp_path / "b.tar", "damaged", "a header of")


COMPOSED, TAKEN_APART = (unicodedata.normalize(form, "caf\u00e9.png") for form in ("NFC", "NFD"))


@pytest.mark.parametrize("write", [zipped, packed7, tarred], ids=["zip", "7z", "tar"])
@pytest.mark.parametrize("names", [("a/1.PNG", "a/1.png"), ("A/1.png", "a/2.png"), (COMPOSED, TAKEN_APART)])
def test_names_that_are_one_on_other_systems_are_refused_unless_both_are_meant(tmp_path, write, names):
    ending = {"zipped": "zip", "packed7": "7z", "tarred": "tar"}[write.__name__]
    archive = write(tmp_path / f"a.{ending}", *((name, os.urandom(9)) for name in names))
    refused(archive, "on other systems are one name", "--any-case")
    with allow(Limits(any_case=True)):
        extract(archive, tmp_path / "raw")
    assert set(names) < set(tree(tmp_path / "raw"))


def test_a_list_of_many_members_in_any_order_after_other_bytes_is_read_in_little_memory(tmp_path):
    files = [(f"folder/{number:06}.png".encode(), b"%d" % number) for number in range(6000)]
    body, entries = side_by_side(*files)
    plain = archive_of(tmp_path / "plain.zip", body, *reversed(entries))
    archive = tmp_path / "a.zip"
    archive.write_bytes(b"#!/bin/sh\n" + plain.read_bytes())
    tracemalloc.start()
    check_listing(archive)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 650 * len(files)
    assert read_through(archive) == len(files)
    extract(archive, tmp_path / "raw", required=["folder"])
    assert (tmp_path / "raw" / "folder" / "004321.png").read_bytes() == b"4321"


def test_a_list_with_bytes_that_are_no_entry_is_refused(tmp_path):
    body, entries = side_by_side(A, B)
    refused(archive_of(tmp_path / "a.zip", body, *entries, b"PK\1\2"), "a list of members that is cut off")
    refused(archive_of(tmp_path / "b.zip", body, *entries, bytes(46)), "it is damaged or not an archive")


def test_a_comment_that_looks_like_the_end_of_a_large_archive_is_a_comment(tmp_path):
    body, (first, last) = side_by_side(A, B)
    other = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(first), 0)
    comment = other + struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
    last = last[:32] + struct.pack("<H", len(comment)) + last[34:] + comment
    handle = io.BytesIO()
    handle.write(body + first + last)
    entries = Entries(handle, [len(body), len(body + first), len(body + first + last)], 0)
    assert [entry.filename for entry in entries] == ["a.png", "b.png"]
