"""A server that is away, or silent: a training ends as well as without it, and `kit runs sync` catches up."""

import json
import shutil
import socket

import pytest

from kit import paths, runs
from kit.tracking import export

pytest.importorskip("mlflow")


@pytest.fixture
def silent():
    """The address of a server that takes connections and never answers; closed, of one that is away."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_training_ends_well_and_is_exported_later(here, prepared, plugins, empty, silent, monkeypatch):
    monkeypatch.delenv("KIT_TRACK", raising=False)
    listening, address = silent
    listening.close()
    done = here("train", "tiny-stripes", "--folds", "1", "--set", "epochs=1", MLFLOW_TRACKING_URI=address)
    (run,) = runs.list_runs()
    assert run.status() == "finished" and done.stdout.splitlines()[-1] == run.id
    warned = [line for line in done.stderr.splitlines() if "mlflow" in line.lower() or "track" in line.lower()]
    assert len(warned) == 1 and warned[0].startswith(f"not tracked: MLflow at {address} failed"), done.stderr
    assert "refused" in warned[0] and len(warned[0]) < 250 + len(str(plugins))
    assert warned[0].endswith(f"later: kit --competitions {plugins} runs sync")

    away = here("runs", "sync", "--json", check=False, MLFLOW_TRACKING_URI=address)
    assert away.returncode == 5 and away.stderr.count("\n") == 1
    assert json.loads(away.stdout) == {"exported": 0, "updated": 0, "unchanged": 0, "unfinished": 0, "store": address}

    paths.tracking().mkdir(exist_ok=True)
    shutil.copy(empty, paths.tracking())
    caught_up = here("runs", "sync", "tiny-stripes")
    assert caught_up.stdout.startswith("1 exported, 0 updated, 0 unchanged, 0 unfinished\nsqlite:////")


def test_a_silent_server_costs_one_timeout(finished, silent, monkeypatch, capsys):
    listening, address = silent
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    export.export_finished(finished("one"), finished("two"))
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and "timed out" in said[0]
    listening.setblocking(False)
    listening.accept()[0].close()
    with pytest.raises(BlockingIOError):
        listening.accept()  # nobody came a second time
