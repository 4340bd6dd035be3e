"""Near-duplicates: planted ones are found, different pictures are not called alike, and pairs share a fold."""

import json
import zipfile

import cv2
import numpy as np
import pytest

from kit import paths
from kit.data import cache, folds, near_duplicates
from kit.data.cache import CachedSplit, Dataset
from kit.data.prepare import prepare
from kit.errors import DataError
from kit.review import alike
from kit.targets import Classes


def photo(draw):
    """uint8 (64, 64, 3): structure of all sizes, as in a photograph."""
    layers = [cv2.resize(draw.normal(size=(side, side, 3)), (64, 64)) * 160 / side**0.5 for side in (4, 8, 16, 32, 64)]
    return np.clip(128 + sum(layers), 0, 255).astype(np.uint8)


def again(image, draw):
    """The same once more: cropped by 3 %, resized, brighter or darker, compressed."""
    x, y = draw.integers(0, 3, 2)
    cropped = cv2.resize(image[y : 62 + y, x : 62 + x], (80, 80))
    lit = np.clip(cropped * draw.uniform(0.9, 1.1), 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", lit, [cv2.IMWRITE_JPEG_QUALITY, 70])
    return cv2.resize(cv2.imdecode(packed, cv2.IMREAD_COLOR), (64, 64), interpolation=cv2.INTER_AREA)


def part(split, images):
    count = len(images)
    ids = np.array([f"i{n}" for n in range(count)])
    return CachedSplit(split, ids, np.stack(images), np.zeros(count, np.int64), np.ones(count, bool), np.arange(count))


PETS = Classes(("cat", "dog"))


@pytest.fixture(scope="module")
def photos():
    """600 photographs, of which 540 to 599 are rows 0 to 59 again; of 100 test images the last 20 are rows 60 to 79 again."""
    draw = np.random.default_rng(0)
    different = [photo(draw) for _ in range(620)]
    train = different[:540] + [again(image, draw) for image in different[:60]]
    test = different[540:] + [again(image, draw) for image in different[60:80]]
    return Dataset(part("train", train), part("test", test), "")


def test_planted_twins_are_found_and_nothing_else(photos):
    found = near_duplicates.find(photos)
    within = {(pair.row, pair.other) for pair in found if pair.part == "train"}
    across = {(pair.row, pair.other) for pair in found if pair.part == "test"}
    assert within == {(n, 540 + n) for n in range(60)} and across == {(60 + n, 80 + n) for n in range(20)}
    assert all(near_duplicates.SAME <= pair.similarity <= 1.001 for pair in found)
    assert near_duplicates.find(photos, least=1.01) == []


def test_a_test_image_beyond_the_training_rows_has_its_place_in_the_sheet(photos, prepared):
    few = np.arange(60, 80)
    train = CachedSplit(
        "train",
        *(values[few] for values in (photos.train.ids, photos.train.images, photos.train.labels)),
        np.ones(20, bool),
        few,
    )
    data = Dataset(train, photos.test, "")
    found = near_duplicates.find(data)
    assert {pair.other for pair in found} == set(range(80, 100)) and len(train.ids) == 20
    picture = cv2.imdecode(np.frombuffer(alike.sheet(data, prepared, found), np.uint8), cv2.IMREAD_COLOR)
    assert picture.std() > 0


def test_images_without_structure_are_like_nothing():
    blank = [np.full((32, 32, 1), grey, np.uint8) for grey in (0, 128, 128, 255)]
    assert near_duplicates.find(Dataset(part("train", blank), part("test", blank), "")) == []


def test_linked_images_share_a_group_and_so_a_fold(photos):
    chain = [
        near_duplicates.Pair(0, 1, "train", 1),
        near_duplicates.Pair(1, 2, "train", 1),
        near_duplicates.Pair(5, 3, "test", 1),
    ]
    groups = near_duplicates.group_pairs(photos, chain).train.groups
    assert len(set(groups[:3].tolist())) == 1 and len(np.unique(groups)) == 598
    dealt = folds.make(near_duplicates.group_pairs(photos, near_duplicates.find(photos)), PETS, 5, seed=0)
    assert (dealt[:60] == dealt[540:]).all()


def test_the_command_lists_pairs_and_new_folds_keep_them_together(here, archive, home, plugins):
    from kit.plugins import load

    with zipfile.ZipFile(archive) as old:
        files = {name: old.read(name).decode() for name in old.namelist()}
    rows = [line.split(",") for line in files["train.csv"].splitlines()]
    for number in range(1, 16):  # rows 76 to 90: rows 1 to 15, one pixel a little brighter
        rows[75 + number] = [rows[75 + number][0], *rows[number][1:]]
        rows[75 + number][1] = str(min(255, int(rows[number][1]) + 3))
    files["train.csv"] = "\n".join(",".join(row) for row in rows) + "\n"
    folders = paths.data("tiny-stripes")
    folders.archives.mkdir(parents=True)
    with zipfile.ZipFile(folders.archives / "tiny-stripes.zip", "w") as out:
        for name, text in files.items():
            out.writestr(name, text)
    competition = load("tiny-stripes", [plugins])
    data = prepare(competition, folders, folds=3)
    told = json.loads(here("review", "twins", "tiny-stripes", "--at-least", "0.99", "--json").stdout)
    assert told["train"] == 15 and told["other_label"] == 0 and told["test"] == 0
    assert (folders.review / "twins.png").read_bytes().startswith(b"\x89PNG")
    prepare(competition, folders, folds=3, reset_folds=True)
    dealt = folds.read(folders.folds, data.train.ids)
    assert (dealt[:15] == dealt[75:]).all()
    (folders.review / "twins.csv").write_text("id,other,part,similarity\n1,900,train,1\n")
    with pytest.raises(DataError, match="kit review twins"):
        near_duplicates.read(folders.review / "twins.csv", cache.load(competition, folders))
