"""The competition that `kit new` makes of an archive."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kit.competition import Competition, Split
from kit.data import splits
from kit.data.archives.unpack import extract
from kit.plugins import load_folder
from kit.scaffold import facts, template
from tests.small_archives import zipped

Members = Mapping[str, str | bytes]


@pytest.fixture
def scaffold(tmp_path) -> Callable[..., Competition]:
    """The competition, loaded, that `kit new` would make from an archive of these members; its text beside it."""

    def make(members: Members, slug: str = "zoo") -> Competition:
        archive = tmp_path / "archive.zip"
        archive.write_bytes(zipped(members))
        folder = tmp_path / "made" / slug
        folder.mkdir(parents=True)
        for name, text in template.write_files(slug, facts.read(archive)).items():
            (folder / name).write_text(text, "utf-8")
        return load_folder(folder)

    return make


@pytest.fixture
def read(scaffold, tmp_path) -> Callable[..., tuple[Competition, Split, Split]]:
    """That competition, and the training and test rows that it reads from the unpacked archive."""

    def make(members: Members) -> tuple[Competition, Split, Split]:
        competition, raw = scaffold(members), tmp_path / "raw"
        named = competition.archives
        required = [name for name in (named.train, named.test, named.sample, named.labels) if name]
        extract(tmp_path / "archive.zip", raw, required=required)
        train, test = (splits.read(competition, raw, part) for part in ("train", "test"))
        splits.check_sample(competition, raw, test)
        return competition, train, test

    return make


def text_of(competition: Competition) -> str:
    assert competition.folder is not None
    return Path(competition.folder / "competition.py").read_text("utf-8")
