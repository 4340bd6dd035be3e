"""The benchmark of very many classes, with few of them: from its archive to a file."""

import json
from pathlib import Path

import numpy as np
import pytest

from kit import predictions, top_k
from kit.data.prepare import prepare
from kit.errors import DataError
from kit.kaggle.fetch import fetch_archive
from kit.learn import train
from kit.learn.recipes import many_classes as head
from kit.learn.recipes import scratch
from kit.learn.settings import resolve_settings
from kit.plugins import load
from kit.submission import check
from tests import command_line
from tests.bench import many_classes
from tests.learn.recipes.conftest import make_member

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


def test_runs_of_very_many_classes_are_compared_and_reported(home, monkeypatch):
    monkeypatch.setattr(top_k, "MAX_BYTES", 0)
    rows, archive = many_classes.draw_rows(CLASSES, ROWS, seed=0), home / "many.zip"
    many_classes.write(archive, rows, LEARNED)

    def kit(verb: str, *words: str) -> str:
        return command_line.here(["--competitions", str(many_classes.HERE), verb, *words]).stdout

    outcome = json.loads(
        kit("run", "many", "--from", str(archive), "--folds", "2", "--set", "head_strength=0.01", "--json")
    )
    assert "only the 12 most probable of 12 classes are kept" in Path(outcome["report"]).read_text()
    one = outcome["models"][0]["run"]
    other = kit("train", "many", "--folds", "1", "--set", "head_strength=0.001").split()[-1]
    assert json.loads(kit("diff", one, other, "--json"))["test"]["expected"]["from"] == "paired gain out of fold"
    submitted = json.loads(kit("submit", "many", other, "--json"))["path"]
    assert json.loads(kit("diff", one, submitted, "--json"))["test"]["best"] is None
    assert kit("diff", one, other) and kit("diff", one, submitted)


def test_the_nearest_means_come_first():
    rows = many_classes.draw_rows(CLASSES, ROWS, seed=0)
    inputs = rows.images.reshape(ROWS, -1).astype(float)
    means = np.stack([inputs[:LEARNED][rows.labels[:LEARNED] == one].mean(0) for one in range(CLASSES)])
    distances = ((inputs[LEARNED:, None] - means) ** 2).sum(-1)
    assert many_classes.find_nearest(rows, LEARNED)["place"].tolist() == distances.argsort(1)[:, :5].tolist()


def test_a_network_that_is_told_of_too_many_classes_is_one_line(prepared, home, monkeypatch):
    member = make_member(prepared, home)
    monkeypatch.setattr(scratch, "MAX_TOLD", 4 * 10 * 3)
    assert scratch.tell(member, np.arange(10)).shape == (10, 3)
    with pytest.raises(DataError, match="told of every class of every row, .*11 rows x 3 classes.*--recipe features"):
        scratch.tell(member, np.arange(11))
