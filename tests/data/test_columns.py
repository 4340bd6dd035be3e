"""The columns of a table beside images, or in their place: typed, kept in the cache, the same for train and test."""

import dataclasses
import shutil

import numpy as np
import pytest

from kit.competition import Competition, Split, Table
from kit.data import cache, columns, holdout, prepare
from kit.data.readers import table_columns
from kit.errors import DataError
from tests.data.conftest import read_pets

TABLE = Table(numbers=("age",), categories=("sex",))
AGES = [3.0, None, float("nan"), "", 7, "8.5", *range(18)]
SEXES = ["f", "m", "", None, 7, 7.0, "7", *"fm" * 9]


def told(part, count, **changed):
    return {"age": AGES[:count], "sex": (SEXES if part == "train" else ["m", "x", "f", "f", "f"])[:count], **changed}


@pytest.fixture
def with_table(pets):
    """with_table(**test): pets with the columns above; those of test changed."""

    def make(**test) -> Competition:
        def read(raw, part):
            split = read_pets(raw, part)
            changed = test if part == "test" else {}
            return dataclasses.replace(split, table=told(part, len(split.ids), **changed))

        return dataclasses.replace(pets, table=TABLE, read=read)

    return make


@pytest.fixture
def rows(pets):
    """The same rows without their images."""

    def read(raw, part):
        split = read_pets(raw, part)
        return Split(split.ids, labels=split.labels, table=told(part, len(split.ids)))

    fields = {one.name: getattr(pets, one.name) for one in dataclasses.fields(pets)}
    return Competition(**fields | {"image_shape": (0, 0, 0), "table": TABLE, "read": read})


def test_columns_lie_beside_the_images_with_missing_and_unknown_values(
    folders, pets, with_table, members, pack, capsys
):
    pack(members)
    plain = prepare.prepare(pets, folders)
    data = prepare.prepare(with_table(), folders)
    assert data.levels == (("7", "f", "m"),) and plain.levels == () and plain.train.table.shape == (24, 0)
    assert data.train.table[:6, 0].tolist() == pytest.approx([3, np.nan, np.nan, np.nan, 7, 8.5], nan_ok=True)
    assert data.train.table[:7, 1].tolist() == pytest.approx([1, 2, np.nan, np.nan, 0, 0, 0], nan_ok=True)
    assert data.test.table[:, 1].tolist() == [2, columns.UNKNOWN, 1, 1, 1]
    assert (
        "column 'sex': 1 test rows are of a category that training never saw, such as that of '1'"
        in capsys.readouterr().err
    )
    assert data.fingerprint != plain.fingerprint != ""
    shutil.rmtree(folders.cache)
    other = prepare.prepare(with_table(age=[3.0, 4.0, None, "", 7]), folders)
    assert other.fingerprint != data.fingerprint


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"age": [1, 2, 3]}, "test data do not fit; received 5 ids, 3 values of column 'age'"),
        ({"age": [1, 2, "old", 4, 5]}, "column 'age' of the table, row '2' of test; received 'old'; expected a number"),
        ({"age": [1, 2, 3, 4, float("inf")]}, "row '4' of test; received inf"),
    ],
)
def test_a_column_that_is_not_what_was_declared_is_refused(folders, with_table, members, pack, changed, words):
    pack(members)
    with pytest.raises(DataError, match=words):
        prepare.prepare(with_table(**changed), folders)


def test_a_column_that_test_lacks_is_named(folders, pets, members, pack):
    def read(raw, part):
        split = read_pets(raw, part)
        rows = told(part, len(split.ids))
        return dataclasses.replace(split, table=rows if part == "train" else {"age": rows["age"], "sexes": rows["sex"]})

    pack(members)
    with pytest.raises(DataError, match="the table of test has no column 'sex'; did you mean 'sexes'"):
        prepare.prepare(dataclasses.replace(pets, table=TABLE, read=read), folders)


def test_columns_that_tell_nothing_are_named(capsys):
    rows = Split(["1", "2"], table={"one": [1, 1], "none": [None, None], "some": ["a", "b"]})
    columns.encode_both(Table(("one", "none"), ("some",)), rows, rows, (("a", "b"),))
    said = capsys.readouterr().err
    assert (
        "1 columns tell nothing: none is empty" in said and "1 columns tell nothing: one holds one value alone" in said
    )


def test_rows_without_images_are_prepared_and_held_out(folders, rows, members, pack):
    pack(members)
    data = prepare.prepare(rows, folders, folds=3)
    assert data.train.images.shape == (24, 0, 0, 0) and data.train.table.shape == (24, 2)
    assert data.train.same_pixels[7] != data.train.same_pixels[8]
    assert data.train.same_pixels[2] == data.train.same_pixels[3], "rows that are equal stay together"
    whole = data.train.table.copy()
    data = prepare.prepare(rows, folders, folds=3, held_out=0.3)
    held = holdout.is_held_out(data.test.ids)
    assert len(data.train.table) + held.sum() == 24 and len(data.test.table) == len(data.test.ids)
    assert sorted(map(str, [*data.train.table, *data.test.table[held]])) == sorted(map(str, whole))
    assert cache.select_rows(data.train, np.array([2, 1]), data.train.images[[2, 1]]).table.shape == (2, 2)


def test_a_csv_becomes_columns_by_id(tmp_path):
    (tmp_path / "rows.csv").write_text("id,age,sex\n2,NA,m\n1,5,\n3,1,f\n")
    made = table_columns(tmp_path / "rows.csv", ["1", "2"], "id", TABLE, missing=("", "NA"))
    assert made == {"age": ["5", None], "sex": [None, "m"]}
    with pytest.raises(DataError, match="has no row for 1 of 2 ids, such as '4'"):
        table_columns(tmp_path / "rows.csv", ["1", "4"], "id", TABLE)
