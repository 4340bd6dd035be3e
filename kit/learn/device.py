"""What the hardware at hand wants. With the recipes' own Keras calls, all that differs between machines and backends."""

import keras


def has_gpu() -> bool:
    return bool(keras.distribution.list_devices("gpu"))


def jit_compile() -> bool:
    """XLA on a GPU and under JAX; off on a CPU under TensorFlow, where it makes depthwise convolutions ten times slower."""
    return keras.backend.backend() == "jax" or has_gpu()


def make_deterministic() -> None:
    """The same bits every time on the same hardware; slower where the fast kernels are not deterministic."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
