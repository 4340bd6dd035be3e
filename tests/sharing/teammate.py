"""A run as it is in the shared folder, and no longer here."""

import shutil

from kit import paths
from kit.files import sha256
from kit.json_files import read_json, write_json


def contents(folder) -> dict:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def leave(run) -> dict:
    """The run is not here any more, as for a teammate; returns what it was."""
    was = contents(run.folder)
    shutil.rmtree(run.folder)
    return was


def sign(folder, name: str, *, manifest: str = "manifest.json") -> None:
    """Puts the hash of a changed file into the manifest, as one would who wants it to be believed."""
    stored = read_json(folder / manifest)
    stored["files"][name] = {"sha256": sha256(folder / name), "bytes": (folder / name).stat().st_size}
    write_json(folder / manifest, stored)


def left() -> list:
    return sorted(path.name for path in paths.runs().iterdir())
