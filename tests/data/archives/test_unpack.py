"""What an archive becomes on disk."""

import io
import itertools
import os
import stat
import sys
import zipfile

import pytest

from kit.data.archives.unpack import count_hidden, extract, gather
from kit.errors import DataError
from kit.files import sha256
from tests.data.archives.conftest import packed7, refused, tree, zipped


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


def test_a_refused_archive_leaves_the_old_folder_as_it_was(tmp_path):
    extract(zipped(tmp_path / "a.zip", ("1.png", b"one")), tmp_path / "raw")
    before = tree(tmp_path / "raw")
    with pytest.raises(DataError):
        extract(zipped(tmp_path / "a.zip", ("2.png", b"two"), ("../evil", b"")), tmp_path / "raw")
    assert tree(tmp_path / "raw") == before


def test_members_that_the_competition_needs_must_be_there(tmp_path):
    archive = zipped(tmp_path / "a.zip", ("train/1.png", b"one"), ("labels.csv.zip", zip_bytes("labels.csv")))
    for names in (("train", "labels.csv"), ("train.zip", "labels.csv.zip"), ("train.tar.7z",)):
        extract(archive, tmp_path / "raw", required=names)
        (tmp_path / "raw" / "manifest.json").unlink()
    with pytest.raises(DataError, match=r"lacks test.zip; received labels.csv.zip"):
        extract(archive, tmp_path / "raw", required=("train", "test.zip"))


def zip_bytes(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        out.writestr(name, "id\n")
    return buffer.getvalue()


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
