"""Split.weights: rows that count more, or nothing, in every loss; what is judged counts all alike."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from kit import predictions, runs
from kit.config import Config
from kit.errors import DataError
from kit.learn.fit import loss, row_weights
from kit.learn.input.samples import samples
from kit.learn.member import weigh
from kit.learn.recipes import features, many_classes
from tests.conftest import COMPETITION
from tests.learn.recipes.conftest import make_member


@pytest.fixture
def member(prepared, home):
    """Of rows that weigh 1 to 3."""
    one = make_member(prepared, home, recipe="features", backbone="mobilenet_0.25", head_strength=0.1)
    weights = (1 + np.arange(90) % 3).astype(np.float32)
    return replace(one, data=replace(one.data, train=replace(one.data.train, weights=weights)))


def test_rows_weigh_one_in_the_mean_and_test_images_one(member, prepared, home):
    assert weigh(member, member.train_rows).mean() == pytest.approx(1)
    mixed = np.concatenate([samples("test", np.arange(2)), samples("train", np.array([0, 2]))])
    told = row_weights.tell(member, mixed)[:, 0]
    assert told[:2].tolist() == [1, 1] and told[3] == pytest.approx(3 * told[2])
    plain = make_member(prepared, home)
    assert weigh(plain, plain.train_rows) is None and row_weights.tell(plain, mixed).shape == (4, 0)
    nothing = replace(member.data, train=replace(member.data.train, weights=np.zeros(90, np.float32)))
    with pytest.raises(DataError, match="all rows to learn from have weight 0"):
        weigh(replace(member, data=nothing), member.train_rows)


def test_the_loss_of_a_row_is_multiplied_by_its_weight():
    own = loss.LOSSES["cross_entropy"](Config())
    told = np.array([[1, 0, 0.5], [0, 1, 2]], np.float32)
    logits = np.array([[2.0, 0.0], [1.0, 0.0]], np.float32)
    alone = keras.ops.convert_to_numpy(own.call(told[:, :2], logits))
    weighted = keras.ops.convert_to_numpy(row_weights.add_weight(own).call(told, logits))
    assert weighted == pytest.approx(alone * [0.5, 2])


@pytest.mark.parametrize("most", [0, many_classes.MAX_PRODUCTS])
def test_a_head_counts_rows_by_their_weight(member, monkeypatch, most):
    monkeypatch.setattr(many_classes, "MAX_PRODUCTS", most)
    seen = np.random.default_rng(0).normal(size=(90, 6)).astype(np.float32)
    equal = replace(member.data.train, weights=np.full(90, 7, np.float32))
    alike = replace(member, data=replace(member.data, train=equal))
    plain = replace(member, data=replace(member.data, train=replace(equal, weights=np.empty(0, np.float32))))
    kernels = [features.solve(one, [seen, seen])[0] for one in (member, alike, plain)]
    assert np.allclose(kernels[1], kernels[2], atol=1e-6) and np.abs(kernels[0] - kernels[2]).max() > 1e-3


@pytest.mark.parametrize("words", [(), ("--set", "mixup=0.3")])
def test_a_network_learns_nothing_from_rows_of_weight_zero(here, plugins, archive, words):
    def train(weights):
        read = COMPETITION.replace("images, labels)\n", f"images, labels, weights=labels and {weights})\n")
        (plugins / "tiny-stripes" / "competition.py").write_text(read)
        here("prepare", "tiny-stripes", "--folds", "3")
        how = ("--set", "folds=1", "--set", "epochs=6", "--deterministic", *words)
        return predictions.load(runs.find(here("train", "tiny-stripes", *how).stdout.splitlines()[-1]).oof).values

    here("download", "tiny-stripes", "--from", str(archive))
    plain, alike = train("None"), train("[2.0] * 90")
    without = train("[float(label != 'none') for label in labels]")
    assert np.allclose(plain, alike, atol=1e-5)
    assert without[:, 2].mean() < 0.6 * plain[:, 2].mean()
