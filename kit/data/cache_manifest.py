"""What cache/manifest.json says of a decoded cache: what it was made of, and by that whether it still is this competition's."""

import hashlib
import inspect
from contextlib import suppress
from pathlib import Path
from typing import Any

from kit import plugins
from kit.competition import Competition
from kit.data import columns, holdout
from kit.data.window import Window
from kit.errors import DataError, list_names
from kit.files import sha256
from kit.json_files import read_json
from kit.paths import DataFolders

FORMAT = 2  # raise it when the policy of kit.data.decode_image changes
FILES = ("train.npy", "test.npy", "train.csv", "test.csv", "quarantine.csv")


def describe(competition: Competition, window: Window | None, levels: columns.Levels) -> dict[str, Any]:
    """What a cache is of, as plain values: what `find_damage` compares, and what was found in the training part."""
    return {
        "format": FORMAT,
        "shape": competition.image_shape,
        "fit": competition.fit,
        "window": window,
        "classes": competition.target.columns,
        "target": competition.target.kind,
        "auxiliary": describe_auxiliary(competition),
        "table": columns.describe(competition),
        "levels": levels,
        "read_sha256": reader_hash(competition),
    }


def find_damage(competition: Competition, folder: Path, manifest: dict[str, Any]) -> str | None:
    """Why the cache is not this competition's whole cache, or None: judged by its manifest and the sizes of its files."""
    if manifest.get("format") != FORMAT:
        return f"written by another version (format {manifest.get('format')}, now {FORMAT})"
    if manifest["shape"] != list(competition.image_shape):
        return f"images of {manifest['shape']}, competition of {list(competition.image_shape)}"
    if manifest.get("fit", "stretch") != competition.fit:
        return f"fit {manifest.get('fit', 'stretch')}, competition {competition.fit}"
    if competition.window and manifest.get("window") != list(competition.window):
        return f"values {manifest.get('window')} became 0 to 255, competition {list(competition.window)}"
    if manifest.get("target", "classes") != competition.target.kind:  # before there were kinds, all were classes
        return f"{manifest.get('target', 'classes')}, competition of {competition.target.kind}"
    if manifest["classes"] != list(competition.target.columns):
        return f"classes {list_names(manifest['classes'])}; competition {list_names(competition.target.columns)}"
    if manifest.get("auxiliary") != describe_auxiliary(competition):
        return f"auxiliary {manifest.get('auxiliary')}; competition {describe_auxiliary(competition)}"
    if manifest.get("table") != columns.describe(competition):
        return f"columns {manifest.get('table')}; competition {columns.describe(competition)}"
    if manifest.get("holdout_sha256") != holdout.digest(folder.parent / "holdout.csv"):
        return "made with another holdout.csv, or without"
    for name in list_files(competition):
        size = (folder / name).stat().st_size if (folder / name).exists() else None
        if size != manifest["files"][name]:
            return f"{name} has {size} bytes, not {manifest['files'][name]}"
    return None


def list_files(competition: Competition) -> tuple[str, ...]:
    """All that belong to a cache beside its manifest."""
    return (*FILES, *(("train_table.npy", "test_table.npy") if competition.table.columns else ()))


def describe_auxiliary(competition: Competition) -> list[str] | None:
    """Kind and columns of the auxiliary target; None without one, as of a cache from before there were such."""
    target = competition.auxiliary
    return [target.kind, *target.columns] if target else None


def read_manifest(folders: DataFolders) -> dict[str, Any]:
    """What cache/manifest.json says. Raises DataError if it is missing, damaged, or of a newer kit."""
    return dict(read_json(folders.cache / "manifest.json", FORMAT))


def is_current(competition: Competition, folders: DataFolders, raw: str) -> bool:
    """Whether the cache is whole and was made from the archive with sha256 `raw` by the present `read`."""
    try:
        manifest = read_manifest(folders)
    except DataError:
        return False
    made_from = manifest.get("archive_sha256"), manifest.get("read_sha256")
    return made_from == (raw, reader_hash(competition)) and find_damage(competition, folders.cache, manifest) is None


def reader_hash(competition: Competition) -> str:
    """sha256 of all that `read` may depend on: the files of the competition's folder but for its pages (.md); of the source of
    `read` where there is no folder. Who edits one of them wants another cache.
    """
    digest = hashlib.sha256()
    if competition.folder is None:
        with suppress(OSError, TypeError):  # no source at hand
            digest.update(inspect.getsource(competition.read).encode())
        return digest.hexdigest()
    for path in plugins.files(competition.folder):
        if path.suffix != ".md":
            digest.update(f"{path.relative_to(competition.folder)} {sha256(path)}\n".encode())
    return digest.hexdigest()
