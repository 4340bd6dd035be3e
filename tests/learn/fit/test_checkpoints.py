"""A checkpoint of which any file is missing or damaged: refused by the name of that file, and nothing else is touched."""

import json
import shutil

import pytest

from kit import runs
from kit.errors import DataError
from kit.learn.fit import checkpoints
from kit.learn.recipes import RECIPES
from tests.learn.recipes.conftest import make_member

SETTINGS = {
    "recipe": "progressive", "backbone": "tiny", "stage_sizes": (6, 8), "stage_epochs": (2, 2), "batch_size": 20,
    "workers": 0, "patience": 9, "stopping_share": 0.2, "width": 2,
}  # fmt: skip
DAMAGES = {
    "deleted": lambda file: file.unlink(),
    "emptied": lambda file: file.write_bytes(b""),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "of other bytes": lambda file: file.write_bytes(file.read_bytes()[:-9] + b"otherwise"),
}


@pytest.fixture
def halted(prepared, home):
    """halted(epoch): the folder of a member that ended there, its checkpoint written."""

    def train(epoch):
        class Ended(Exception):
            pass

        def report(number, record):
            if number == epoch:
                raise Ended

        folder = home / f"fold-{epoch}"
        folder.mkdir()
        member = make_member(prepared, folder, **SETTINGS)
        with pytest.raises(Ended):
            RECIPES["progressive"].fit(member.__class__(**{**vars(member), "report": report}))
        return folder

    return train


def _contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("epoch", [1, 3])
def test_every_file_is_missed_and_every_damage_is_seen(halted, epoch, tmp_path):
    folder = halted(epoch)
    files = [file.name for file in folder.iterdir()]
    kinds = sorted(name.split("-")[0].split(".")[0] for name in files)
    assert kinds == ["best", "epoch", "state"] and checkpoints.read(folder).epoch == epoch
    for name in files:
        for damage, harm in DAMAGES.items():
            copy = shutil.copytree(folder, tmp_path / f"{name} {damage}" / "fold-0")
            harm(copy / name)
            before = _contents(copy)
            if epoch == 1 and (name, damage) == ("state.json", "deleted"):
                assert checkpoints.read(copy).epoch == 0  # as if killed before it was written
            else:
                with pytest.raises(DataError, match="is damaged") as caught:
                    checkpoints.read(copy)
                assert str(caught.value).startswith(f"{copy / name} ") and "remove" not in str(caught.value)
            assert _contents(copy) == before


def test_a_start_over_is_said(halted, capsys):
    folder = halted(1)
    (folder / "state.json").unlink()
    capsys.readouterr()
    checkpoints.read(folder)
    assert capsys.readouterr().err == "fold 1 starts over: its first epoch has no whole checkpoint\n"


def test_a_checkpoint_of_an_older_kit_is_read(halted):
    folder = halted(3)
    state = json.loads((folder / "state.json").read_text())
    del state["sha256"]
    (folder / "state.json").write_text(json.dumps(state))
    assert checkpoints.read(folder).epoch == 3
    (folder / state["best_weights"]).write_bytes(b"")
    with pytest.raises(DataError, match=state["best_weights"]):
        checkpoints.read(folder)


def test_what_is_finished_again_has_the_same_bytes(prepared, home):
    """As of one that was killed while it predicted: names that Keras counts, and what dropout begins with, are no other."""
    member = make_member(prepared, home, **SETTINGS | {"dropout": 0.2})
    RECIPES["progressive"].fit(member)
    first = member.weights.read_bytes()
    RECIPES["progressive"].fit(member)
    assert member.weights.read_bytes() == first


def test_checkpoints_that_a_kill_left_of_a_finished_member_are_removed(here, prepared):
    run = runs.find(here("train", "tiny-stripes", "--folds", "1", "--set", "epochs=1").stdout.split()[-1])
    run.metrics.unlink()
    for name in ("epoch-0002.weights.h5", "best-0002.npz"):
        (run.member(0) / name).write_bytes(b"left")
    here("train", "--resume", run.id)
    assert not [*run.member(0).glob("epoch-*"), *run.member(0).glob("best-*")] and run.status() == "finished"
