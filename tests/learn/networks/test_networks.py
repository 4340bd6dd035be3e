import itertools

import keras
import numpy as np
import pytest

from kit.config import Config
from kit.learn import networks
from kit.learn.fit import schedules
from kit.learn.predict import forward


@pytest.mark.parametrize(
    ("name", "shape"), [("cnn", (28, 28, 1)), ("cnn", (8, 8, 1)), ("resnet9", (32, 32, 3)), ("resnet9", (8, 8, 1)),
     ("wide_resnet", (32, 32, 3)), ("airbench", (16, 16, 1))],
)  # fmt: skip
def test_a_network_takes_pixels_and_gives_logits(name, shape):
    model = networks.NETWORKS[name].build(shape, 10, Config(backbone=name, width=4))
    values = np.asarray(model(np.random.default_rng(0).integers(0, 256, (5, *shape)).astype("uint8")))
    assert values.shape == (5, 10) and values.dtype == np.float32 and np.isfinite(values).all()
    assert np.abs(values.sum(1) - 1).max() > 0.01  # logits, not probabilities


def test_the_sizes_that_the_docstrings_state():
    assert 140_000 < networks.NETWORKS["cnn"].build((28, 28, 1), 10, Config(backbone="cnn")).count_params() < 330_000
    assert networks.NETWORKS["resnet9"].build(
        (32, 32, 3), 10, Config(backbone="resnet9")
    ).count_params() == pytest.approx(1.65e6, rel=0.01)


def test_resnet9_adds_its_skip_connections():
    model = networks.NETWORKS["resnet9"].build((32, 32, 3), 10, Config(backbone="resnet9", width=4))
    assert sum(isinstance(layer, keras.layers.Add) for layer in model.layers) == 2


@pytest.mark.parametrize("name", ["one_cycle", "cosine"])
def test_a_schedule_rises_to_its_peak_and_falls_to_nearly_nothing(name):
    rate = schedules.build(name, 0.4, steps=100, warmup=0.25)
    values = [float(rate(step)) for step in range(101)]
    assert values[25] == pytest.approx(0.4) == max(values) and values[0] == pytest.approx(0.04)
    assert all(a < b for a, b in itertools.pairwise(values[:26])) and values[100] < 0.005
    assert all(a >= b for a, b in itertools.pairwise(values[25:]))


@pytest.mark.parametrize("shape", [(60, 32, 32, 3), (40, 300, 300, 1)])  # in one piece; in several, a part of the rows
def test_the_first_layer_of_airbench_whitens_the_patches_of_the_rows_it_is_given(shape):
    images = np.random.default_rng(0).integers(0, 256, shape).astype("uint8")
    images[:, 1:] = images[:, 1:] // 2 + images[:, :-1] // 2  # neighbours are alike
    images[: shape[0] // 2] = 0
    model = networks.NETWORKS["airbench"].build((*shape[1:3], shape[3]), 10, Config(backbone="airbench", width=4))
    networks.NETWORKS["airbench"].initialize(model, images, np.arange(shape[0] // 2, shape[0]))
    layer = model.get_layer("whitening")
    seen = np.asarray(layer(images[shape[0] // 2 :].astype(np.float32) / 64 - 1.9)).reshape(-1, layer.filters)
    half = layer.filters // 2
    assert np.allclose(seen[:, :half], -seen[:, half:], atol=1e-5)
    assert np.allclose(np.cov(seen[:, :half], rowvar=False), np.eye(half), atol=0.02)


def test_a_batch_that_is_predicted_is_smaller_for_larger_images():
    assert [forward.choose_batch_size(side * side) for side in (8, 28, 96, 160, 256, 380, 1024)] == [
        256,
        256,
        128,
        64,
        32,
        8,
        8,
    ]
