import json
import os

import pytest

from kit.kaggle.credentials import found


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
    assert found().source is None and not found().problems


def test_a_sound_file_is_found_and_can_be_elsewhere(key, monkeypatch, tmp_path):
    path = key(GOOD)
    assert found() == type(found())(str(path))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path))
    assert found().source is None
    os.rename(path, tmp_path / "kaggle.json")
    assert found().source == str(tmp_path / "kaggle.json")


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
    result = found()
    assert result.source is None and [str(path) in problem and words in problem for problem in result.problems] == [
        True
    ]
    assert "SENTINEL" not in str(result)


def test_a_file_that_others_can_read_is_a_problem(key):
    path = key(GOOD, 0o644)
    assert found().source == str(path) and found().problems == (f"{path} can be read by others: chmod 600 {path}",)


def test_a_token_that_shadows_a_key_is_said(key, monkeypatch):
    path = key(GOOD)
    monkeypatch.setenv("KAGGLE_API_TOKEN", "SENTINEL")
    assert found().source == "KAGGLE_API_TOKEN"
    assert found().problems == (f"KAGGLE_API_TOKEN is used, and {path} is not: remove the one you do not mean",)


def test_doctor_tells_the_source_and_never_the_value(kit, key):
    path = key(GOOD, 0o644)
    done = kit("doctor", "--quick", "--json")
    told = json.loads(done.stdout)
    assert told["kaggle token"] == f"from {path}" and "chmod 600" in told["problems"][0]
    assert "SENTINEL" not in done.stdout + done.stderr and told["packages"]["kaggle"] == "2.2.4"


def test_doctor_sees_the_devices(kit):
    done = kit("doctor")
    assert "cpu:0 (keras on tensorflow)" in done.stdout and "none found" in done.stdout
