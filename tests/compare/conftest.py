"""Runs written by hand: their predictions are what a test wants them to be."""

from types import SimpleNamespace

import numpy as np
import pytest

from kit import metrics, paths, predictions, runs
from kit.config import Config
from kit.data import cache
from kit.json_files import write_json
from kit.plugins import load
from kit.submission import records


def sure(classes: np.ndarray, of: int = 3) -> np.ndarray:
    """float32 (N, of): 0.8 for the class, the rest for the others."""
    return np.where(np.eye(of)[classes] > 0, 0.8, 0.2 / (of - 1)).astype(np.float32)


def wrong(labels: np.ndarray, rows, of: int = 3) -> np.ndarray:
    """The labels, but the next class on those rows."""
    said = labels.copy()
    said[list(rows)] = (said[list(rows)] + 1) % of
    return said


@pytest.fixture
def stripes(plugins):
    return load("tiny-stripes", [plugins])


@pytest.fixture
def field(prepared):
    """tiny-stripes prepared; make(name, oof classes (90,), test classes (30,)) -> a finished run, rows in another order."""
    data = cache.load(prepared, paths.data("tiny-stripes"))

    def make(name: str, oof: np.ndarray, test: np.ndarray, rows: int = 90) -> runs.Run:
        run = runs.create("tiny-stripes", "train", Config(), {}, name=name, fingerprints={})
        order = np.random.default_rng(len(name)).permutation(rows)
        classes = prepared.target
        predictions.save(run.oof, predictions.make(data.train.ids[:rows][order], sure(oof[:rows][order]), classes))
        predictions.save(run.test, predictions.make(data.test.ids, sure(test), classes))
        judged = metrics.evaluate(prepared, data.train.labels[:rows], sure(oof[:rows]))
        write_json(run.metrics, {"metric": "accuracy", **judged})
        return run

    def submit(run: runs.Run, public: str | None, number: int = 1) -> None:
        status = "complete" if public else "pending"
        when = f"2026-01-0{number}T00:00:00.000000+00:00"
        record = records.Record("tiny-stripes", f"{number:064}", run.id, "f.csv", "m", number, when, status, public)
        records.write(paths.submissions("tiny-stripes", run.folder), record)

    return SimpleNamespace(
        competition=prepared, data=data, labels=data.train.labels, test=np.arange(30) % 3, make=make, submit=submit
    )
