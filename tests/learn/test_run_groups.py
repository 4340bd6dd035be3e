"""A run on rows of patients: every error that it reports is one over patients."""

import numpy as np
import pytest

from kit import metrics, paths, predictions, runs
from kit.data import corrections
from kit.learn import train
from kit.plugins import load
from kit.runs.scores import read_scores
from tests.conftest import COMPETITION


@pytest.fixture
def patients(home, plugins, archive, here):
    """tiny-stripes, prepared, with five images of each patient."""
    read = COMPETITION.replace(
        "images, labels)\n", 'images, labels, groups=labels and [f"p{n // 5}" for n in range(90)])\n'
    )
    (plugins / "tiny-stripes" / "competition.py").write_text(read)
    here("download", "tiny-stripes", "--from", str(archive))
    here("prepare", "tiny-stripes", "--folds", "3")
    return load("tiny-stripes", [plugins])


def test_errors_of_members_runs_and_ensembles_are_over_patients(patients, here):
    words = ("train", "tiny-stripes", "--set", "folds=3", "--set", "epochs=2")
    made = [runs.find(here(*words, "--seed", seed).stdout.splitlines()[-1]) for seed in "12"]
    joined = runs.find(here("ensemble", "tiny-stripes", *(run.id for run in made)).stdout.splitlines()[-1])
    known = corrections.read_clean_labels(patients, paths.data("tiny-stripes"))
    data, _ = train.load(patients)
    assert (known.groups == data.train.groups).all() and len(set(known.groups)) == 18
    for run in (*made, joined):
        oof = predictions.load(run.oof)
        order = predictions.find_rows(known.ids, oof.ids)
        expected = metrics.evaluate(patients, known.labels[order], oof.values, known.groups[order])
        assert read_scores(run)["error"] == pytest.approx(expected["error"])
        assert expected["error"] != metrics.evaluate(patients, known.labels[order], oof.values)["error"]
    member = read_scores(made[0])["members"][0]
    own = predictions.load(made[0].member(0) / "oof.npz")
    order = predictions.find_rows(known.ids, own.ids)
    assert len(set(known.groups[order])) == 6
    assert member["error"] == metrics.evaluate(patients, known.labels[order], own.values, known.groups[order])["error"]
    best = max(made, key=lambda run: read_scores(run)["score"])
    theirs = predictions.load(best.oof)
    order = predictions.find_rows(known.ids, theirs.ids)
    gain = read_scores(joined)["gain_over_best_part"]
    ours = predictions.load(joined.oof).select(theirs.ids)
    told = metrics.gain(patients, known.labels[order], ours, theirs.values, known.groups[order])
    assert (gain["gain"], gain["error"]) == pytest.approx(told)
    assert np.isfinite(gain["error"])
