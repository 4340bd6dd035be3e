"""Runs as the kit leaves them, written by hand: nothing is trained."""

import shutil
from collections import Counter

import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.config import Config
from kit.files import write_text
from kit.json_files import write_json
from kit.runs import Run
from kit.targets import Classes

HISTORY = "epoch,accuracy,loss,stopping_loss,seconds\n1,0.5,1.2,,2.5\n2,0.75,0.6,nan,2.0\n3,0.875,0.3,0.4,1.5\n"


@pytest.fixture
def finished(home, monkeypatch):
    """finished(name) -> a finished training of tiny-stripes with two folds, or what a `kind` with `parents` leaves."""
    for name in ("KIT_TRACK", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)

    def write(name: str, kind: str = "train", parents: tuple[str, ...] = ()) -> Run:
        prints = {"data_fingerprint": "d" * 64, "folds_fingerprint": "f" * 64}
        config = Config(folds=2, tta=("identity", "hflip"))
        origin = {"folds": "the command line", "tta": "the competition"}
        run = runs.create("tiny-stripes", kind, config, origin, name=name, fingerprints=prints, parents=parents)
        said = predictions.make(
            ["1", "2"], np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]]), Classes(("flat", "steep", "none"))
        )
        predictions.save(run.oof, said)
        predictions.save(run.test, said)
        told = {"metric": "accuracy", "score": 0.9, "error": 0.01, "rows": 90}
        if kind == "train":
            for fold in range(2):
                write_text(run.member(fold) / "history.csv", HISTORY)
            told["members"] = [
                {"fold": fold, "seed": 0, "score": 0.89 + fold / 50, "error": 0.02, "rows": 45} for fold in range(2)
            ]
        else:
            told |= {"optimistic_score": 0.95, "gain_over_best_part": {"gain": 0.02, "error": 0.005}}
        write_json(run.metrics, told)
        return run

    return write


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """An SQLite file with MLflow's tables, which it takes a second of processor time to make."""
    from mlflow import MlflowClient

    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").get_experiment_by_name("none")
    return path


@pytest.fixture
def outcomes(home, empty):
    """outcomes(run, ...) -> what a sync of these runs did, counted: {"exported": 1}."""
    from kit.tracking import export

    paths.tracking().mkdir(parents=True)
    shutil.copy(empty, paths.tracking())
    return lambda *runs: dict(Counter(outcome for _, outcome in export.sync(runs)))
