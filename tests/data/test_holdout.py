"""`kit prepare --holdout` beside what a team has by then: odd names, folds, near-duplicates, corrections; and a crash."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from kit import paths
from kit.data import cache, check, corrections, folds, holdout, near_duplicates, prepare, write_cache
from kit.errors import ConfigError, DataError
from kit.files import write_csv
from kit.paths import DataFolders
from kit.targets import Classes

PAIRS = [(n, n + 45) for n in range(45)]  # rows of tiny-stripes; row n is of class n % 3


@pytest.fixture
def reviewed(prepared) -> DataFolders:
    """tiny-stripes with near-duplicates listed, each image in one pair, and a decision about every label."""
    where = paths.data("tiny-stripes")
    data = cache.load(prepared, where)
    near_duplicates.write(
        where.review / "twins.csv", data, [near_duplicates.Pair(*pair, "train", 1.0) for pair in PAIRS]
    )
    decisions = [corrections.Decision(row, "drop" if row % 10 == 0 else "keep", -1) for row in range(90)]
    corrections.write(where.corrections, data, prepared.target, decisions)
    return where


def _hold_out(competition, where, **how):
    return prepare.prepare(competition, where, folds=3, held_out=0.3, **how)


def test_names_with_commas_and_quotes_come_back(prepared, tmp_path):
    competition = replace(prepared, target=Classes(("flat, wide", 'the "steep"', "none")))
    train = cache.load(prepared, paths.data("tiny-stripes")).train
    train = replace(train, ids=np.array([f'a "{name}", b' for name in train.ids]))
    holdout.write(tmp_path / "h.csv", competition, train, *holdout.choose(train, competition.target, 0.3))
    kept = holdout.read(tmp_path / "h.csv", competition)
    names = [name.removeprefix(holdout.PREFIX) for name in kept.ids]
    assert len(names) == 27 and kept.labels.tolist() == cache.labels_of(train, np.array(names)).tolist()


def test_a_class_with_a_single_image_is_never_held_out(prepared):
    train = cache.load(prepared, paths.data("tiny-stripes")).train
    labels = np.where(np.arange(90) == 7, 2, np.minimum(train.labels, 1))
    rows, public = holdout.choose(replace(train, labels=labels), prepared.target, 0.1)
    assert 7 not in rows and len(rows) == 9 and 0 < public.sum() < 9


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_patients_are_held_out_whole_and_lie_in_one_half(prepared, share):
    train, patients = cache.load(prepared, paths.data("tiny-stripes")).train, np.repeat(np.arange(30), 3)
    rows, public = holdout.choose(replace(train, groups=patients), prepared.target, share)
    assert abs(len(rows) / 90 - share) < 0.05 and abs(public.mean() - 0.5) < 0.15
    assert all(np.isin(np.flatnonzero(patients == one), rows).all() for one in set(patients[rows]))
    assert not set(patients[rows][public]) & set(patients[rows][~public])


def test_groups_that_leave_nothing_for_a_half_are_refused_in_one_line(prepared):
    train = cache.load(prepared, paths.data("tiny-stripes")).train
    with pytest.raises(DataError, match="too small for its groups, .*; received 1 of 4 groups; .*take a larger share"):
        holdout.choose(replace(train, groups=np.arange(90) % 4), prepared.target, 0.1)


def test_near_duplicates_join_the_groups_of_patients(prepared):
    data = cache.load(prepared, paths.data("tiny-stripes"))
    data = replace(data, train=replace(data.train, groups=np.arange(90) // 10))
    joined = near_duplicates.group_pairs(data, [near_duplicates.Pair(5, 47, "train", 1.0)]).train.groups
    assert len(set(joined[[*range(10), *range(40, 50)]])) == 1 and len(set(joined)) == 8


def test_listed_twins_are_held_out_together_or_not_at_all(prepared, reviewed):
    data = _hold_out(prepared, reviewed, reset_folds=True)
    out = {int(name) - 1 for name in holdout.training_ids(data.test.ids)}
    assert len(out) in (26, 28) and all((a in out) == (b in out) for a, b in PAIRS)
    fold = dict(zip(data.train.ids.tolist(), folds.read(reviewed.folds, data.train.ids).tolist(), strict=True))
    assert all(fold[str(a + 1)] == fold[str(b + 1)] for a, b in PAIRS if a not in out)
    listed = near_duplicates.read(reviewed.review / "twins.csv", data)
    assert len(listed) == 45 - len(out) / 2, "pairs within the hold-out are no pairs of training images"


def test_decisions_about_held_out_images_are_passed_over(prepared, reviewed):
    data = _hold_out(prepared, reviewed)
    assert len(data.train.ids) < 90
    corrected = corrections.load(prepared, reviewed)
    assert data.train.ids[list(corrected.dropped)].tolist() == [name for name in data.train.ids if int(name) % 10 == 1]
    write_csv(reviewed.corrections, ("id", "action", "label"), [("700", "drop", "")])
    with pytest.raises(DataError, match="no training row has the id '700'"):
        corrections.load(prepared, reviewed)


def test_the_folds_of_the_other_rows_stay_when_some_are_held_out(prepared, capsys):
    where = paths.data("tiny-stripes")
    before = dict(row.split(",") for row in where.folds.read_text().splitlines()[1:])
    data = _hold_out(prepared, where)
    after = dict(row.split(",") for row in where.folds.read_text().splitlines()[1:])
    assert after == {name: before[name] for name in data.train.ids} and len(after) == 63
    assert "63 rows keep their folds" in capsys.readouterr().err


def test_twins_of_other_images_are_refused_before_anything_is_changed(prepared, reviewed):
    before = {path: path.read_bytes() for path in (reviewed.folds, reviewed.cache / "train.csv")}
    write_csv(reviewed.review / "twins.csv", near_duplicates.COLUMNS, [("1", "900", "train", "1")])
    with pytest.raises(DataError, match="kit review twins"):
        _hold_out(prepared, reviewed)
    assert not reviewed.holdout.exists() and all(path.read_bytes() == old for path, old in before.items())


@pytest.mark.parametrize(("count", "error"), [(1, ConfigError), (80, DataError)])
def test_folds_that_cannot_be_dealt_are_refused_before_anything_is_held_out(prepared, home, count, error):
    where = paths.data("tiny-stripes")
    with pytest.raises(error, match=r"too (few|many) folds"):
        prepare.prepare(prepared, where, folds=count, held_out=0.5)  # leaves 15 images of a class
    assert not where.holdout.exists() and len(prepare.prepare(prepared, where, folds=3).train.ids) == 90


@pytest.mark.parametrize(
    ("module", "step"),
    [(holdout, "write"), (write_cache, "write"), (check, "examine"), (folds, "write")],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_after_a_crash_the_same_command_ends_as_without_one(prepared, reviewed, monkeypatch, tmp_path, module, step):
    whole = DataFolders(shutil.copytree(reviewed.root, tmp_path / "whole"))
    expected = _hold_out(prepared, whole)
    with monkeypatch.context() as patch:
        patch.setattr(module, step, _crash)
        with pytest.raises(KeyboardInterrupt):
            _hold_out(prepared, reviewed)
    data = _hold_out(prepared, reviewed)
    assert data.fingerprint == expected.fingerprint
    assert reviewed.holdout.read_bytes() == whole.holdout.read_bytes()
    assert reviewed.folds.read_bytes() == whole.folds.read_bytes()


def _crash(*given, **named):
    raise KeyboardInterrupt
