"""One budget over all that is nested, known before anything is inflated, kept while it is, and raised by typed options."""

import gzip
import os
import zipfile

import py7zr
import pytest

from kit.data.archives import unpack
from kit.data.archives.budget import Limits, allow
from kit.errors import DataError
from kit.kaggle.archive import check_members
from tests.data.archives.conftest import packed7, refused, zipped
from tests.data.archives.test_refused import lie
from tests.small_archives import tarred

SMALL = Limits(ratio_from=1 << 20)
PART = 700 << 10  # bytes of zeros, below that floor


@pytest.fixture(autouse=True)
def small():
    with allow(SMALL):
        yield


def nested(path, kind):
    """Two archives of zeros in an archive, each below the floor of the ratio, both above it."""
    if kind == "zip":
        inner = zipped(path.with_name("in.zip"), ("z", bytes(PART)), method=zipfile.ZIP_DEFLATED).read_bytes()
    elif kind == "7z":
        inner = packed7(path.with_name("in.7z"), ("z", bytes(PART))).read_bytes()
    else:
        inner = gzip.compress(tarred({"z": bytes(PART)}) if kind == "tar.gz" else bytes(PART))
    return zipped(path, *((f"{n}.{kind}", inner) for n in range(2)))


@pytest.mark.parametrize("kind", ["zip", "7z", "gz", "tar.gz"])
def test_nested_archives_share_one_ratio(tmp_path, kind):
    refused(nested(tmp_path / "a.zip", kind), "the whole archive looks like a decompression bomb", "--max-ratio")
    with allow(Limits(ratio_from=1 << 20, ratio=100_000)):
        unpack.extract(tmp_path / "a.zip", tmp_path / "raw")


def test_nested_archives_that_are_too_much_together_are_refused_before_the_first_is_inflated(tmp_path, monkeypatch):
    inner = zipped(tmp_path / "in.zip", ("z", bytes(PART)), method=zipfile.ZIP_DEFLATED).read_bytes()
    archive = zipped(tmp_path / "a.zip", *((f"{n}.zip", inner) for n in range(9)))
    plain = zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile,
        "open",
        lambda self, member, *how: pytest.fail("inflated") if member.filename == "z" else plain(self, member, *how),
    )
    refused(archive, "the whole archive looks like a decompression bomb", "--max-ratio")


def test_nested_archives_share_one_number_of_bytes_which_the_refusal_says_how_to_raise(tmp_path):
    archive = nested(tmp_path / "a.zip", "zip")
    with allow(Limits(bytes=PART + 5000)):
        refused(archive, "a.zip refused: is too large unpacked", "give --max-bytes ")
    many = zipped(tmp_path / "b.zip", *((f"{n}", b"") for n in range(9)))
    with allow(Limits(files=8)):
        refused(many, "too many members; received 9; expected at most 8", "give --max-files 9")


def test_archives_that_are_mounted_together_share_one_budget(tmp_path):
    (tmp_path / "mounted").mkdir()
    with zipfile.ZipFile(nested(tmp_path / "a.zip", "7z")) as whole:
        whole.extractall(tmp_path / "mounted")
    with pytest.raises(DataError, match="decompression bomb"):
        unpack.gather(tmp_path / "mounted", tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


def test_what_the_listing_keeps_silent_about_is_counted_as_it_is_written(tmp_path):
    archive = tmp_path / "a.csv.gz"
    archive.write_bytes(gzip.compress(bytes(2 << 20)))
    refused(archive, "decompression bomb", "--max-ratio")


@pytest.mark.parametrize("opened", [check_members, lambda path: unpack.open_outermost(path, path.parent / "raw")])
def test_nothing_is_inflated_that_is_too_much_by_its_listing(tmp_path, monkeypatch, opened):
    archive = zipped(tmp_path / "a.zip", ("z", bytes(2 << 20)), method=zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("inflated"))
    with pytest.raises(DataError, match=r"a\.zip refused: member 'z' looks like a decompression bomb.*--max-ratio"):
        opened(archive)


def test_a_list_of_too_many_members_is_refused_before_it_is_read(tmp_path, monkeypatch):
    archive = zipped(tmp_path / "a.zip", *((f"{n}", b"") for n in range(9)))
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("read"))
    with allow(Limits(files=8)), pytest.raises(DataError, match="too many members; received 9"):
        check_members(archive)


def test_a_7z_that_inflates_to_more_than_it_lists_is_refused(tmp_path, monkeypatch):
    archive = packed7(tmp_path / "a.7z", ("z", os.urandom(5000)))
    monkeypatch.setattr(py7zr.SevenZipFile, "max_extract_size", property(lambda self: 100, lambda self, _: None), False)
    refused(archive, "'z' is damaged")


@pytest.mark.parametrize("verb", ["download", "run", "new"])
def test_verbs_that_open_an_archive_refuse_it_in_one_line_and_take_options(here, home, tmp_path, verb):
    archive = lie(zipped(tmp_path / "a.zip", ("train.csv", b"x"), method=zipfile.ZIP_DEFLATED), 70 << 20, 0)
    words = (verb, "another" if verb == "new" else "tiny-stripes", "--from", str(archive))

    def refused_for(*options):
        done = here(*words, *options, check=False)
        assert done.returncode == 3 and done.stderr.count("\n") == 1 and not list(home.rglob("*.json"))
        return done.stderr

    assert "give --max-ratio 24466774" in refused_for()
    assert "give --max-bytes 73400320" in refused_for("--max-ratio", "30000000", "--max-bytes", "1000")
    assert "damaged" in refused_for("--max-ratio", "30000000") if verb != "new" else True


def test_prepare_takes_the_same_options(here, home, archive):
    here("download", "tiny-stripes", "--from", str(archive))
    done = here("prepare", "tiny-stripes", "--max-files", "2", check=False)
    assert done.returncode == 3 and "give --max-files 3" in done.stderr


@pytest.mark.parametrize("pack", ["a.tar.gz", "a.7z"])
def test_kit_new_inflates_no_bomb(tmp_path, pack):
    from kit.scaffold.members import open_members

    inner = gzip.compress(tarred({"z": bytes(2 << 20)}))
    if pack == "a.7z":
        inner = packed7(tmp_path / "in.7z", ("z", bytes(2 << 20))).read_bytes()
    with open_members(zipped(tmp_path / "all.zip", (pack, inner), ("x.csv", b"id\n"))) as members:
        assert "decompression bomb" in members.closed[pack] and set(members.files) == {"x.csv"}
    plain = zipped(tmp_path / "plain.zip", ("x.csv.gz", gzip.compress(bytes(2 << 20))))
    with open_members(plain) as members, pytest.raises(DataError, match="decompression bomb"):
        members.files["x.csv"]().read()
