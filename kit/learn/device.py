"""What the hardware at hand wants. With the recipes' own Keras calls, all that differs between machines and backends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from kit.config import Config
from kit.errors import ConfigError
from kit.learn import backend
from kit.learn.networks.backbones import BACKBONES

BATCH = 128  # images; what learning_rate is for where the batch size is left to us
BATCH_PER_GPU = 512
CPUS = Path("/proc/cpuinfo")  # of Linux


def gpus() -> list[str]:
    """Picked out of all devices, since JAX fails when asked for a kind that is not there."""
    return [name for name in keras.distribution.list_devices() if name.startswith("gpu")]


def check_wanted() -> None:
    """Raises ConfigError where KIT_DEVICE asks for a GPU and there is none. After `make_deterministic`, whose flags JAX reads
    when it looks for devices.
    """
    if backend.wanted_device() == "gpu" and not gpus():
        seen = f"{', '.join(keras.distribution.list_devices())} (keras on {keras.backend.backend()})"
        raise ConfigError("--device gpu: there is no GPU here", received=seen, do="kit doctor --gpu")


def capability() -> tuple[int, int] | None:
    """The lowest compute capability among the NVIDIA GPUs here; None without one."""
    if not gpus():
        return None
    if keras.backend.backend() == "jax":
        import jax

        versions = [str(getattr(device, "compute_capability", "")).partition(".") for device in jax.devices("gpu")]
        capabilities = [(int(major), int(minor)) for major, dot, minor in versions if dot]
    else:
        import tensorflow as tf

        details = [
            tf.config.experimental.get_device_details(device) for device in tf.config.list_physical_devices("GPU")
        ]
        capabilities = [one["compute_capability"] for one in details if "compute_capability" in one]
    return min(capabilities, default=None)


def precision(config: Config) -> str:
    """A dtype policy of Keras to train with; weights are float32 in each.

    auto: bfloat16 where tensor cores know it (Ampere and later), float16 on the generations before (Volta, Turing). On a CPU
    bfloat16 if it has instructions for it and TensorFlow uses them, but float32 for a network of depthwise convolutions:
    there the casts cost more than is saved.
    """
    if config.precision != "auto":
        return config.precision
    if gpus():
        lowest = capability() or (0, 0)
        return "mixed_bfloat16" if lowest >= (8, 0) else "mixed_float16" if lowest >= (7, 0) else "float32"
    backbone = BACKBONES.get(config.backbone)
    depthwise = backbone is not None and backbone.depthwise
    fast = keras.backend.backend() == "tensorflow" and not depthwise and _multiplies_bfloat16()
    return "mixed_bfloat16" if fast else "float32"


def _multiplies_bfloat16() -> bool:
    words = CPUS.read_text().split() if CPUS.exists() else []
    return "avx512_bf16" in words or "amx_bf16" in words


def jit_compile(setting: str = "auto") -> bool:
    """XLA. auto: on a GPU; off on a CPU under TensorFlow, where it makes depthwise convolutions ten times slower. JAX knows
    nothing else.
    """
    if keras.backend.backend() == "jax" or setting == "on":
        return True
    return setting == "auto" and bool(gpus())


def devices(config: Config) -> list[str]:
    """Those that share each batch of a training: all GPUs, or as many devices as config.devices says.

    Only one under TensorFlow: its part of keras.distribution is a draft. Raises ConfigError for more than there are, or more
    than a batch can be split over evenly.
    """
    here = keras.distribution.list_devices()
    several = keras.backend.backend() == "jax"
    wanted = config.devices or max(1, len(gpus()) if several else 1)
    if wanted > len(here):
        raise ConfigError("setting devices asks for more than there are", received=wanted, expected=f"1 to {len(here)}")
    if wanted > 1 and not several:
        raise ConfigError(
            "Keras trains on several devices only under JAX",
            received=f"devices={wanted}",
            do="KERAS_BACKEND=jax kit ...",
        )
    for size in (config.batch_size, *config.stage_batches):
        if size % wanted:
            raise ConfigError(
                f"a batch cannot be split evenly over {wanted} devices",
                received=f"{size} images",
                expected=f"a multiple of {wanted}, such as {max(1, round(size / wanted)) * wanted}",
                do="or --set devices=1",
            )
    return here[:wanted]


def resolve_auto_batch(config: Config) -> Config:
    """With a number for batch_size 0, which may not change when a run goes on elsewhere: 128 images, or 512 for each GPU.

    learning_rate is then taken as one for 128 images, and grows with the batch: as fast for SGD (Goyal et al. 2017,
    "Accurate, Large Minibatch SGD"), as its root for AdamW.
    """
    if config.batch_size:
        return config
    count = len(gpus()) if keras.backend.backend() == "jax" else min(1, len(gpus()))
    size = BATCH_PER_GPU * (config.devices or count) if count else BATCH
    faster = (size / BATCH) ** (1.0 if config.optimizer == "sgd" else 0.5)
    return replace(config, batch_size=size, learning_rate=config.learning_rate * faster)


def pin_auto_batch(config: Config) -> dict[str, Any]:
    """The settings in which `settled` differs: to be named in a command that shall meet the same batch and rate again."""
    resolved = resolve_auto_batch(config)
    return {} if resolved == config else {"batch_size": resolved.batch_size, "learning_rate": resolved.learning_rate}


def resolve_auto(config: Config) -> dict[str, Any]:
    """What `auto` comes to here."""
    return {
        "precision": precision(config),
        "jit_compile": jit_compile(config.jit_compile),
        "devices": devices(config),
    }


def describe(config: Config) -> str:
    """`chosen` in one line for people, and why."""
    lowest, jax = capability(), keras.backend.backend() == "jax"
    cpu = "a CPU with instructions for it" if precision(config) == "mixed_bfloat16" else "a CPU"
    where = cpu if not gpus() else f"compute capability {lowest[0]}.{lowest[1]}" if lowest else "an unknown GPU"
    why_xla = "always under JAX" if jax else "a GPU" if gpus() else "slower on a CPU"
    used, count = devices(config), len(keras.distribution.list_devices())
    return ", ".join(
        [
            f"{used[0]} (keras on {keras.backend.backend()}): trains in {precision(config)}"
            + (f" (auto: {where})" if config.precision == "auto" else ""),
            ("XLA" if jit_compile(config.jit_compile) else "no XLA")
            + (f" (auto: {why_xla})" if config.jit_compile == "auto" else ""),
            f"batches of {config.batch_size}" + (f" over {len(used)} devices" if len(used) > 1 else ""),
            *([f"1 of {count} GPUs: only JAX uses several"] if gpus() and count > 1 and not jax else []),
        ]
    )


@contextmanager
def training_scope(config: Config) -> Iterator[None]:
    """Within the block networks are built in the precision of `config`, and batches are split over its devices.

    Predictions and features are not made in it: they are the same everywhere, so they are float32 and from one device.
    """
    names = devices(config)
    split = keras.distribution.DataParallel(devices=names) if len(names) > 1 else None
    with _set_policy(precision(config), split):
        yield


@contextmanager
def float32_scope() -> Iterator[None]:
    """Within the block float32 and one device, whatever is around it."""
    with _set_policy("float32", None):
        yield


@contextmanager
def _set_policy(policy: str, distribution: Any) -> Iterator[None]:
    before = keras.config.dtype_policy(), keras.distribution.distribution()
    try:
        keras.config.set_dtype_policy(policy)
        keras.distribution.set_distribution(distribution)
        yield
    finally:
        keras.config.set_dtype_policy(before[0])
        keras.distribution.set_distribution(before[1])


def replicas() -> int:
    """How many devices share a batch within `training`."""
    split = keras.distribution.distribution()
    return split.device_mesh.devices.size if split else 1


def make_deterministic() -> None:
    """The same bits every time on the same hardware; slower where the fast kernels are not deterministic.

    To be called before the first operation: JAX reads the flag only once. Its CPU kernels need none.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif keras.backend.backend() == "jax":
        os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_gpu_deterministic_ops=true"
