"""One line about the GPU: what is seen, and that XLA and mixed precision work on it, shown by a product that is timed."""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kit.errors import KitError
from kit.learn import device

SIZE, TIMES = 4096, 10  # of the matrices, and products in one call


def verdict() -> str:
    """Raises KitError if there is no GPU, or one that does not compute, or computes wrongly."""
    seen = device.gpus()
    if not seen:
        raise KitError("no GPU", received=", ".join(keras.distribution.list_devices()), do=_why())
    try:
        plain, mixed = milliseconds("float32"), milliseconds("float16")
    except KitError:
        raise
    except Exception as error:  # whatever a driver, a library or a compiler that does not fit says
        fault = str(error).strip().splitlines()[0][:200]
        newer = "a card newer than TensorFlow's wheels wants EXTRA=gpu-jax (in a container: SERVICE=kit-jax)"
        raise KitError("a GPU is seen, but does not compute", received=fault, do=newer) from None
    return (
        f"{len(seen)} GPU, {_name()} (keras on {keras.backend.backend()}): a product of {SIZE} x {SIZE} takes "
        f"{plain:.2f} ms with XLA, {mixed:.2f} ms in mixed precision"
    )


def milliseconds(kind: str, size: int = SIZE) -> float:
    """Of one product of two matrices of that dtype, compiled by XLA, which is checked against NumPy's. Raises KitError."""
    draw = np.random.default_rng(0)
    left, right = (draw.standard_normal((size, size), np.float32) for _ in range(2))
    right /= size**0.5  # so that products stay of the size of their factors
    product = _compile(keras.ops.matmul)
    a, b = (keras.ops.convert_to_tensor(matrix, kind) for matrix in (left, right))
    first = keras.ops.convert_to_numpy(product(a, b))[:8].astype(np.float32)  # compiles, too
    if not (off := np.abs(first - left[:8] @ right).max()) < 0.03:  # elements are about 1; the other way round for NaN
        raise KitError(f"the GPU computes wrongly in {kind}", received=f"{off:.3g} off", expected="less than 0.03")
    chain = _compile(lambda a, b: keras.ops.max(_repeat_product(a, b)))
    keras.ops.convert_to_numpy(chain(a, b))
    started = time.perf_counter()
    keras.ops.convert_to_numpy(chain(a, b))  # one number comes back: the products, not the bus
    return (time.perf_counter() - started) * 1000 / TIMES


def _repeat_product(a: Any, b: Any) -> Any:
    for _ in range(TIMES):
        a = keras.ops.matmul(a, b)
    return a


def _compile(function: Callable[..., Any]) -> Callable[..., Any]:
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)
    import tensorflow as tf

    return tf.function(function, jit_compile=True)


def _name() -> str:
    if keras.backend.backend() == "jax":
        import jax

        return jax.devices("gpu")[0].device_kind
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(tf.config.list_physical_devices("GPU")[0])
    return details.get("device_name", "of unknown name")


def _why() -> str:
    """What is missing: a driver here, or the libraries that go with it."""
    if not Path("/dev/nvidiactl").exists():
        return "no NVIDIA driver here (/dev/nvidiactl): in a container use SERVICE=kit, on a cluster ask for a GPU"
    if importlib.util.find_spec("nvidia") is None:
        return "a driver is here, but this is the CPU build: make setup EXTRA=gpu"
    return "a driver is here, but not used: see nvidia-smi, and CUDA_VISIBLE_DEVICES"
