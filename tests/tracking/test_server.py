"""MLflow's own server, which the tests' packages do not have: `make test-tracking` installs it and names it in MLFLOW."""

import math
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

MLFLOW = os.environ.get("MLFLOW", "")
pytestmark = pytest.mark.skipif(not MLFLOW, reason="make test-tracking: MLflow's server is not installed here")


@pytest.fixture
def server(tmp_path):
    """The address of a server with a store of its own, or on TRACKING_STORE."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_BACKEND_STORE_URI": os.environ.get("TRACKING_STORE", f"sqlite:///{tmp_path}/server.db"),
    }
    command = [MLFLOW, "server", f"--port={port}", "--workers=1", f"--artifacts-destination={tmp_path}/artifacts"]
    address, log = f"http://127.0.0.1:{port}", tmp_path / "server.log"
    with open(log, "w") as out:
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=out, stderr=out)
    try:
        _await(f"{address}/health", process, log)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _await(url, process, log):
    deadline = time.monotonic() + 180
    while True:
        try:
            return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2).close()
        except (urllib.error.URLError, OSError):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-2000:]
            time.sleep(0.5)


def test_a_server_holds_what_the_file_would(finished, server, monkeypatch, tmp_path, capsys):
    from mlflow import MlflowClient

    from kit.tracking import export

    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    run = finished("one")
    (run.folder / "report.html").write_text("<p>report</p>")
    joined = finished("both", "ensemble", (run.id,))
    export.export_finished(run, joined)
    export.export_finished(run, joined)
    assert capsys.readouterr() == ("", "")  # no warning, and nothing of MLflow's own among the results

    client = MlflowClient(server)
    (copy,) = client.search_runs(
        [client.get_experiment_by_name(run.slug).experiment_id], f"tags.`kit.run` = '{run.id}'"
    )
    name = copy.info.run_id
    assert copy.info.status == "FINISHED" and copy.data.params["teacher"] == "" and copy.data.metrics["score"] == 0.9
    curves = {key: client.get_metric_history(name, f"fold-1/{key}") for key in ("loss", "stopping_loss")}
    assert [(point.step, point.value) for point in curves["loss"]] == [(1, 1.2), (2, 0.6), (3, 0.3)]
    assert [point.step for point in curves["stopping_loss"]] == [2, 3] and math.isnan(curves["stopping_loss"][0].value)
    fetched = client.download_artifacts(name, "report.html", str(tmp_path))
    assert Path(fetched).read_text() == "<p>report</p>"
    assert [outcome for _, outcome in export.sync([run, joined])] == ["unchanged", "unchanged"]
