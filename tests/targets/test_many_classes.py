"""The benchmark of very many classes, with few of them: from its archive to a file."""

import numpy as np

from kit import predictions, top_k
from kit.data.prepare import prepare
from kit.kaggle.fetch import fetch_archive
from kit.learn import train
from kit.learn.recipes import many_classes as head
from kit.learn.settings import resolve_settings
from kit.plugins import load
from kit.submission import check
from tests.bench import many_classes

CLASSES, ROWS, LEARNED = 12, 240, 192


def test_made_features_of_classes_that_lie_apart_are_told_better_than_by_the_nearest_mean(home, monkeypatch):
    monkeypatch.setattr(top_k, "MAX_BYTES", 0)
    monkeypatch.setattr(head, "MAX_PRODUCTS", 0)
    rows, archive = many_classes.draw_rows(CLASSES, ROWS, seed=0), home / "many.zip"
    many_classes.write(archive, rows, LEARNED)
    competition = load("many", [many_classes.HERE])
    fetch_archive(competition, archive)
    prepare(competition)
    run = train.train(competition, *resolve_settings(competition, {}, {"folds": 1}, ()))
    assert top_k.is_top_k(predictions.load(run.test).values)
    files = [check.build_or_read_checked(competition, run.id).path] * 3
    said, _, _, nearest = many_classes.scores(files, rows, LEARNED)
    assert said[1] > nearest[1]


def test_the_nearest_means_come_first():
    rows = many_classes.draw_rows(CLASSES, ROWS, seed=0)
    inputs = rows.images.reshape(ROWS, -1).astype(float)
    means = np.stack([inputs[:LEARNED][rows.labels[:LEARNED] == one].mean(0) for one in range(CLASSES)])
    distances = ((inputs[LEARNED:, None] - means) ** 2).sum(-1)
    assert many_classes.find_nearest(rows, LEARNED)["place"].tolist() == distances.argsort(1)[:, :5].tolist()
