"""kit doctor: what it tells, and that it does not fall over what it is there to find."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from kit.cli import doctor
from kit.learn import backend


@pytest.fixture
def key(home):
    path = home / ".kaggle" / "kaggle.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"username": "somebody", "key": "SENTINEL"}))
    path.chmod(0o600)
    return path


def test_it_tells_the_source_of_the_token_and_never_the_value(here, key):
    done = here("doctor", "--quick", "--json")
    told = json.loads(done.stdout)
    assert told["kaggle token"] == f"from {key}" and told["problems"] == []
    assert "SENTINEL" not in done.stdout + done.stderr and told["packages"]["kaggle"] and "devices" not in told


def test_it_tells_of_a_token_that_others_can_read(here, key):
    key.chmod(0o644)
    told = json.loads(here("doctor", "--quick", "--json").stdout)
    assert told["kaggle token"] == "not used: others can read it" and f"chmod 600 {key}" in told["problems"][0]


def test_it_sees_the_devices_and_says_where_to_get_a_token(here):
    done = here("doctor")
    assert "cpu:0 (keras on tensorflow)" in done.stdout and "none found: create a token" in done.stdout


def test_a_missing_package_is_the_only_reason_to_fail(home, monkeypatch):
    assert CliRunner().invoke(doctor.command, ["--quick"]).exit_code == 0  # no token here
    monkeypatch.setattr(doctor, "NEEDED", (*doctor.NEEDED, "no-such-package"))
    done = CliRunner().invoke(doctor.command, ["--quick"])
    assert done.exit_code == 1 and "no-such-package is not installed: make setup" in done.stdout


def test_a_keras_that_does_not_start_is_a_finding(home, monkeypatch):
    def fails():
        raise ImportError("no backend")

    monkeypatch.setattr(backend, "load", fails)
    done = CliRunner().invoke(doctor.command, [])
    assert done.exit_code == 1 and "keras does not start: ImportError: no backend" in done.stdout


def test_a_home_that_is_not_there_yet_has_the_space_of_where_it_will_be(home, monkeypatch, tmp_path):
    monkeypatch.setenv("KIT_HOME", str(tmp_path / "not" / "yet" / "there"))
    done = CliRunner().invoke(doctor.command, ["--quick", "--json"])
    assert done.exit_code == 0 and " GB" in json.loads(done.stdout)["free space"]


def test_quick_loads_neither_the_backend_nor_the_client(home):
    """It is the health check of the image, run every few minutes beside a training."""
    heavy = ["tensorflow", "jax", "keras", "kaggle", "pandas"]
    loaded = f"print([n for n in {heavy} if n in sys.modules])"
    code = f"import sys, atexit, kit.cli.main as m; atexit.register(lambda: {loaded}); m.main(['doctor', '--quick'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_mounted_folder_that_belongs_to_somebody_else_is_a_problem(home, monkeypatch):
    (home / "runs").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: path != home / "runs")
    done = CliRunner().invoke(doctor.command, ["--quick", "--json"])
    assert f"{home / 'runs'} may not be written by uid {os.getuid()}" in json.loads(done.stdout)["problems"]
