"""kit doctor"""

import contextlib
import importlib.metadata
import os
import platform
import shutil
from pathlib import Path
from typing import Any

import click

from kit import __version__
from kit.cli import options
from kit.runs import environment

NEEDED = (
    "keras",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "matplotlib",
    "albumentations",
    "opencv-python-headless",
    "pillow",
    "py7zr",
    "kaggle",
    "h5py",
)
# Kaggle's image has OpenCV under another name; TensorFlow comes as either.
OTHER_NAMES = {
    "opencv-python-headless": ("opencv-python", "opencv-contrib-python"),
    "tensorflow": ("tensorflow-cpu",),
}
SPACE_GB = 5  # less than this is worth a word: cifar-10 in full takes about 4


@click.command()
@click.option("--quick", is_flag=True, help="Do not start TensorFlow to look for devices.")
@click.option("--gpu", is_flag=True, help="Only whether a GPU computes: one line, exit code 1 if not.")
@options.json_option
@click.pass_context
def command(ctx: click.Context, quick: bool, gpu: bool, as_json: bool) -> None:
    """What is installed, which devices are seen, which Kaggle token would be used (never its value), how much space is left.

    Ends with exit code 1 if a needed package is missing or Keras does not start; a missing token is only said, since most
    verbs need none.
    """
    if gpu:
        return _gpu(as_json)
    checks = {**_software(), **_machine(), **_kaggle(), **_space()}
    missing = [f"{name} is not installed: make setup" for name in NEEDED if checks["packages"][name] is None]
    if not quick:
        checks["devices"], fault = _devices()
        missing += [fault] if fault else []
    problems = [*missing, *checks.pop("problems"), *_unwritable()]
    shown = {
        **checks,
        "packages": ", ".join(f"{name} {version or 'MISSING'}" for name, version in checks["packages"].items()),
    }
    lines = [f"{key:<14}{value}" for key, value in shown.items()] + [
        f"{'problem':<14}{problem}" for problem in problems
    ]
    options.result({**checks, "problems": problems}, "\n".join(lines), as_json=as_json)
    if missing:
        ctx.exit(1)
    options.next_step("list")


def _gpu(as_json: bool) -> None:
    from kit.learn import backend

    backend.load()
    from kit.learn.cost import device_check

    line = device_check.verdict()
    options.result({"gpu": line}, line, as_json=as_json)


def _software() -> dict[str, Any]:
    versions = {name: _version(name, *OTHER_NAMES.get(name, ())) for name in (*NEEDED, "tensorflow")}
    return {"kit": __version__, "python": platform.python_version(), "packages": versions}


def _version(*names: str) -> str | None:
    for name in names:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(name)
    return None


def _machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    return {"machine": f"{platform.machine()}, {environment.usable_cores()} cores, {memory} GiB"}


def _devices() -> tuple[str, str | None]:
    """What Keras would compute on, and why it cannot if it cannot: a doctor must not fall over what it is to find."""
    from kit.learn import backend

    try:
        backend.load()
        import keras

        return ", ".join(keras.distribution.list_devices()) + f" (keras on {keras.backend.backend()})", None
    except Exception as error:
        return "none", f"keras does not start: {type(error).__name__}: {error}"


def _kaggle() -> dict[str, Any]:
    from kit.kaggle import credentials

    credentials_found = credentials.find()
    none = "not used: others can read it" if credentials_found.exposed else f"none found: {credentials.WHERE_TO_GET}"
    return {
        "kaggle token": f"from {credentials_found.source}" if credentials_found.source else none,
        "problems": list(credentials_found.problems),
    }


def _space() -> dict[str, Any]:
    home, there = _home()
    free = shutil.disk_usage(there).free / 1e9
    return {
        "home": str(home),
        "free space": f"{free:.0f} GB" + (f": less than {SPACE_GB} is little" if free < SPACE_GB else ""),
    }


def _unwritable() -> list[str]:
    """The usual fault in a container: a mounted folder that belongs to somebody else."""
    home, there = _home()
    folders = [folder for folder in (home / "data", home / "runs") if folder.exists()] or [there]
    return [f"{folder} may not be written by uid {os.getuid()}" for folder in folders if not os.access(folder, os.W_OK)]


def _home() -> tuple[Path, Path]:
    """Home, and the nearest folder that exists already."""
    from kit import paths

    home = paths.home()
    return home, next(folder for folder in (home, *home.parents) if folder.exists())
