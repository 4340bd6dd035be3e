import numpy as np
import pytest

from kit.data import folds
from kit.data.cache import CachedSplit, Dataset
from kit.errors import ConfigError, DataError
from kit.targets import Classes, Labels, Numbers, Votes

CLASSES = Classes(tuple(map(str, range(50))))


def dataset(labels, groups=None, named=None) -> Dataset:
    """groups: of identical pixels. named: of different images."""
    count = len(labels)
    ids = np.array([f"i{n}" for n in range(count)])
    groups = np.arange(count) if groups is None else np.array(groups)
    part = CachedSplit(
        "train", ids, np.zeros((count, 1, 1, 1), np.uint8), np.array(labels), np.ones(count, bool), groups, groups=named
    )
    return Dataset(part, part, "")


def test_each_fold_holds_its_share_of_each_class():
    labels = np.repeat([0, 1, 2], [50, 30, 20])
    dealt = folds.make(dataset(labels), CLASSES, 5, seed=0)
    assert dealt.dtype == np.int64
    for fold in range(5):
        assert np.bincount(labels[dealt == fold]).tolist() == [10, 6, 4]


def test_a_seed_deals_the_same_way_every_time_and_another_one_otherwise():
    data = dataset(np.repeat([0, 1], 50))
    assert (folds.make(data, CLASSES, 5, seed=1) == folds.make(data, CLASSES, 5, seed=1)).all()
    assert (folds.make(data, CLASSES, 5, seed=1) != folds.make(data, CLASSES, 5, seed=2)).any()


def test_identical_images_stay_in_one_fold_even_with_different_labels():
    draw = np.random.default_rng(0)
    groups = draw.integers(0, 60, 200)
    labels = draw.integers(0, 2, 200)
    dealt = folds.make(dataset(labels, groups), CLASSES, 4, seed=0)
    assert all(len(set(dealt[groups == group])) == 1 for group in set(groups))
    assert set(dealt) == {0, 1, 2, 3}


def test_classes_too_small_for_the_folds_are_dealt_out_as_one_and_named(capsys):
    labels = np.repeat([0, 1, 2, 3], [20, 5, 4, 1])
    assert len(folds.make(dataset(labels[:25]), CLASSES, 5, seed=0)) == 25 and capsys.readouterr().err == ""
    dealt = folds.make(dataset(labels), CLASSES, 5, seed=0)
    assert [np.bincount(dealt[labels == few], minlength=5).max() for few in (0, 1, 2)] == [4, 2, 2]
    assert np.ptp(np.bincount(dealt[(labels > 0) & (labels < 3)])) == 1
    assert dealt[29] == -1 and (dealt[:29] >= 0).all()
    said = capsys.readouterr().err
    assert "1 class or kind of rows has fewer than 2 different rows: 3 (1); learned from, never judged" in said
    assert "1 class or kind of rows has fewer than 5 different rows: 2 (4); dealt out as if they were one" in said


def test_classes_of_a_single_image_or_group_are_never_judged_unless_most_are(capsys):
    labels = [0] * 10 + [1] * 10 + list(range(2, 12))
    assert folds.make(dataset(labels), CLASSES, 2, 0)[20:].tolist() == [-1] * 10
    copies = folds.make(dataset([0] * 9 + [1] * 3, [*range(9), 9, 9, 9]), CLASSES, 2, 0)
    assert copies[9:].tolist() == [-1] * 3 and (copies[:9] >= 0).all()
    patients = folds.make(
        dataset([0] * 9 + [1, 1, 1], named=np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])), CLASSES, 2, 0
    )
    assert patients[9:].tolist() == [-1] * 3 and (patients[:9] >= 0).all()
    mixed = folds.make(
        dataset([0] * 9 + [0, 1, 1], named=np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])), CLASSES, 2, 0
    )
    assert (mixed >= 0).all(), "a group that also holds other classes is judged whole"
    assert (folds.make(dataset([0] * 4 + list(range(1, 8))), CLASSES, 2, 0) >= 0).all(), "else too few are judged"
    numbers = np.arange(20, dtype=np.float32)[:, None]
    assert (folds.make(dataset(numbers), Numbers(("age",)), 5, 0) >= 0).all()


def test_rows_that_are_only_learned_from_are_no_fold(tmp_path):
    path = tmp_path / "folds.csv"
    path.write_text("id,fold\na,1\nb,-1\nc,0\nd,0\n")
    assert folds.read(path, ["a", "b", "c", "d"]).tolist() == [1, -1, 0, 0] and folds.count(path) == 2
    path.write_text("id,fold\na,-1\nb,-1\nc,0\nd,0\n")
    with pytest.raises(DataError, match="or -1 for rows that are only learned from"):
        folds.read(path, ["a", "b", "c", "d"])


