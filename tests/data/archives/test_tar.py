"""Archives in a .tar, most of them in a .7z that is in the competition's zip."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from kit.data.archives.unpack import extract, gather
from tests.data.archives.conftest import packed7, refused, tree, zipped


def tarred(path: Path, *entries: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(path, "w") as out:
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.size = tarfile.DIRTYPE if name.endswith("/") else kind, len(data)
            out.addfile(entry, io.BytesIO(data))
    return path


def test_a_tar_in_a_7z_lands_as_one_archive_would(tmp_path):
    entries = (("train/", b""), ("train/1.png", b"one"), ("train/._1.png", b"x"))
    named = tarred(tmp_path / "train.tar", *entries)
    dotted = tarred(tmp_path / "test.tar", ("./", b""), ("./2.png", b"two"))
    seven = [packed7(tmp_path / f"{tar.name}.7z", (tar.name, tar.read_bytes())) for tar in (named, dotted)]
    archive = zipped(tmp_path / "all.zip", *((path.name, path.read_bytes()) for path in seven))
    extract(archive, tmp_path / "raw", required=("train.tar.7z",))
    found = tree(tmp_path / "raw")
    assert found.keys() == {"manifest.json", "train/1.png", "test/2.png"} and found["test/2.png"] == b"two"
    (tmp_path / "mounted").mkdir()
    for path in seven:
        path.rename(tmp_path / "mounted" / path.name)
    gather(tmp_path / "mounted", tmp_path / "linked", without=("train.tar.7z",))
    assert tree(tmp_path / "linked") == {"test/2.png": b"two"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    refused(tarred(tmp_path / "a.tar", ("link", b""), kind=kind), "'link'")


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/tmp/evil", "a//b", "././a", "n" * 300])
def test_names_in_a_tar_that_lead_elsewhere_are_refused(tmp_path, name):
    refused(tarred(tmp_path / "a.tar", ("good.png", b"1"), (name, b"2")), "member")


def test_a_tar_that_is_cut_off_or_damaged_is_refused(tmp_path):
    archive = tarred(tmp_path / "a.tar", ("1.png", os.urandom(700)), ("2.png", os.urandom(700)))
    whole = archive.read_bytes()
    for length in (0, 300, 1000, 1536, 2000, 3072):  # 512 for a header, 1024 for 700 bytes
        archive.write_bytes(whole[:length])
        refused(archive, "damaged")
    archive.write_bytes(whole[:1536] + b"x" + whole[1537:])
    refused(archive, "damaged")
