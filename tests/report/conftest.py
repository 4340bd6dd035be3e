"""A finished run of tiny-stripes written by hand: what a training leaves, without a training."""

import numpy as np
import pytest

from kit import metrics, paths, predictions, runs
from kit.config import Config
from kit.data import cache, folds
from kit.files import write_text
from kit.json_files import write_json

NASTY = "<script>alert(1)</script>"


@pytest.fixture
def make_run(prepared):
    """make_run(share of rows that are right, ...) -> a finished Run on the rows of the first fold, or of all."""

    def make(right: float, *, kind="train", name=None, parents=(), seed=0, folds_trained=3, **settings):
        where = paths.data(prepared.slug)
        data = cache.load(prepared, where)
        fold_of = folds.read(where.folds, data.train.ids)
        config = Config(folds=folds_trained, backbone="cnn", width=4, tta=("identity", "hflip"), **settings)
        run = runs.create(
            prepared.slug,
            kind,
            config,
            {"folds": NASTY},
            name=name,
            fingerprints=folds.fingerprints(data, fold_of),
            parents=tuple(parents),
        )
        rows = np.flatnonzero(fold_of < folds_trained)
        labels, draw = data.train.labels[rows], np.random.default_rng(seed)
        guess = np.where(draw.random(len(rows)) < right, labels, (labels + 1) % 3)
        said = 0.1 + 0.7 * np.eye(3)[guess]
        predictions.save(run.oof, predictions.make(data.train.ids[rows], said, prepared.target))
        predictions.save(run.test, predictions.make(data.test.ids, np.full((30, 3), 1 / 3), prepared.target))
        if kind == "train":
            for fold in range(folds_trained):
                run.member(fold).mkdir()
                lines = ["epoch,loss,accuracy,stopping_loss,seconds", "1,1.2,0.4,1.1,3", "2,0.8,0.7,0.9,3"]
                write_text(run.member(fold) / "history.csv", "\n".join(lines) + "\n")
        write_json(run.metrics, {"metric": "accuracy", **metrics.evaluate(prepared, labels, said)})
        return run

    return make
