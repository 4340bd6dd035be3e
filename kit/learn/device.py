"""What the hardware at hand wants. With the recipes' own Keras calls, all that differs between machines and backends."""

import os

import keras


def gpus() -> list[str]:
    """Picked out of all devices, since JAX fails when asked for a kind that is not there."""
    return [name for name in keras.distribution.list_devices() if name.startswith("gpu")]


def jit_compile() -> bool:
    """XLA on a GPU and under JAX; off on a CPU under TensorFlow, where it makes depthwise convolutions ten times slower."""
    return keras.backend.backend() == "jax" or bool(gpus())


def make_deterministic() -> None:
    """The same bits every time on the same hardware; slower where the fast kernels are not deterministic.

    To be called before the first operation: JAX reads the flag only once. Its CPU kernels need none.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif keras.backend.backend() == "jax":
        os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_gpu_deterministic_ops=true"
