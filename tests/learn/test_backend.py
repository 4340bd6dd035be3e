"""Keras is loaded by whoever has no home, or one that may not be written, as in a container with a user of its own."""

import os
from unittest import mock

import pytest

from kit.learn import backend


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HOME": "/dev/null/home"}, "data/.keras"),
        ({"HOME": "~"}, "data/.keras"),  # what is left of ~ for a user without an entry in passwd
        ({"HOME": "/dev/null/home", "KERAS_HOME": "/chosen"}, "/chosen"),
        ({}, None),
    ],
)
def test_what_keras_keeps_lies_with_the_data_where_home_may_not_be_written(home, monkeypatch, environment, expected):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    with mock.patch.dict(os.environ, environment):
        backend.load()
        assert os.environ.get("KERAS_HOME") == (str(home / expected) if expected else None)


def test_a_keras_folder_of_another_user_counts_too(home, monkeypatch):
    (home / ".keras").mkdir()
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setattr(os, "access", lambda path, mode: path != home / ".keras")
    with mock.patch.dict(os.environ):
        backend.load()
        assert os.environ["KERAS_HOME"] == str(home / "data" / ".keras")


def test_a_process_without_a_home_keeps_it_there(kit, home, monkeypatch):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    assert "cpu:0" in kit("doctor", HOME="/dev/null/home").stdout
    assert (home / "data" / ".keras" / "keras.json").is_file()
