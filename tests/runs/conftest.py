"""Finished runs written by hand."""

import dataclasses

import numpy as np
import pytest

from kit import metrics, paths, predictions, runs
from kit.config import Config
from kit.data import cache, folds
from kit.files import write_text
from kit.json_files import write_json
from kit.targets.links import softmax


def prints(competition) -> dict:
    where = paths.data(competition.slug)
    data = cache.load(competition, where)
    return folds.fingerprints(data, folds.read(where.folds, data.train.ids))


def said(labels, skill: float, seed: int) -> np.ndarray:
    """float32 (N, 3): probabilities that favour the truth the more the skill."""
    values = np.random.default_rng(seed).normal(size=(len(labels), 3)) + skill * np.eye(3)[labels]
    return softmax(values)


@pytest.fixture
def make_run(prepared):
    """make_run(name, skill=..., seed=..., kind=..., parents=..., **settings): a finished run of tiny-stripes, with weights."""

    def make(name: str, *, skill=2.0, seed=0, kind="train", parents=(), finished=True, **settings) -> runs.Run:
        data = cache.load(prepared, paths.data(prepared.slug))
        config = dataclasses.replace(Config(folds=3), **settings)
        origin = dict.fromkeys(settings, "the command line")
        run = runs.create(
            prepared.slug, kind, config, origin, name=name, fingerprints=prints(prepared), parents=parents
        )
        oof = predictions.make(data.train.ids, said(data.train.labels, skill, seed), prepared.target)
        predictions.save(run.oof, oof)
        predictions.save(
            run.test, predictions.make(data.test.ids, said(np.arange(30) % 3, skill, seed), prepared.target)
        )
        for member in [] if kind == "ensemble" else run.members():
            write_text(run.member(*member) / "model.weights.h5", "w" * 1000)
            write_json(run.member(*member) / "metrics.json", {"fold": member[0]})
            write_text(run.member(*member) / "history.csv", "epoch,loss,seconds\n1,0.5,2\n")
        if finished:
            judged = metrics.evaluate(prepared, data.train.labels, oof.values)
            write_json(run.metrics, {"metric": prepared.metric, **judged})
        return run

    return make
