"""The faults that `make bench ARGS=review` plants are the ones it counts: no photo of the archive is lost to them."""

import io
import zipfile

import cv2
import numpy as np

from tests.bench.review import ACROSS, TWINS, WRONG, planted
from tests.small_archives import zipped


def _jpeg(number: int) -> bytes:
    noise = np.random.default_rng(number).integers(0, 255, (40, 40, 3), np.uint8)
    return cv2.imencode(".jpg", noise)[1].tobytes()


def _photos(archive, part: str) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as outer, zipfile.ZipFile(io.BytesIO(outer.read(part))) as inner:
        return {name.rpartition("/")[2].removesuffix(".jpg"): inner.read(name) for name in inner.namelist()}


def test_planting_faults_loses_no_photo(tmp_path):
    train = {f"train/{label}.{number}.jpg": _jpeg(number) for label in ("cat", "dog") for number in range(1000)}
    test, sample = {"test1/1.jpg": _jpeg(1)}, b"id,label\n1,0\n"
    files = {"train.zip": zipped(train), "test1.zip": zipped(test), "sampleSubmission.csv": sample}
    (tmp_path / "whole.zip").write_bytes(zipped(files))
    wrong, twins = planted(tmp_path / "whole.zip", tmp_path / "planted.zip", seed=0)
    before, after = _photos(tmp_path / "whole.zip", "train.zip"), _photos(tmp_path / "planted.zip", "train.zip")
    gone = before.keys() - after.keys()
    assert len(wrong) == len(gone) == WRONG
    assert len(twins) == TWINS and len(after) == len(before) + TWINS - ACROSS
    assert all(after[name] == data for name, data in before.items() if name not in gone)
    opposite = {("dog" if name.startswith("cat") else "cat", before[name]) for name in gone}
    assert {(name.partition(".")[0], after[name]) for name in wrong} == opposite
    assert set(twins.values()) <= after.keys() - wrong
    copies = after | _photos(tmp_path / "planted.zip", "test1.zip")
    assert all(name in copies and name not in before for name in twins)
