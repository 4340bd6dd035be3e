"""What is learned beside the target: told where it is known, weighed in the loss, and in no prediction."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.data import cache
from kit.learn.fit import auxiliary, loss
from kit.learn.input.samples import samples
from kit.plugins import load
from kit.targets import Classes, Numbers
from tests.learn.recipes.conftest import make_member

BESIDE = Numbers(("angle",))


@pytest.fixture
def striped(prepared, plugins, here):
    """tiny-stripes, prepared again, that knows of each training image its number."""
    plugin = plugins / "tiny-stripes" / "competition.py"
    text = plugin.read_text()
    assert text.count("    return Split(") == 1 and text.count("COMPETITION = Competition(") == 1
    text = text.replace("    return Split(", "    return beside(part, ").replace(
        "COMPETITION = Competition(",
        """def beside(part, *fields):
    from dataclasses import replace
    split = Split(*fields)
    return replace(split, auxiliary=[float(name) for name in split.ids]) if part == "train" else split


from kit.targets import Numbers

COMPETITION = Competition(
    auxiliary=Numbers(("number",)),""",
    )
    plugin.write_text(text)
    here("prepare", "tiny-stripes")
    return load("tiny-stripes", [plugins])


def test_the_cache_holds_it_and_a_training_learns_it_but_predicts_the_target_alone(striped, here):
    data = cache.load(striped, paths.data("tiny-stripes"))
    assert np.array_equal(data.train.auxiliary[:, 0], data.train.ids.astype(float))
    told, untold = (
        runs.find(here("train", "tiny-stripes", "--folds", "1", "--deterministic", *words).stdout.split()[-1])
        for words in ((), ("--set", "auxiliary_weight=0"))
    )
    both = [predictions.load(run.oof) for run in (told, untold)]
    assert both[0].columns == both[1].columns == striped.target.columns
    assert np.abs(both[0].values - both[1].values).max() > 1e-6, "it had a say"
    history = (told.member(0) / "history.csv").read_text().splitlines()[0]
    assert "accuracy" not in history.replace("stopping_accuracy", "")


def test_numbers_are_told_as_deviations_and_of_test_images_nothing(prepared, home):
    member = make_member(prepared, home, auxiliary_weight=1.0)
    assert auxiliary.tell(member, samples("train", np.arange(3))).shape == (3, 0), "without one"
    train = replace(member.data.train, auxiliary=np.arange(90, dtype=np.float32)[:, None])
    member = replace(member, competition=replace(prepared, auxiliary=BESIDE), data=replace(member.data, train=train))
    told = auxiliary.tell(member, samples("train", member.train_rows))
    assert told.mean() == pytest.approx(0, abs=1e-6) and told.std() == pytest.approx(1, rel=1e-5)
    mixed = np.concatenate([samples("test", np.arange(2)), samples("train", member.train_rows[:1])])
    assert np.isnan(auxiliary.tell(member, mixed)[:, 0]).tolist() == [True, True, False]


def test_the_loss_is_the_own_one_and_a_share_of_the_other_where_that_is_known(prepared, home):
    member = make_member(prepared, home, auxiliary_weight=0.5)
    target = Classes(("a", "b"))
    own = loss.LOSSES["cross_entropy"](member.config)
    both = auxiliary.add_loss(own, member.config, target, BESIDE)
    told = np.array([[1, 0, 3.0], [0, 1, np.nan]], np.float32)
    outputs = np.array([[2.0, 0.0, 1.0], [1.0, 0.0, 7.0]], np.float32)
    alone = keras.ops.convert_to_numpy(own.call(told[:, :2], outputs[:, :2]))
    got = keras.ops.convert_to_numpy(both.call(told, outputs))
    assert got == pytest.approx(alone + np.array([0.5 * 1.5, 0.0]))  # Huber of 2 is 1.5
    assert auxiliary.add_loss(own, member.config, target, None) is own
