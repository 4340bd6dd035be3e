import gc
import os
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kit.competition import Split
from kit.data import cache, splits, write_cache
from kit.data.archives.unpack import extract
from kit.data.decode_image import Decoding, decode
from kit.errors import DataError
from kit.targets import Classes


@pytest.fixture
def write(folders, pets, pack):
    """write(members, ...) packs, extracts and decodes them, and loads the cache."""

    def run(members, competition=pets, **options) -> cache.Dataset:
        raw = extract(pack(members), folders.raw)
        write_cache.write(competition, folders, raw, **options)
        return cache.load(competition, folders)

    return run


def test_the_cache_holds_the_decoded_images_in_order_with_ids_and_labels(write, members, folders):
    data = write(members)
    assert data.train.ids.tolist() == [f"{name}-{n}" for name in ("cat", "dog") for n in range(12)]
    assert data.train.labels.tolist() == [0] * 12 + [1] * 12
    assert (data.train.images.shape, data.train.images.dtype) == ((24, 8, 8, 3), np.uint8)
    assert (data.train.images[13] == decode(folders.raw / "train" / "dog-1.png", Decoding((8, 8, 3)))).all()
    assert not data.train.images.flags.writeable
    assert data.test.ids.tolist() == list("01234")
    assert data.test.labels.shape == (0,)
    assert data.train.readable.all() and data.test.readable.all()
    assert len(set(data.train.same_pixels) | set(data.test.same_pixels)) == 29


def test_the_fingerprint_follows_pixels_ids_labels_and_shape(write, members, pets, changed):
    def twist(name: str, data: bytes, drop: str = "") -> dict[str, bytes]:
        return {other: value for other, value in members.items() if other != drop} | {name: data}

    one = write(members).fingerprint
    others = [
        write(twist("train/cat-0.png", members["train/cat-1.png"])).fingerprint,
        write(twist("test/0.png", members["train/cat-1.png"])).fingerprint,
        write(twist("train/cat-99.png", members["train/cat-0.png"], drop="train/cat-0.png")).fingerprint,
        write(twist("train/dog-99.png", members["train/cat-0.png"], drop="train/cat-0.png")).fingerprint,
        write(members, changed(pets, image_shape=(8, 8, 1))).fingerprint,
        write(members, changed(pets, target=Classes(("dog", "cat")))).fingerprint,
    ]
    assert write(members).fingerprint == one
    assert len({one, *others}) == 7


def test_another_fit_is_another_cache(write, members, pets, changed, folders):
    stretched, letterboxed = write(members), write(members, changed(pets, fit="letterbox"))
    assert stretched.fingerprint != letterboxed.fingerprint
    with pytest.raises(DataError, match=r"fit letterbox, competition stretch"):
        cache.load(pets, folders)


def test_a_corrupt_training_image_is_set_aside_and_a_corrupt_test_image_keeps_its_row(write, members, folders):
    members["train/dog-3.png"] = members["train/dog-3.png"][:200]
    members["test/2.png"] = b""
    members["test/4.png"] = b"<html>"
    data = write(members, allow_bad=True)
    assert len(data.train.ids) == len(data.train.labels) == len(data.train.images) == 23
    assert "dog-3" not in data.train.ids
    assert (data.train.images[-1] == decode(folders.raw / "train" / "dog-11.png", Decoding((8, 8, 3)))).all()
    assert data.test.readable.tolist() == [True, True, False, True, False]
    assert not data.test.images[[2, 4]].any()
    assert data.test.same_pixels[2] != data.test.same_pixels[4]
    listed = cache.quarantine(folders)
    assert [(row["part"], row["id"], row["path"]) for row in listed] == [
        ("train", "dog-3", "train/dog-3.png"),
        ("test", "2", "test/2.png"),
        ("test", "4", "test/4.png"),
    ]
    assert listed[1]["reason"] == "empty file"


def test_more_than_one_percent_unreadable_training_images_stop_unless_allowed(write, members, folders):
    members["train/dog-3.png"] = b""
    with pytest.raises(DataError, match=r"1 of 24 training images are unreadable.*dog-3.png: empty file.*--allow-bad"):
        write(members)
    assert not folders.cache.exists()
    for name in list(members):
        if name.startswith("train/"):
            members[name] = b""
    with pytest.raises(DataError, match="no training image is readable"):
        write(members, allow_bad=True)


def test_rows_with_identical_pixels_share_a_group_within_and_across_the_parts(write, members):
    members["train/cat-5.png"] = members["train/dog-7.png"] = members["test/1.png"] = members["train/cat-2.png"]
    data = write(members)
    same = data.train.same_pixels[2]
    assert np.flatnonzero(data.train.same_pixels == same).tolist() == [2, 5, 19]
    assert np.flatnonzero(data.test.same_pixels == same).tolist() == [1]


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        ("0 1 2 3", "5 images, 1 of them unasked, such as '4'; expected 4 ids, of which 0 have no image"),
        ("0 1 2 3 4 5", "5 images, 0 of them unasked; expected 6 ids, of which 1 have no image, such as '5'"),
        ("0 1 2 3 4 4", "holds an id twice"),
        ("00 1 2 3 4", "1 of them unasked"),
    ],
)
def test_test_images_must_be_those_of_the_sample_submission(write, members, folders, sample, message):
    members["sample.csv"] = ("id,label\n" + "".join(f"{name},cat\n" for name in sample.split())).encode()
    with pytest.raises(DataError, match=message):
        write(members)
    assert not folders.cache.exists()


