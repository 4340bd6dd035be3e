"""Runs on tiny-stripes that were written by hand: nothing is trained."""

import zipfile

import numpy as np
import pytest

from kit import metrics, paths, predictions, runs
from kit.config import Config
from kit.data import cache, corrections, folds
from kit.json_files import write_json


@pytest.fixture
def said(prepared):
    """said(sure, name) -> a finished run that says of each image, out of fold, that its stripes run as they do, `sure` of it.

    tiny-stripes is drawn such that row n is of class n % 3.
    """

    def make(sure: float, name: str) -> runs.Run:
        where = paths.data(prepared.slug)
        data = corrections.load(prepared, where)
        prints = corrections.fingerprints(data, folds.read(where.folds, data.train.ids))
        run = runs.create(prepared.slug, "train", Config(folds=3), {}, name=name, fingerprints=prints)
        ids = corrections.select_clean(data, data.train.ids)
        values = np.full((len(ids), 3), (1 - sure) / 2)
        values[np.arange(len(ids)), (ids.astype(int) - 1) % 3] = sure
        predictions.save(run.oof, predictions.make(ids, values, prepared.target))
        test = np.full((len(data.test.ids), 3), 1 / 3)
        predictions.save(run.test, predictions.make(data.test.ids, test, prepared.target))
        judged = metrics.evaluate(prepared, cache.labels_of(data.train, ids), values)
        write_json(run.metrics, {"metric": prepared.metric, **judged})
        return run

    return make


@pytest.fixture
def mislabelled(archive):
    """Three wrong labels in tiny-stripes' archive; id -> (the wrong class, the right one). Goes before `prepared`."""
    wrong = {"7": ("steep", "flat"), "20": ("none", "steep"), "42": ("flat", "none")}
    with zipfile.ZipFile(archive) as old:
        files = {name: old.read(name).decode() for name in old.namelist()}
    lines = files["train.csv"].splitlines()
    for name, (label, _) in wrong.items():
        lines[int(name)] = ",".join([label, *lines[int(name)].split(",")[1:]])
    files["train.csv"] = "\n".join(lines) + "\n"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            out.writestr(name, text)
    return wrong
