import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from kit import paths
from kit.kaggle.credentials import Credentials, find


@pytest.fixture
def key(home):
    path = home / ".kaggle" / "kaggle.json"
    path.parent.mkdir()

    def write(content, mode=0o600):
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        path.chmod(mode)
        return path

    return write


GOOD = {"username": "somebody", "key": "SENTINEL"}


def test_none(home):
    assert find().source is None and not find().problems


def test_a_sound_file_is_found_and_can_be_elsewhere(key, monkeypatch, tmp_path):
    path = key(GOOD)
    assert find() == Credentials(str(path))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path))
    assert find().source is None
    os.rename(path, tmp_path / "kaggle.json")
    assert find().source == str(tmp_path / "kaggle.json")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"username": "somebody", "key": "SENTINEL"', "is not JSON"),
        ({"username": "somebody"}, "has no 'key'"),
        ({"username": "", "key": "SENTINEL"}, "has no 'username'"),
        ([1], "is not {"),
    ],
)
def test_a_malformed_file_is_named_with_its_field_and_without_its_value(key, content, words):
    path = key(content)
    result = find()
    assert result.source is None and [str(path) in problem and words in problem for problem in result.problems] == [
        True
    ]
    assert "SENTINEL" not in str(result)


def test_a_file_that_others_can_read_is_not_used_nor_another_one_in_its_place(key):
    path = key(GOOD, 0o644)
    other = path.with_name("credentials.json")
    other.write_text("{}")
    other.chmod(0o600)
    found = find()
    assert found.source is None and found.exposed
    assert found.problems[0] == f"{path} can be read by others: chmod 600 {path}"


def test_one_that_others_can_read_beside_one_that_is_used_is_only_told(key, monkeypatch):
    key(GOOD, 0o644)
    monkeypatch.setenv("KAGGLE_API_TOKEN", "SENTINEL")
    assert find().source == "KAGGLE_API_TOKEN" and "chmod 600" in find().problems[0]


@pytest.mark.parametrize("reason", ["read-only", "9p", "vfat", "of another user"])
def test_where_chmod_would_change_nothing_it_is_told_and_used(key, monkeypatch, reason):
    """A secret that a container mounts; a disk of Windows in WSL; a file of root that the group may read."""
    path = key(GOOD, 0o644)
    if reason == "read-only":
        monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    elif reason == "of another user":
        monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    else:
        mounts = f"/dev/sda / ext4 rw 0 0\nC: {path.parent} {reason} rw 0 0\n"
        plain = Path.read_text
        monkeypatch.setattr(
            Path, "read_text", lambda self, *how: mounts if str(self) == "/proc/self/mounts" else plain(self, *how)
        )
    assert find() == Credentials(str(path), (f"{path} can be read by others: chmod 600 {path}",))


def test_a_token_that_shadows_a_key_is_said(key, monkeypatch):
    path = key(GOOD)
    monkeypatch.setenv("KAGGLE_API_TOKEN", "SENTINEL")
    assert find().source == "KAGGLE_API_TOKEN"
    assert find().problems == (f"KAGGLE_API_TOKEN is used, and {path} is not: remove the one you do not mean",)


def test_a_file_named_by_the_token_variable_is_told_from_a_token(home, monkeypatch, tmp_path):
    file = tmp_path / "token"
    file.write_text("SENTINEL")
    file.chmod(0o600)
    monkeypatch.setenv("KAGGLE_API_TOKEN", str(file))
    assert find() == Credentials("KAGGLE_API_TOKEN (a file)")
    file.write_text("")
    assert find() == Credentials(None, ("KAGGLE_API_TOKEN names an empty file",))
    file.unlink()
    assert find().problems == ("KAGGLE_API_TOKEN looks like a path, but there is no such file",)
    monkeypatch.setenv("KAGGLE_API_TOKEN", "x" * 300)
    assert "too long for the client" in find().problems[0]


def test_an_empty_token_file_is_passed_over_as_the_client_does(key):
    path = key(GOOD)
    path.with_name("access_token").write_text("\n")
    assert find() == Credentials(str(path))


def test_a_field_from_the_environment_completes_the_file(key, monkeypatch):
    path = key({"username": "somebody"})
    monkeypatch.setenv("KAGGLE_KEY", "SENTINEL")
    assert find().source == str(path) and "KAGGLE_KEY is set without" in find().problems[0]


def test_the_variable_that_the_client_takes_for_a_token_is_said(key, monkeypatch):
    path = key(GOOD)
    monkeypatch.setenv("KAGGLE_TOKEN", "SENTINEL")
    assert find().source == str(path) and "unset it" in find().problems[0] and "SENTINEL" not in str(find())


def test_a_notebooks_own_token_comes_first(key, monkeypatch, tmp_path):
    key(GOOD)
    (tmp_path / "jwt").write_text("SENTINEL")
    monkeypatch.setenv("KAGGLE_API_V1_TOKEN", str(tmp_path / "jwt"))
    assert find().source != "KAGGLE_API_V1_TOKEN"
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Batch")
    monkeypatch.setenv("KAGGLE_DATA_PROXY_URL", "http://proxy.test")
    assert find().source == "KAGGLE_API_V1_TOKEN"


def test_a_user_without_a_home_has_no_credentials(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda uid: {}[uid])  # as where the uid has no entry
    assert find() == Credentials(None)
    assert paths.expand_home("~/mine.zip") == Path("~/mine.zip")