def test_a_sample_that_came_in_a_zip_is_found_where_it_was_opened(pets, tmp_path):
    zipped = replace(pets, archives=replace(pets.archives, sample="sample.csv.zip"))
    (tmp_path / "sample.csv").write_text("id,label\n7,cat\n")
    splits.check_sample(zipped, tmp_path, Split(["7"], [tmp_path], None))


def test_an_unknown_class_is_refused(write, members, picture):
    with pytest.raises(DataError, match=r"unknown class .*received 'NA'"):
        write(members | {"train/NA-1.png": picture(1)})


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (lambda images: Split(["1", "1"], images, ["cat", "dog"]), "holds id '1' twice"),
        (lambda images: Split(["1"], images, ["cat", "dog"]), "1 ids, 2 images"),
        (lambda images: Split(["1", "2"], images, ["cat"]), "2 ids, 1 labels"),
        (lambda images: Split(["1", "2"], images), "2 ids, 0 labels"),
        (lambda images: Split([], []), "0 ids, 0 images"),
        (lambda images: Split([1, 2], images, ["cat", "dog"]), "an id of train is no text"),
        (lambda images: {}["label"], "`read` of pets failed on train; received KeyError: 'label'"),
        (lambda images: Split(["1", "2"], [i.astype(str) for i in images], ["cat", "dog"]), "received <U3"),
        (lambda images: Split(["1", "2"], [i[:4] for i in images], ["cat", "dog"]), r"received uint8 \(4, 8, 3\)"),
        (lambda images: Split(["1", "2"], [None, None], ["cat", "dog"]), "received NoneType"),
    ],
)
def test_a_read_function_that_breaks_the_contract_is_told_how(write, members, pets, changed, folders, split, message):
    images = list(np.zeros((2, 8, 8, 3), np.uint8))

    def read(raw, part):
        return split(images) if part == "train" else pets.read(raw, part)

    with pytest.raises(DataError, match=message):
        write(members, changed(pets, read=read))
    assert not folders.cache.exists()


def test_loading_refuses_a_cache_that_is_missing_damaged_or_of_another_shape(write, members, pets, changed, folders):
    with pytest.raises(DataError, match=r"not prepared.*kit prepare pets"):
        cache.load(pets, folders)
    write(members)
    for other in (changed(pets, image_shape=(9, 9, 3)), changed(pets, target=Classes(("cat", "dog", "cow")))):
        with pytest.raises(DataError, match=r"does not fit.*kit prepare pets"):
            cache.load(other, folders)
    for name in ("train.npy", "test.csv"):
        write(members)
        with open(folders.cache / name, "r+b") as handle:
            handle.truncate(100)
        with pytest.raises(DataError, match=f"{name} has 100 bytes"):
            cache.load(pets, folders)
    (folders.cache / "manifest.json").write_text("{")
    with pytest.raises(DataError, match="is damaged"):
        cache.load(pets, folders)


def test_images_that_only_grumble_raise_no_warning(write, members, picture):
    exif = b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xee" * 40
    data = picture(1, "JPEG")
    broken = data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(write(members | {"train/cat-77.png": broken}).train.ids) == 25


PEAK = """
import sys, numpy as np
from pathlib import Path
from kit.competition import Archives, Competition, Split, Submission
from kit.data import cache, splits, write_cache
from kit.paths import DataFolders
from kit.targets import Classes

class Many:
    def __init__(self, count): self.count = count
    def __len__(self): return self.count
    def __iter__(self): return (np.full((96, 96, 3), n % 256, np.uint8) for n in range(self.count))

def read(raw, part):
    count = 20 if part == "train" else 20_000
    return Split([str(n) for n in range(count)], Many(count), ["ab"[n % 2] for n in range(count)])

def peak():
    return next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))

folders = DataFolders(Path(sys.argv[1]))
folders.raw.mkdir(parents=True)
(folders.raw / "sample.csv").write_text("id\\n" + "".join(f"{n}\\n" for n in range(20_000)))
form, archives = Submission("id", ("label",)), Archives("", "", "sample.csv")
competition = Competition("many", "", Classes(("a", "b")), "accuracy", form, archives, read, image_shape=(96, 96, 3))
before = peak()
write_cache.write(competition, folders, "")
data = cache.load(competition, folders)
print(peak() - before, data.test.images.nbytes >> 20, int(data.test.images[19_999].max()))
"""


def test_decoding_needs_memory_for_a_few_batches_not_for_all_images(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(tmp_path)], capture_output=True, text=True, check=True, env={**os.environ}
    )
    grown, total, last = map(int, done.stdout.split())
    assert total > 500
    assert grown < 150
    assert last == 19_999 % 256


def test_paths_that_a_reader_lists_are_kept_as_texts(pets, changed, tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(500)]
    ids = [path.stem for path in paths]
    read = splits.read(changed(pets, read=lambda raw, part: Split(ids, paths)), tmp_path, "test").images
    assert list(read) == paths and read[3] == paths[3] and list(read[::100]) == paths[::100]
    assert not any(isinstance(one, Path) for one in gc.get_referents(read.texts))
    with pytest.raises(DataError, match=r"test holds id '0' twice; received .*/0\.png and .*/1\.png$"):
        splits.read(changed(pets, read=lambda raw, part: Split(["0", "0"], paths[:2])), tmp_path, "test")
    table = changed(pets, image_shape=(0, 0, 0), read=lambda raw, part: Split(["0", "0"], []))
    with pytest.raises(DataError, match="test holds id '0' twice$"):
        splits.read(table, tmp_path, "test")
