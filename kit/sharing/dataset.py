"""A private dataset at Kaggle as a store. It is flat, and each version of it holds all files anew."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kit.errors import ConfigError, DataError
from kit.files import write_json
from kit.kernel.names import DATASET, SLUG, title

BETWEEN = "--"  # the folders of a key, and its file


def _flat(key: str) -> str:
    return key.replace("/", BETWEEN)


@dataclass(frozen=True)
class Dataset:
    """name: owner/slug. timeout_s, poll_s: how a new version is waited for, in seconds.

    A new version holds all that was there before: who pushes brings the files of the others along. Of two who push at the
    same moment, the second may not know of the first: it is to push again.
    """

    name: str
    timeout_s: float
    poll_s: float

    def __post_init__(self) -> None:
        owner, _, slug = self.name.partition("/")
        if not owner or not SLUG.fullmatch(slug) or not DATASET[0] <= len(slug) <= DATASET[1]:
            raise ConfigError(
                "that is no dataset of Kaggle",
                received=f"kaggle:{self.name}",
                expected=f"kaggle:owner/name, the name of {DATASET[0]} to {DATASET[1]} lower-case letters, digits, dashes",
            )

    def ids(self, name: str) -> list[str]:
        end = BETWEEN + name
        return sorted(file.removesuffix(end) for file in self._files if file.endswith(end))

    def read(self, key: str) -> bytes | None:
        if _flat(key) not in self._files:
            return None
        with tempfile.TemporaryDirectory() as scratch:
            self.fetch({key: Path(scratch) / "file"})
            return (Path(scratch) / "file").read_bytes()

    def fetch(self, files: Mapping[str, Path]) -> None:
        from kit.kaggle import datasets

        there = self._files
        if lacking := [key for key in files if _flat(key) not in there]:
            raise DataError(f"kaggle:{self.name} lacks {lacking[0]}", do="push that run again")
        datasets.fetch(self.name, {_flat(key): path for key, path in files.items()}, there)

    def put(self, files: Mapping[str, Path]) -> None:
        from kit.kaggle import datasets

        slug = self.name.partition("/")[2]
        there, ours = datasets.files(self.name), {_flat(key): path for key, path in files.items()}
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            for name, path in ours.items():
                (folder / name).symlink_to(path.resolve())
            datasets.fetch(self.name, {name: folder / name for name in there if name not in ours}, there)
            record = {"title": title(slug), "id": self.name, "licenses": [{"name": "CC0-1.0"}]}
            write_json(folder / datasets.METADATA, record)
            datasets.publish(folder, f"{len(ours)} files more", timeout_s=self.timeout_s, poll_s=self.poll_s)

    @cached_property
    def _files(self) -> dict[str, int]:
        from kit.kaggle import datasets

        return datasets.files(self.name)
