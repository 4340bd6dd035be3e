"""What `kit runs sync` writes, read back through MLflow's own client."""

import datetime
import os
from pathlib import Path

import pytest

from kit import paths
from kit.config import Config
from kit.errors import ConfigError, DataError, TrackingError
from kit.files import sha256
from kit.json_files import read_json
from kit.tracking import export, store

mlflow = pytest.importorskip("mlflow")


def copies(slug="tiny-stripes"):
    """MLflow's copies of the competition's runs by their name, and its client."""
    client = mlflow.MlflowClient(store.address())
    found = client.search_runs([client.get_experiment_by_name(slug).experiment_id])
    return {copy.info.run_name: copy for copy in found}, client


def test_everything_of_a_run_arrives(finished, outcomes):
    run = finished("one")
    (run.folder / "report.html").write_text("<p>report</p>")
    (run.folder / "submission.csv").write_text("Id,Label\n")
    assert outcomes(run) == {"exported": 1}

    found, client = copies()
    assert list(found) == [run.id]
    copy, name = found[run.id], found[run.id].info.run_id
    assert copy.info.status == "FINISHED"
    params, stored = copy.data.params, read_json(run.folder / "config.json")["config"]
    assert set(params) == set(stored) == set(vars(Config()))
    assert (params["folds"], params["tta"], params["teacher"]) == ("2", "identity, hflip", "")
    expected = {
        "score": 0.9,
        "error": 0.01,
        "rows": 90,
        "fold-0/score": 0.89,
        "fold-1/score": 0.91,
        "fold-1/error": 0.02,
    }
    assert expected.items() <= copy.data.metrics.items()

    began = datetime.datetime.fromisoformat(read_json(run.folder / "run.json")["created"]).timestamp() * 1000
    curve = client.get_metric_history(name, "fold-1/loss")
    assert [(point.step, point.value) for point in curve] == [(1, 1.2), (2, 0.6), (3, 0.3)]
    assert [point.timestamp - began for point in curve] == [8500, 10500, 12000]  # behind the 6 s of fold 0
    assert (copy.info.start_time, copy.info.end_time) == (began, began + 12000)

    tags = copy.data.tags
    assert (tags["kit.run"], tags["kit.kind"], tags["kit.metric"]) == (run.id, "train", "accuracy")
    assert '"tta": "the competition"' in tags["kit.origin"]
    assert (tags["kit.data_fingerprint"], tags["kit.folds_fingerprint"]) == ("d" * 64, "f" * 64)
    assert (tags["kit.oof_sha256"], tags["kit.test_sha256"]) == (sha256(run.oof), sha256(run.test))
    assert tags.get("mlflow.source.git.commit") == read_json(run.folder / "environment.json")["git_commit"]

    files = {file.path for file in client.list_artifacts(name)}
    assert files == {"config.json", "environment.json", "metrics.json", "report.html", "run.json"}
    fetched = client.download_artifacts(name, "report.html", str(paths.home()))
    assert Path(fetched).read_text() == "<p>report</p>"


def test_again_changes_nothing_and_a_new_report_is_added(finished, outcomes):
    run = finished("one")
    assert outcomes(run) == {"exported": 1}
    before = paths.tracking().joinpath("mlflow.db").read_bytes()
    assert outcomes(run) == {"unchanged": 1}
    assert paths.tracking().joinpath("mlflow.db").read_bytes() == before

    (run.folder / "report.html").write_text("later")
    assert outcomes(run) == {"updated": 1}
    found, client = copies()
    assert len(found) == 1 and len(client.get_metric_history(found[run.id].info.run_id, "fold-0/loss")) == 3
    assert "report.html" in {file.path for file in client.list_artifacts(found[run.id].info.run_id)}


def test_an_export_that_broke_off_is_finished_by_the_next(finished, outcomes, monkeypatch):
    run = finished("one")
    with monkeypatch.context() as patch:
        patch.setattr(mlflow.MlflowClient, "log_artifact", lambda *_: (_ for _ in ()).throw(OSError("no space left")))
        with pytest.raises(OSError, match="no space"):
            outcomes(run)
    assert outcomes(run) == {"exported": 1}
    found, client = copies()
    assert len(found) == 1 and len(client.get_metric_history(found[run.id].info.run_id, "fold-0/loss")) == 3


def test_an_ensemble_links_to_the_runs_it_came_from(finished, outcomes):
    parents = finished("a"), finished("b")
    joined = finished("both", "ensemble", tuple(run.id for run in parents))
    assert outcomes(joined, *parents) == {"exported": 3}  # parents first, whatever the order
    found, _ = copies()
    tags = found[joined.id].data.tags
    assert tags["kit.parents"] == ", ".join(run.id for run in parents)
    for parent in parents:
        assert f"[{parent.id}](#/experiments/1/runs/{found[parent.id].info.run_id})" in tags["mlflow.note.content"]
    metrics = found[joined.id].data.metrics
    assert (metrics["optimistic_score"], metrics["gain_over_best_part/gain"]) == (0.95, 0.02)


def test_a_folder_that_has_moved_is_named_with_the_remedy(finished, outcomes, home, monkeypatch):
    assert outcomes(finished("one")) == {"exported": 1}
    moved = home.rename(home.with_name("elsewhere"))
    monkeypatch.setenv("KIT_HOME", str(moved))
    from kit import runs

    with pytest.raises(DataError, match="another path.*remove .*elsewhere/runs/mlflow"):
        outcomes(*runs.list_runs())


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"KIT_TRACK": "1"}, True),
        ({"KIT_TRACK": "0", "MLFLOW_TRACKING_URI": "http://127.0.0.1:1"}, False),
        ({"MLFLOW_TRACKING_URI": "http://127.0.0.1:1"}, True),
    ],
)
def test_runs_are_exported_as_they_finish_only_if_asked(finished, monkeypatch, environment, wanted):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert store.is_wanted() == wanted


def test_unasked_nothing_is_written(finished):
    export.export_finished(finished("one"))
    assert not paths.tracking().exists() and "MLFLOW_TRACKING_URI" not in os.environ


def test_other_stores_are_refused_without_showing_a_password(finished, outcomes, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://me:secret@there/db")
    with pytest.raises(ConfigError, match="received postgresql://there/db; expected http") as raised:
        outcomes(finished("one"))
    assert "secret" not in str(raised.value)


def test_a_damaged_file_is_one_line_with_the_remedy(finished, home):
    paths.tracking().mkdir(parents=True)
    (paths.tracking() / "mlflow.db").write_text("no database\n" * 100)
    with pytest.raises(TrackingError, match=r"sqlite:///.*not a database; later: kit runs sync; .*remove it first"):
        list(export.sync([finished("one")]))
