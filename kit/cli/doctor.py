"""kit doctor"""

import importlib.metadata
import os
import platform
import shutil
from typing import Any

import click

from kit import __version__
from kit.cli import options

NEEDED = (
    "keras",
    "numpy",
    "pandas",
    "scikit-learn",
    "albumentations",
    "opencv-python-headless",
    "pillow",
    "py7zr",
    "kaggle",
    "h5py",
)
SPACE_GB = 5  # less than this is worth a word: cifar-10 in full takes about 4


@click.command(short_help="what is installed, devices, Kaggle token, free space")
@click.option("--quick", is_flag=True, help="Do not start TensorFlow to look for devices.")
@options.json_option
@click.pass_context
def command(ctx: click.Context, quick: bool, as_json: bool) -> None:
    """What is installed, which devices are seen, which Kaggle token would be used (never its value), how much space is left.

    Ends with exit code 1 if a needed package is missing; a missing token is only said, since most verbs need none.
    """
    found = {**_software(), **_machine(quick), **_kaggle(), **_space()}
    missing = [name for name in NEEDED if found["packages"][name] is None]
    problems = [*(f"{name} is not installed: make setup" for name in missing), *found.pop("problems")]
    shown = {
        **found,
        "packages": ", ".join(f"{name} {version or 'MISSING'}" for name, version in found["packages"].items()),
    }
    lines = [f"{key:<14}{value}" for key, value in shown.items()] + [
        f"{'problem':<14}{problem}" for problem in problems
    ]
    options.result({**found, "problems": problems}, "\n".join(lines), as_json=as_json)
    if missing:
        ctx.exit(1)
    options.next_step("list")


def _software() -> dict[str, Any]:
    def version(name: str) -> str | None:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return None

    versions = {name: version(name) for name in NEEDED}
    versions["tensorflow"] = version("tensorflow") or version("tensorflow-cpu")
    return {"kit": __version__, "python": platform.python_version(), "packages": versions}


def _machine(quick: bool) -> dict[str, Any]:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    found = {"machine": f"{platform.machine()}, {os.cpu_count()} cores, {memory} GiB"}
    if not quick:
        from kit.cli import backend

        backend.load()
        import keras

        found["devices"] = ", ".join(keras.distribution.list_devices()) + f" (keras on {keras.backend.backend()})"
    return found


def _kaggle() -> dict[str, Any]:
    from kit.kaggle import credentials

    found = credentials.found()
    none = f"none found: {credentials.WHERE_TO_GET}"
    return {"kaggle token": f"from {found.source}" if found.source else none, "problems": list(found.problems)}


def _space() -> dict[str, Any]:
    from kit import places

    home = places.home()
    free = shutil.disk_usage(home if home.exists() else home.parent).free / 1e9
    return {
        "home": str(home),
        "free space": f"{free:.0f} GB" + (f": less than {SPACE_GB} is little" if free < SPACE_GB else ""),
    }
