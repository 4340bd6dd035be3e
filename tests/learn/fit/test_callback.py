"""What happens around each epoch: checkpoints as rare as they take long, and a line now and then."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from kit import paths
from kit.config import Config
from kit.data import cache
from kit.learn.fit import callback, checkpoints
from kit.learn.member import Member
from kit.learn.recipes import RECIPES, scratch


def _member(prepared, folder, **more):
    """Of 30 rows to judge and the others to learn from."""
    rows = np.arange(90)
    folder.mkdir(exist_ok=True)
    where = paths.data("tiny-stripes")
    return Member(prepared, data=cache.load(prepared, where), data_folders=where, fold=0, train_rows=rows[30:],
                validation_rows=rows[:30], folder=folder, recipes=RECIPES, **more)  # fmt: skip


def test_checkpoints_that_take_long_are_rare_and_a_training_goes_on_from_them_alike(prepared, home, monkeypatch):
    class Killed(Exception):
        pass

    written, write, clock = [], checkpoints.write, [0.0]
    config = Config(backbone="tiny", width=2, epochs=14, batch_size=30, workers=0, patience=14)

    def slowly(model, folder, state):
        written.append(state.epoch)
        clock[0] += 0.125
        return write(model, folder, state)

    def report(epoch, record):
        clock[0] += 0.125
        if len(written) > 1 and epoch > written[-1]:
            raise Killed

    def member(name, **more):
        return _member(prepared, home / name, config=config, **more)

    straight = scratch.fit(member("straight"))
    monkeypatch.setattr(checkpoints, "write", slowly)
    monkeypatch.setattr(callback, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    with pytest.raises(Killed):
        scratch.fit(member("halted", report=report))
    assert written == [1, 11], "writing one takes as long as an epoch: a tenth of the time is each tenth epoch"
    assert 1 <= len(list((home / "halted").glob("best-*.npz"))) <= 2
    history = scratch.fit(member("halted"))
    for key in ("loss", "stopping_loss"):
        assert [one[key] for one in history] == pytest.approx([one[key] for one in straight], rel=1e-3)


def test_where_there_is_no_bar_a_line_tells_of_epochs_now_and_then(prepared, home, monkeypatch, capsys):
    monkeypatch.setattr(callback, "LOG_INTERVAL_S", 0.0)
    config = Config(backbone="tiny", width=2, epochs=2, batch_size=30, workers=0)
    scratch.fit(_member(prepared, home / "fold-0", config=config))
    first, second = capsys.readouterr().err.splitlines()
    number = r"\d\.\d{4}"
    assert re.fullmatch(
        f"fold 0: epoch 1 of 2: accuracy {number}, loss {number}, stopping loss {number}, stopping accuracy {number}",
        first,
    )
    assert second.startswith("fold 0: epoch 2 of 2: ")
    monkeypatch.setattr(callback, "LOG_INTERVAL_S", 60.0)
    scratch.fit(_member(prepared, home / "fold-1", config=config))
    assert capsys.readouterr().err == "", "not twice a minute"
