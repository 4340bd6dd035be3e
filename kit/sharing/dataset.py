"""A private dataset at Kaggle as a store. It is flat, and each version of it holds all files anew: so a run is few files, its
manifests and an archive for each of them.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kit.data.archives.unpack import open_outermost
from kit.errors import ConfigError, DataError
from kit.fields import ID
from kit.files import read_small
from kit.json_files import write_json
from kit.kaggle.names import DATASET, SLUG, title
from kit.sharing.manifest import CLAIM, FOLDS, PLUGIN, PREDICTIONS, WEIGHTS

PACKED = ".pack"  # a zip without compression; what is called .zip, Kaggle would unpack


def _file(key: str) -> str:
    """The file of the dataset that is, or holds, what has that key."""
    run, _, name = key.partition("/")
    if name in (PREDICTIONS.name, PLUGIN.name, WEIGHTS.name, FOLDS) or name.startswith(CLAIM):
        return f"{run}--{name}"
    kind = "weights" if WEIGHTS.files.fullmatch(name) else "plugin" if PLUGIN.files.fullmatch(name) else "predictions"
    return f"{run}--{kind}{PACKED}"


@dataclass(frozen=True)
class Dataset:
    """name: owner/slug. timeout_s, poll_s: how a new version is waited for, in seconds.

    A new version holds all that was there before: who pushes brings the files of the others along. Of two who push at the
    same moment, the second may not know of the first: it is to push again. So nothing is exclusive here.
    """

    name: str
    timeout_s: float
    poll_s: float
    exclusive = False

    def __post_init__(self) -> None:
        owner, _, slug = self.name.partition("/")
        if not owner or not SLUG.fullmatch(slug) or not DATASET[0] <= len(slug) <= DATASET[1]:
            raise ConfigError(
                "that is no dataset of Kaggle",
                received=f"kaggle:{self.name}",
                expected=f"kaggle:owner/name, the name of {DATASET[0]} to {DATASET[1]} lower-case letters, digits, dashes",
            )

    def ids(self, name: str) -> list[str]:
        return sorted(file.removesuffix(f"--{name}") for file in self._files if file.endswith(f"--{name}"))

    def read(self, key: str) -> bytes | None:
        if _file(key) not in self._files:
            return None
        with tempfile.TemporaryDirectory() as scratch:
            self.fetch({key: Path(scratch) / "file"})
            return read_small(Path(scratch) / "file")

    def fetch(self, files: Mapping[str, Path]) -> None:
        from kit.kaggle import datasets

        wanted = dict.fromkeys(_file(key) for key in files)
        if lacking := [name for name in wanted if name not in self._files]:
            raise DataError(f"kaggle:{self.name} lacks {lacking[0]}", do="push that run again")
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            datasets.fetch(self.name, {name: folder / name for name in wanted}, self._files)
            for name in wanted:
                if name.endswith(PACKED):
                    open_outermost(folder / name, folder / "opened" / name, kind=".zip")
            for key, path in files.items():
                _take(folder, key, path)

    def put(self, files: Mapping[str, Path], gone: Collection[str] = ()) -> None:
        """gone: keys of small files that are not to be there any more."""
        from kit.kaggle import datasets

        there, ours = datasets.files(self.name), {_file(key) for key in (*files, *gone)}
        if odd := [name for name in there if not ID.fullmatch(name)]:
            raise DataError(
                f"kaggle:{self.name} holds other things than runs", received=odd[0], do="name another dataset"
            )
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            for key, path in files.items():
                _add(folder / _file(key), key, path)
            datasets.fetch(self.name, {name: folder / name for name in there if name not in ours}, there)
            record = {"title": title(self.name.partition("/")[2]), "id": self.name, "licenses": [{"name": "CC0-1.0"}]}
            write_json(folder / datasets.METADATA, record)
            runs = ", ".join(dict.fromkeys(key.partition("/")[0] for key in (*files, *gone)))
            datasets.publish(folder, f"with {runs}"[:200], timeout_s=self.timeout_s, poll_s=self.poll_s)
        self._forget_files()

    def create(self, key: str, data: bytes) -> bool:
        self._forget_files()
        if self.read(key) is not None:
            return False
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "file"
            path.write_bytes(data)
            self.put({key: path})
        return self.read(key) == data

    def remove(self, key: str) -> None:
        self._forget_files()
        if _file(key) in self._files:
            self.put({}, gone=(key,))

    def _forget_files(self) -> None:
        """So that Kaggle is asked anew."""
        vars(self).pop("_files", None)

    @cached_property
    def _files(self) -> dict[str, int]:
        from kit.kaggle import datasets

        return datasets.files(self.name)


def _add(file: Path, key: str, path: Path) -> None:
    if file.suffix != PACKED:
        shutil.copyfile(path, file)
        return
    with zipfile.ZipFile(file, "a") as pack:
        pack.write(path, key)


def _take(folder: Path, key: str, path: Path) -> None:
    """Moves what has that key out of the files that were fetched into `folder`, and the packs opened there."""
    name = _file(key)
    arrived = folder / "opened" / name / key if name.endswith(PACKED) else folder / name
    if not arrived.is_file():
        raise DataError(f"{name} is damaged", received=f"no {key} in it", do="push that run again")
    shutil.move(arrived, path)