def test_a_class_is_as_large_as_it_has_different_images(capsys):
    groups = [*range(20), 20, 20, 21, 22, 23]
    dealt = folds.make(dataset([0] * 20 + [1] * 5, groups), CLASSES, 5, seed=0)
    assert set(dealt) == {0, 1, 2, 3, 4} and dealt[20] == dealt[21]
    assert "1 class or kind of rows has fewer than 5 different rows: 1 (4)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("target", "labels", "named"),
    [
        (Labels(("haze", "road")), np.array([[1, 0]] * 9 + [[0, 1]]), "road (1)"),
        (Numbers(("age",)), np.arange(10, dtype=np.float32)[:, None], "0 (1), 1 (1), 2 (1), 3 (1), 4 (1), ..."),
        (Votes(("a", "b")), np.array([[0.9, 0.1]] * 9 + [[0.25, 0.75]], np.float32), "0.25 0.75 (1)"),
    ],
)
def test_rows_of_any_kind_that_are_too_few_are_named(capsys, target, labels, named):
    assert set(folds.make(dataset(labels), target, 3, seed=0)) == {0, 1, 2}
    assert f": {named}; dealt out" in capsys.readouterr().err


def test_more_folds_than_images_and_fewer_than_two_are_refused():
    with pytest.raises(DataError, match="5 folds; expected at most 4"):
        folds.make(dataset([0, 0, 1, 1, 1], [0, 1, 2, 3, 3]), CLASSES, 5, seed=0)
    with pytest.raises(ConfigError):
        folds.make(dataset([0, 0, 1, 1, 1]), CLASSES, 1, seed=0)


def test_drivers_of_many_different_images_stay_whole_and_their_classes_even(capsys):
    drivers = np.repeat(np.arange(26), np.arange(10, 36))
    labels = np.arange(len(drivers)) % 10
    dealt = folds.make(dataset(labels, named=drivers), CLASSES, 5, seed=0)
    assert all(len(set(dealt[drivers == one])) == 1 for one in range(26)) and capsys.readouterr().err == ""
    counts = np.stack([np.bincount(labels[dealt == fold], minlength=10) for fold in range(5)])
    assert counts.min() > 0.8 * counts.mean() and counts.max() < 1.2 * counts.mean()


def test_kinds_of_rows_of_few_groups_are_named(capsys):
    labels, patients = [0] * 20 + [1] * 20, [*range(10)] * 2 + [7] * 10 + [8] * 10
    folds.make(dataset(labels, named=np.array(patients)), CLASSES, 5, seed=0)
    said = "1 class or kind of rows has fewer than 5 groups: 1 (2); not every fold can judge them"
    assert said in capsys.readouterr().err


def test_fewer_groups_than_folds_are_refused():
    with pytest.raises(DataError, match="too many folds for the groups, .*; received 5 folds; expected at most 2, the"):
        folds.make(dataset([0, 1] * 10, named=np.arange(20) % 2), CLASSES, 5, seed=0)


def test_choices_within_a_single_fold_are_fitted_on_other_groups():
    drivers, fold_of = np.repeat([3, 8, 13, 18, 23, 1], 10), np.repeat([0, 0, 0, 0, 0, 1], 10)
    data, rows = dataset([0] * 60, named=drivers), np.arange(50)
    parts = folds.cross_fit_folds(data, fold_of, rows)
    assert len(set(parts)) == 5 and all(len(set(parts[drivers[:50] == one])) == 1 for one in set(drivers[:50]))
    assert len(set(folds.cross_fit_folds(data, fold_of, rows[:10]))) == 5, "of a single driver, rows are parted"
    assert (folds.cross_fit_folds(dataset([0] * 60), fold_of, rows) == rows % 5).all()


def test_the_table_is_joined_by_id_whatever_its_order(tmp_path):
    path = tmp_path / "folds.csv"
    folds.write(path, ["007", "7", "a,b"], np.array([1, 0, 1]))
    assert path.read_text() == 'id,fold\n007,1\n7,0\n"a,b",1\n'
    assert folds.read(path, ["a,b", "007", "7"]).tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,fold\na,0\nb,1\n", "2 rows, 2 of them known; expected 3 ids"),
        ("id,fold\na,0\nb,1\nd,1\n", "3 rows, 2 of them known"),
        ("id,fold\na,0\nb,1\nc,0\nc,1\n", "4 rows, 3 of them known"),
        ("id,fold\na,0\nb,2\nc,2\n", "without a gap"),
        ("id,fold\na,0\nb,0\nc,0\n", "without a gap"),
        ("id,fold\na,0\nb,1\nc,one\n", "without a gap"),
        ("id,part\na,0\nb,1\nc,0\n", "no column 'fold'"),
    ],
)
def test_folds_of_other_data_are_refused(tmp_path, text, message):
    (tmp_path / "folds.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        folds.read(tmp_path / "folds.csv", ["a", "b", "c"])
