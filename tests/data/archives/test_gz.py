"""A file in a .gz, most of them a .tar."""

import gzip
import os

from kit.data.archives.unpack import extract
from tests.data.archives.conftest import refused, tree, zipped
from tests.small_archives import tarred


def test_a_tar_gz_lands_as_a_zip_would(tmp_path):
    packed = tarred({"train/1.png": b"one", "train/._1.png": b"x"}, "w:gz")
    archive = zipped(tmp_path / "all.zip", ("train.tar.gz", packed), ("labels.csv.gz", gzip.compress(b"id\n")))
    extract(archive, tmp_path / "raw", required=("train.tar.gz", "labels.csv.gz"))
    found = tree(tmp_path / "raw")
    assert found.pop("manifest.json") and found == {"train/1.png": b"one", "labels.csv": b"id\n"}


def test_a_gz_that_is_damaged_or_empty_is_refused(tmp_path):
    archive, whole = tmp_path / "a.csv.gz", gzip.compress(os.urandom(700))
    for content in (b"", b"id,label", whole[:300], whole[:-9] + b"x" + whole[-8:], whole[:100] + b"x" + whole[101:]):
        archive.write_bytes(content)
        refused(archive, "damaged")


def test_a_gz_that_unpacks_to_far_too_much_is_refused(tmp_path):
    archive = tmp_path / "a.csv.gz"
    archive.write_bytes(gzip.compress(bytes(80 << 20)))
    refused(archive, "decompression bomb")
