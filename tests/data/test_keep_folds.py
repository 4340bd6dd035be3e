"""folds.csv that a team or a host brings along: checked, kept, and with rows that are only learned from."""

from dataclasses import replace

import numpy as np
import pytest

from kit.data import folds, keep_folds, prepare
from kit.errors import DataError
from tests.data.conftest import read_pets

IDS = [f"{kind}-{n}" for kind in ("cat", "dog") for n in range(12)]


def by_owner(raw, part):
    """Each owner has a cat and a dog."""
    split = read_pets(raw, part)
    return replace(split, groups=[name.split("-")[1] for name in split.ids]) if part == "train" else split


@pytest.fixture
def owned(pets, changed, members, pack):
    pack(members)
    return changed(pets, read=by_owner)


def bring(tmp_path, fold_of, head="id,fold", more=""):
    path = tmp_path / "team.csv"
    path.write_text(f"{head}\n" + "".join(f"{name},{fold}\n" for name, fold in fold_of.items()) + more)
    return path


WHOLE = {name: int(name.split("-")[1]) % 3 for name in IDS}


def test_a_team_s_table_becomes_folds_csv_whatever_it_calls_the_ids(owned, folders, tmp_path):
    data = prepare.prepare(owned, folders, folds=3, folds_from=bring(tmp_path, WHOLE, "image_id,fold"))
    assert folds.read(folders.folds, data.train.ids).tolist() == [WHOLE[name] for name in data.train.ids]
    prepare.prepare(owned, folders, folds_from=tmp_path / "team.csv")  # once more changes nothing


def test_other_folds_that_are_there_are_replaced_only_when_asked(owned, folders, tmp_path):
    prepare.prepare(owned, folders, folds=3)
    kept, team = folders.folds.read_text(), bring(tmp_path, WHOLE)
    with pytest.raises(DataError, match=r"folds.csv holds other folds than .*team.csv; --reset-folds replaces them"):
        prepare.prepare(owned, folders, folds_from=team)
    assert folders.folds.read_text() == kept
    prepare.prepare(owned, folders, folds_from=team, reset_folds=True)
    assert folders.folds.read_text() != kept


def test_folds_that_are_brought_say_what_is_never_judged_and_are_not_held_to_a_number(owned, folders, tmp_path, capsys):
    prepare.prepare(owned, folders, folds=5, folds_from=bring(tmp_path, WHOLE | {"cat-3": -1, "dog-3": -1}))
    said = capsys.readouterr().err
    assert "stays" not in said and "folds.csv: 2 of 24 rows are learned from, never judged" in said


def test_folds_that_part_a_group_are_refused_or_counted(owned, folders, tmp_path, capsys):
    team = bring(tmp_path, WHOLE | {"cat-3": 1, "dog-4": -1})
    message = "parts 2 groups; received dog-3 in fold 0, cat-3 of its group in fold 1; .*--split-groups keeps these"
    with pytest.raises(DataError, match=message):
        prepare.prepare(owned, folders, folds_from=team)
    assert not folders.folds.exists()
    prepare.prepare(owned, folders, folds_from=team, split_groups=True)
    assert "parts 2 groups, such as that of dog-3 and cat-3" in capsys.readouterr().err
    with pytest.raises(DataError, match="parts 2 groups"):
        prepare.prepare(owned, folders)


def test_folds_from_before_groups_were_named_are_not_taken_for_good(owned, pets, folders):
    prepare.prepare(pets, folders, folds=3)
    with pytest.raises(DataError, match=r"parts .* groups; .*--reset-folds deals out new ones"):
        prepare.prepare(owned, folders, folds=3)
    data = prepare.prepare(owned, folders, folds=3, reset_folds=True)
    assert not len(keep_folds.find_parted(data.train, folds.read(folders.folds, data.train.ids)))


def test_copies_of_an_image_in_two_folds_are_a_warning(pets, folders, members, pack, tmp_path, capsys):
    pack(members | {"train/cat-1.png": members["train/cat-0.png"]})
    prepare.prepare(pets, folders, folds_from=bring(tmp_path, {name: n % 3 for n, name in enumerate(IDS)}))
    assert "parts 1 group, such as that of cat-0 and cat-1" in capsys.readouterr().err


def test_unreadable_and_held_out_rows_may_stand_in_the_table_no_others(pets, folders, members, pack, tmp_path):
    pack(members | {"train/cat-9.png": b"broken"})
    team, how = bring(tmp_path, WHOLE), {"folds": 3, "allow_bad": True}
    data = prepare.prepare(pets, folders, held_out=0.3, folds_from=team, **how)
    fold_of = folds.read(folders.folds, data.train.ids)
    assert len(fold_of) < 20 and fold_of.tolist() == [WHOLE[name] for name in data.train.ids]
    with pytest.raises(DataError, match="no.csv"):
        prepare.prepare(pets, folders, folds_from=tmp_path / "no.csv", **how)
    with pytest.raises(DataError, match="not for these training rows"):
        prepare.prepare(pets, folders, folds_from=bring(tmp_path, WHOLE, more="cow-1,0\n"), **how)


def test_every_model_learns_from_rows_that_are_never_judged(here, prepared):
    from kit import paths, predictions, runs
    from kit.learn import train

    where = paths.data("tiny-stripes")
    rows = [line.split(",") for line in where.folds.read_text().splitlines()[1:]]
    never = [name for name, _ in rows[:30]]
    where.folds.write_text("id,fold\n" + "".join(f"{n},{-1 if n in never else f}\n" for n, f in rows))
    words = ("train", "tiny-stripes", "--set", "folds=2", "--set", "epochs=1")
    one, other = (here(*words, "--seed", seed).stdout.splitlines()[-1] for seed in "12")
    assert not set(predictions.load(runs.find(one).oof).ids.tolist()) & set(never)
    data, fold_of = train.load(prepared)
    for fold in range(3):
        assert set(np.flatnonzero(fold_of == -1)) < set(train.training_rows(data, fold_of, fold))
    here("predict", one, "--tta", "auto")
    here("ensemble", "tiny-stripes", one, other)
    here("report", one)
    here(*words, "--recipe", "distill", "--set", f"teacher={one}")


def test_the_remedy_names_the_file_that_is_wrong(owned, folders, tmp_path):
    prepare.prepare(owned, folders, folds=3)
    with pytest.raises(DataError, match=r"team.csv: folds must be .*; mend team.csv"):
        prepare.prepare(owned, folders, folds_from=bring(tmp_path, dict.fromkeys(WHOLE, 7)))
