"""environment.json: the code, packages, machine and data that a run is made with."""

import hashlib
import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kit import __version__
from kit.config import Config

PACKAGES = (
    "tensorflow",
    "tensorflow-cpu",
    "keras",
    "jax",
    "numpy",
    "albumentations",
    "opencv-python-headless",
    "scikit-learn",
)


def describe(config: Config, fingerprints: Mapping[str, str | None]) -> dict[str, Any]:
    """What environment.json holds: code, packages, machine, seed, and `fingerprints` of the data."""
    installed = {}
    for package in PACKAGES:
        try:
            installed[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "kit": __version__,
        "source_sha256": source_hash(),
        "git_commit": _commit(),
        "seed": config.seed,
        **fingerprints,
        "keras_backend": os.environ.get("KERAS_BACKEND", "tensorflow"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "packages": installed,
    }


def source_hash() -> str:
    """sha256 over the kit's own code: what really ran, also where there is no git."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def usable_cores() -> int:
    """How many this process may use, which a cluster keeps lower than those there are, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _commit() -> str | None:
    """Of the kit's own checkout; None where it is installed, perhaps within a checkout of something else."""
    tracked = _git("ls-files", "--error-unmatch", "__init__.py")
    return _git("describe", "--always", "--dirty", "--abbrev=40") if tracked else None


def _git(*words: str) -> str | None:
    here = Path(__file__).resolve().parents[1]
    command = ["git", "-C", str(here), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
