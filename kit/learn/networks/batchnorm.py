"""Batch normalisation by one operation where Keras makes ten, and by none where a network only predicts: the same values,
and up to twice as many images a second.
"""

from collections import Counter
from typing import Any

import keras
import numpy as np
from keras import layers, tree

from kit.learn import device

# Keras's is the class's name too: to weights on disk, and to whoever asks what a layer is, it is the same.


class BatchNormalization(layers.BatchNormalization):
    """float (N, H, W, C) -> the same, each channel of mean 0 and deviation 1 (Ioffe and Szegedy 2015): over the batch in
    training, over the batches so far in inference.

    Keras takes the moments and normalises operation by operation, each a walk through memory. XLA joins them, on GPUs and
    under JAX; for TensorFlow on a CPU its own fused operation is taken.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if len(inputs.shape) != 4 or mask is not None or not self._fusible():
            return super().call(inputs, training, mask)
        import tensorflow as tf

        learns = bool(training and self.trainable)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma if self.scale else tf.ones_like(self.moving_mean),
            offset=self.beta if self.center else tf.zeros_like(self.moving_mean),
            mean=[] if learns else self.moving_mean,
            variance=[] if learns else self.moving_variance,
            epsilon=self.epsilon,
            is_training=learns,
        )
        if learns:
            count = tf.cast(tf.size(inputs) // tf.shape(inputs)[3], tf.float32)
            self._remember(self.moving_mean, mean)
            self._remember(self.moving_variance, variance * (count - 1) / count)  # Keras divides by it
        return outputs

    def _fusible(self) -> bool:
        if keras.backend.backend() != "tensorflow" or device.gpus():
            return False
        renorm = getattr(self, "renorm", False)  # a newer Keras than that of Kaggle has it
        return self.axis in (-1, 3) and not (renorm or self.synchronized)

    def _remember(self, moving: Any, seen: Any) -> None:
        moving.assign(moving * self.momentum + seen * (1 - self.momentum))


def fuse(model: keras.Model) -> None:
    """Lets the batch normalisations of a network that was built elsewhere run as those above."""
    for layer in model.layers:
        if type(layer) is layers.BatchNormalization:
            layer.__class__ = BatchNormalization


def fold_batchnorm(model: keras.Model) -> None:
    """For a network that only predicts from now on: each convolution that is followed by a batch normalisation alone does its
    work, by filters scaled as it would scale their outputs (exact but for rounding; Jacob et al. 2018, section 3.2).
    """
    maker = {id(layer.output): layer for layer in model.layers}
    uses = Counter(id(each) for layer in model.layers for each in tree.flatten(layer.input))
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            fold_batchnorm(layer)
        elif isinstance(layer, layers.BatchNormalization) and uses[id(layer.input)] == 1:
            _take_over(maker[id(layer.input)], layer)


def _take_over(convolution: keras.Layer, normalization: keras.Layer) -> None:
    depthwise = isinstance(convolution, layers.DepthwiseConv2D)
    linear = getattr(convolution, "activation", None) is keras.activations.linear
    if not linear or not (depthwise or isinstance(convolution, layers.Conv2D)) or not normalization.center:
        return
    scale = 1 / np.sqrt(np.asarray(normalization.moving_variance) + normalization.epsilon)
    if normalization.scale:
        scale *= np.asarray(normalization.gamma)
    kernel = np.asarray(convolution.kernel)
    convolution.kernel.assign(kernel * (scale.reshape(kernel.shape[2:]) if depthwise else scale))
    offset = np.asarray(normalization.beta) - np.asarray(normalization.moving_mean) * scale
    if convolution.use_bias:
        offset += np.asarray(convolution.bias) * scale
        convolution.use_bias = False  # one walk through memory less: a tenth of ResNet50's time
    normalization.beta.assign(offset)
    normalization.__class__ = _Offset


class _Offset(BatchNormalization):
    """What is left of a batch normalisation when the convolution before it has taken over its scale."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if keras.backend.backend() != "tensorflow":
            return inputs + self.beta
        import tensorflow as tf

        return tf.nn.bias_add(inputs, self.beta)  # joined with the convolution and what follows, unlike a sum
