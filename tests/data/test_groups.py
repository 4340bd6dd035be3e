"""What a split says of its rows beside image and label: kept in the cache, and held to one value per row."""

from dataclasses import replace

import numpy as np
import pytest

from kit.data import check, groups, prepare
from kit.errors import DataError
from tests.data.conftest import read_pets


def test_rows_linked_by_a_chain_of_equal_values_are_one_group():
    pixels, patients = np.array([0, 1, 2, 3, 4, 0]), np.array(["a", "b", "a", "c", "d", "b"])
    joined = groups.join(pixels, patients)
    assert joined[0] == joined[1] == joined[2] == joined[5] and len(set(joined.tolist())) == 3
    assert groups.join(pixels) is pixels
    by_row = groups.join(pixels, patients, np.array(["x", "x", "x", "y", "y", "z"]))
    assert by_row[3] == by_row[4] != by_row[0]


def says(**beside):
    def read(raw, part):
        split = read_pets(raw, part)
        told = {name: values[: len(split.ids)] for name, values in beside.items() if part == "train" or name == "rows"}
        return replace(split, **told)

    return read


def test_groups_weights_and_rows_are_kept_with_the_images(folders, pets, members, pack, changed):
    pack(members)
    told = {"groups": [f"p{n // 2}" for n in range(24)], "weights": [n / 4 for n in range(24)]}
    rows = [f"r{n // 3}" for n in range(24)]
    plain = prepare.prepare(pets, folders)
    pack({**members, "sample.csv": b"id,label\nr0,cat\nr1,cat\n"})
    data = prepare.prepare(changed(pets, read=says(**told, rows=rows)), folders, folds=2, reset_folds=True)
    assert data.train.rows.tolist() == rows and data.test.rows.tolist() == rows[:5]
    assert data.train.weights.tolist() == told["weights"]
    assert data.train.groups[0] == data.train.groups[5] != data.train.groups[6]
    assert len(set(data.train.groups.tolist())) == 4 and len(set(data.train.same_pixels.tolist())) == 24
    assert data.fingerprint != plain.fingerprint and len(data.test.weights) == 0


def test_a_split_that_only_groups_its_rows_is_comparable_with_one_that_does_not(folders, pets, members, pack, changed):
    pack(members)
    plain = prepare.prepare(pets, folders)
    grouped = prepare.prepare(
        changed(pets, read=says(groups=["p"] * 12 + ["q"] * 12)), folders, folds=2, reset_folds=True
    )
    assert grouped.fingerprint == plain.fingerprint
    assert plain.train.rows.tolist() == plain.train.ids.tolist() and len(plain.train.weights) == 0


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        ({"groups": ["p"] * 23}, "24 ids, 23 groups"),
        ({"groups": ["p"] * 23 + [""]}, "training row 'dog-11' has no group"),
        ({"weights": [1.0] * 23 + [-1.0]}, "training row 'dog-11' has no weight; received -1.0"),
        ({"weights": [1.0] * 23 + [float("nan")]}, "has no weight"),
        ({"rows": ["r"] * 4}, "ids, 4 rows"),
        ({"rows": [f"r{n // 3}" for n in range(24)]}, "received 2 images, 2 of them unasked, such as 'r0'"),
    ],
)
def test_what_is_not_said_of_every_row_is_refused(folders, pets, members, pack, changed, beside, words):
    pack(members)
    with pytest.raises(DataError, match=words):
        prepare.prepare(changed(pets, read=says(**beside)), folders)


def test_a_row_whose_images_have_different_labels_is_refused(folders, pets, members, pack, changed):
    pack({**members, "sample.csv": b"id,label\nr0,cat\n"})
    rows = [f"r{n // 5}" for n in range(24)]
    with pytest.raises(DataError, match="row 'r2' has images of different labels; received cat-10: cat, dog-0: dog"):
        prepare.prepare(changed(pets, read=says(rows=rows)), folders)


def test_the_data_check_says_what_random_folds_would_have_leaked(folders, pets, members, pack, changed):
    pack(members)
    prepare.prepare(pets, folders)
    assert "groups" not in prepare.check_data(pets, folders, prepare.cache.load(pets, folders))
    grouped = changed(pets, read=says(groups=[f"p{n // 4}" for n in range(24)]))
    data = prepare.prepare(grouped, folders, reset_folds=True)
    report = prepare.check_data(grouped, folders, data)
    assert report["groups"] == {"count": 6, "least": 4, "most": 4, "leak": pytest.approx(1 - 1 / 125)}
    said = check.text(pets, report)
    assert "groups         6 of 4 to 4 images; random folds would have put 99% of the judged rows beside others" in said


def test_the_leak_of_random_folds_is_that_of_drawing_them():
    drivers, draw = np.repeat(np.arange(8), [1, 1, 2, 2, 3, 3, 4, 5]), np.random.default_rng(0)
    seen = []
    for _ in range(2000):
        fold = draw.integers(0, 5, len(drivers))
        beside = (drivers[:, None] == drivers) & (fold[:, None] != fold)
        seen.append(beside.any(1).mean())
    assert groups.measure_leak(drivers, 5) == pytest.approx(np.mean(seen), abs=0.01)
