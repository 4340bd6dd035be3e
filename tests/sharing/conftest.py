"""Runs as in tests/runs, and a shared folder."""

import pytest

from tests.runs.conftest import make_run  # noqa: F401


@pytest.fixture
def team(tmp_path):
    folder = tmp_path / "team"
    folder.mkdir()
    return folder
