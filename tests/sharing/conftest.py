"""Runs as in tests/runs, a shared folder, and who works."""

import pytest

from kit.runs import author
from tests.runs.conftest import make_run  # noqa: F401


@pytest.fixture
def team(tmp_path):
    folder = tmp_path / "team"
    folder.mkdir()
    return folder


@pytest.fixture
def member(monkeypatch):
    """member(name): who works from here on; at first Ann."""

    def become(name: str) -> None:
        monkeypatch.setenv("KIT_AUTHOR", name)
        author.find_author.cache_clear()

    become("ann")
    yield become
    author.find_author.cache_clear()
