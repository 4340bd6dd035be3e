"""A competition that Kaggle serves, and the waits between two tries."""

import time

import pytest


@pytest.fixture
def served(kaggle, archive):
    kaggle.archive = archive.read_bytes()
    return kaggle


@pytest.fixture
def pauses(monkeypatch):
    """What the code would have slept."""
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept
