"""The fused batch normalisation means what Keras's means: outputs, gradients, and what is remembered of the batches. What is
folded into convolutions predicts the same.
"""

import keras
import numpy as np
import pytest

from kit.config import Config
from kit.learn import device, networks
from kit.learn.networks import pretrained
from kit.learn.networks.batchnorm import BatchNormalization, fold_batchnorm, fuse


def _network(kind, dtype, **arguments):
    layer = kind(momentum=0.9, epsilon=1e-3, dtype=dtype, name="normalised", **arguments)
    return keras.Sequential(
        [keras.Input((6, 5, 4)), layer, keras.layers.Flatten(), keras.layers.Dense(3, name="dense")]
    )


def _trained(kind, dtype="float32", *, trainable=True, **arguments):
    """(outputs in training, weights after one step of gradient descent, outputs in inference)."""
    keras.utils.set_random_seed(0)
    model = _network(kind, dtype, **arguments)
    model.get_layer("normalised").trainable = trainable
    draw = np.random.default_rng(0)
    model.set_weights([draw.uniform(0.5, 2, weight.shape) for weight in model.get_weights()])
    images = draw.normal(3, 2, (8, 6, 5, 4)).astype("float32")
    seen = np.asarray(model.get_layer("normalised")(images, training=True))
    model.compile(keras.optimizers.SGD(0.001), "mse", jit_compile=False)
    model.train_on_batch(images, draw.normal(size=(8, 3)))
    return [seen.astype("float32"), *model.get_weights(), np.asarray(model(images))]


@pytest.mark.parametrize(
    "arguments",
    [{}, {"scale": False}, {"center": False}, {"trainable": False}, {"axis": 1}, {"dtype": "mixed_bfloat16"}],
)
def test_it_learns_what_keras_own_learns(arguments):
    within = 0.05 if "dtype" in arguments else 1e-4
    for ours, theirs in zip(
        _trained(BatchNormalization, **arguments), _trained(keras.layers.BatchNormalization, **arguments), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=within, atol=within)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the fused operation is TensorFlow's")
def test_a_network_of_keras_is_fused_under_its_own_names():
    import tensorflow as tf

    model = _network(keras.layers.BatchNormalization, "float32")
    names = [variable.path for variable in model.variables]
    if device.gpus():
        pytest.skip("there XLA fuses")
    for fused in (False, True):
        graph = tf.function(lambda x: model(x, training=True)).get_concrete_function(tf.TensorSpec((8, 6, 5, 4))).graph
        assert ("FusedBatchNormV3" in {operation.type for operation in graph.get_operations()}) == fused
        fuse(model)
    assert names == [variable.path for variable in model.variables]


@pytest.mark.parametrize(
    ("name", "folded"),
    [("cnn", 6), ("resnet9", 5), ("airbench", 3), ("wide_resnet", 7), ("mobilenet_v2_0.35", 52), ("densenet121", 59),
     ("resnet50_v2", 32), ("efficientnet_b0", 49)],
)  # fmt: skip
def test_folded_normalisations_leave_predictions_as_they_were(name, folded):
    if name in networks.NETWORKS:
        model = networks.NETWORKS[name].build((32, 32, 3), 10, Config(backbone=name, width=4))
    else:
        model = pretrained.build(name, "none", 32)
    draw = np.random.default_rng(0)
    normalised = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in normalised:
        layer.set_weights([draw.uniform(0.6, 1.4, weight.shape) for weight in layer.get_weights()])
    images = draw.uniform(-1, 1, (4, 32, 32, 3)).astype("float32")
    before = np.asarray(model(images))
    fold_batchnorm(keras.Sequential([keras.Input((32, 32, 3)), model]))
    assert sum(type(layer) is not BatchNormalization for layer in normalised) == folded
    np.testing.assert_allclose(np.asarray(model(images)), before, rtol=1e-3, atol=1e-4 * np.abs(before).max())
    assert np.ptp(before) > 1e-3
