"""Keras and its backend, loaded once and quietly: TensorFlow writes a dozen lines at start that say nothing to a user."""

import os
import sys
import tempfile

from kit import paths
from kit.errors import ConfigError

DEVICES = ("auto", "cpu", "gpu")  # of --device and KIT_DEVICE; auto: a GPU where there is one


def load() -> None:
    """Imports keras (seconds), with what its backend writes to stderr held back, and shown only if the import fails.

    Where KIT_DEVICE is cpu, GPUs are hidden from it. Raises ConfigError for one that is no device.
    """
    if wanted_device() == "cpu":
        os.environ.update(CUDA_VISIBLE_DEVICES="-1", JAX_PLATFORMS="cpu")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _keep_out_of_tmp()
    if os.environ.get("KERAS_BACKEND") == "jax":  # what one command has compiled the next ones load: seconds of each
        os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(paths.runs() / ".jax"))
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as stderr:
        os.dup2(stderr.fileno(), 2)  # below Python: the lines come from C++
        try:
            import keras  # noqa: F401
        except BaseException:
            stderr.seek(0)
            os.write(kept, stderr.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def wanted_device() -> str:
    """One of DEVICES, as KIT_DEVICE says. Raises ConfigError for another."""
    wanted = os.environ.get("KIT_DEVICE") or "auto"
    if wanted not in DEVICES:
        raise ConfigError("KIT_DEVICE is no device", received=wanted, expected=", ".join(DEVICES))
    return wanted


def _keep_out_of_tmp() -> None:
    """Keras keeps its settings and the ImageNet weights that it fetches in ~/.keras. Where that may not be written it would
    take /tmp, which is anybody's and does not last: data/.keras under $KIT_HOME, then.
    """
    usual = paths.expand_home("~/.keras")
    writable = os.access(usual if usual.exists() else usual.parent, os.W_OK)
    if not (usual.is_absolute() and writable):
        os.environ.setdefault("KERAS_HOME", str(paths.home() / "data" / ".keras"))
