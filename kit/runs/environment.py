"""environment.json: the code, packages, machine and data that a run was made with, so that what does not fit is refused."""

import hashlib
import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit import __version__
from kit.config import Config
from kit.errors import DataError
from kit.files import read_json, write_json

if TYPE_CHECKING:  # which writes these records when it creates a run
    from kit.runs import Run

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


def of(config: Config, fingerprints: Mapping[str, str | None]) -> dict[str, Any]:
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


def note_device(run: "Run", chosen: Mapping[str, Any]) -> None:
    """Adds to environment.json what `auto` came to where the run is trained, last if on several machines."""
    path = run.folder / "environment.json"
    write_json(path, {**read_json(path), "device": chosen})


def source_hash() -> str:
    """sha256 over the kit's own code: what really ran, also where there is no git."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _commit() -> str | None:
    here = Path(__file__).resolve().parents[1]
    command = ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


def check_data(run: "Run", fingerprints: Mapping[str, str | None]) -> None:
    """Raises DataError unless the run was trained on this data and these folds: other folds would let members judge rows
    that they learned from.
    """
    environment = read_json(run.folder / "environment.json")
    for key, value in fingerprints.items():
        if environment.get(key) != value:
            what = key.removesuffix("_fingerprint")
            raise DataError(
                f"the {what} here differ from what {run.id} was trained on",
                received=f"{what} {str(value)[:12]}",
                expected=str(environment.get(key))[:12],
                do="bring back the folds.csv, corrections.csv and data it was trained on, or train again",
            )


def corrections_of(parts: Sequence["Run"]) -> dict[str, str | None]:
    """For the environment of a run that is made of others: which corrections those were trained with, if all with the same."""
    found = {read_json(part.folder / "environment.json").get("corrections_fingerprint") for part in parts}
    return {"corrections_fingerprint": found.pop() if len(found) == 1 else "mixed"}
