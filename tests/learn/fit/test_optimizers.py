import keras
import numpy as np
import pytest

from kit.config import Config
from kit.learn import device
from kit.learn.fit import loop, optimizers
from kit.learn.fit.callback import take_average
from kit.learn.fit.stages import Stage
from kit.targets import Classes


def _moved(config, factor=None):
    """How far each variable of a linear layer moves in one step."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizers.build(config, 0.1, 1, factor), "mse")
    before = model.get_weights()
    model.train_on_batch(np.ones((4, 3), np.float32), np.full((4, 2), 9, np.float32))
    return [np.abs(a - b).mean() for a, b in zip(model.get_weights(), before, strict=True)]


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_each_variable_has_a_learning_rate_of_its_own(optimizer):
    config = Config(optimizer=optimizer, weight_decay=0.0, ema=0.0)
    kernel, bias = _moved(config)
    slower_kernel, faster_bias = _moved(
        Config(optimizer=optimizer, weight_decay=0.0, ema=0.0, bias_rate=4.0),
        lambda variable: 0.25 if variable.path.endswith("kernel") else 1.0,
    )
    assert slower_kernel == pytest.approx(kernel / 4, rel=1e-3) and faster_bias == pytest.approx(4 * bias, rel=1e-3)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_what_learns_more_slowly_decays_more_slowly(optimizer):
    def decayed(factor):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        config = Config(optimizer=optimizer, weight_decay=0.5, ema=0.0)
        model.compile(optimizers.build(config, 0.1, 1, lambda variable: factor), "mse")
        kernel, bias = (np.array(weights) for weights in model.get_weights())
        model.train_on_batch(np.zeros((4, 3), np.float32), np.zeros((4, 2), np.float32))  # no gradient but decay
        assert np.array_equal(model.get_weights()[1], bias)
        return model.get_weights()[0] / kernel

    assert np.allclose(decayed(1.0), 1 - 0.1 * 0.5) and np.allclose(decayed(0.2), 1 - 0.2 * 0.1 * 0.5)


@pytest.mark.parametrize(("steps", "accumulate"), [(2, 1), (30, 1), (300, 1), (60, 4), (3000, 1)])
def test_the_averaged_weights_of_a_short_training_hold_nothing_of_the_first_ones(steps, accumulate):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, use_bias=False)])
    config = Config(ema=0.99, weight_decay=0.0, learning_rate=1e-8, accumulate=accumulate, jit_compile="off")
    loop.compile_model(model, Classes(("a", "b")), config, steps, Stage(1, 4))
    batch = np.ones((4, 3), np.float32), np.tile(np.float32([1, 0]), (4, 1))
    model.set_weights([np.ones((3, 2))])
    model.train_on_batch(*batch)
    model.set_weights([np.zeros((3, 2))])
    for _ in range(steps - 1):
        model.train_on_batch(*batch)
    take_average(model)
    assert np.abs(model.get_weights()[0]).max() < 1e-3


@pytest.mark.parametrize("config", [Config(), Config(precision="mixed_float16", optimizer="adamw", accumulate=2)])
def test_the_first_batch_creates_no_variable(config, monkeypatch):
    """TensorFlow would trace a step that does twice."""
    with device.training_scope(config):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        loop.compile_model(model, Classes(("a", "b")), config, 10, Stage(1, 4))
    created, create = [], keras.Variable.__init__
    monkeypatch.setattr(keras.Variable, "__init__", lambda *given, **named: created.append(create(*given, **named)))
    told = model.train_on_batch(np.ones((4, 3), np.float32), np.tile(np.float32([1, 0]), (4, 1)), return_dict=True)
    assert created == [] and sorted(told) == ["accuracy", "loss"]
