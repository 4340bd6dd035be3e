"""The top k classes of each row (kit.top_k) in place of all probabilities, from training to the submitted file."""

from dataclasses import replace

import numpy as np
import pytest

from kit import metrics, predictions, top_k
from kit.competition import Submission
from kit.ensemble.build import ensemble
from kit.errors import DataError
from kit.learn import train
from kit.learn.recipe import Recipe
from kit.learn.settings import resolve_settings
from kit.predictions import Predictions
from kit.review import labels
from kit.runs.scores import read_scores
from kit.submission import build, check, local
from kit.submission.read_back import read_back
from kit.targets import Classes

CLASSES = Classes(tuple("abcdefg"))


def draw_rows(rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(7), rows).astype(np.float32)


def test_the_k_best_are_kept_and_the_first_of_equal_ones_leads():
    kept = top_k.keep(np.array([[0.1, 0.2, 0.2, 0.5]], np.float32), 3)
    assert kept["place"].tolist() == [[3, 1, 2]]
    assert kept["probability"].tolist() == [[0.5, np.float32(0.2), np.float32(0.2)]]


def test_what_the_k_leave_is_spread_over_the_other_classes():
    kept = top_k.keep(np.array([[0.5, 0.3, 0.15, 0.05]], np.float32).repeat(2, 0), 2)
    assert top_k.probability_of(kept, np.array([1, 3]), 4) == pytest.approx([0.3, 0.1])


def test_a_mean_of_all_classes_is_the_usual_one(monkeypatch):
    monkeypatch.setattr(top_k, "ROWS", 7)
    stack = np.stack([draw_rows(20), draw_rows(20, seed=1)])
    joined = top_k.mean(np.stack([top_k.keep(each) for each in stack]), np.array([0.3, 0.7]))
    expected = top_k.keep(0.3 * stack[0] + 0.7 * stack[1])
    assert (joined["place"] == expected["place"]).all()
    assert joined["probability"] == pytest.approx(expected["probability"], abs=1e-7)


def test_a_class_that_one_run_does_not_keep_counts_with_what_the_others_say():
    stack = np.stack([top_k.keep(np.array([row], np.float32), 1) for row in ([0.9, 0.1, 0], [0.2, 0, 0.8])])
    joined = top_k.mean(stack, np.array([0.5, 0.5]))
    assert joined["place"].tolist() == [[0]]
    assert joined["probability"] == pytest.approx(0.45)


def test_they_survive_the_disk_and_another_order_of_the_classes(tmp_path, prepared):
    values = top_k.keep(np.array([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3]], np.float32), 2)
    predictions.save(tmp_path / "p.npz", Predictions(np.array(["1", "2"]), values, ("none", "steep", "flat")))
    ordered = predictions.order_columns(prepared, predictions.load(tmp_path / "p.npz"))
    assert ordered.columns == ("flat", "steep", "none")
    assert ordered.values["place"].tolist() == [[1, 0], [2, 0]]
    assert ordered.select(["2"])["probability"].tolist() == values[1:]["probability"].tolist()


@pytest.mark.parametrize("spoil", [{"place": 7}, {"place": -1}, {"probability": np.nan}, {"probability": 2.0}])
def test_what_is_no_top_k_is_refused(spoil):
    values = top_k.keep(draw_rows(3), 4)
    assert not CLASSES.find_bad(values).any()
    for field, value in spoil.items():
        values[field][1, 2] = value
    with pytest.raises(DataError, match="1 rows of predictions are not probabilities"):
        predictions.make(["1", "2", "3"], values, CLASSES)


@pytest.mark.parametrize(
    ("kind", "metric"),
    [
        ("ranking", "map@3"),
        *[
            ("label", name)
            for name in ("map@3", "accuracy", "balanced_accuracy", "macro_f1", "micro_f2", "quadratic_kappa")
        ],
    ],
)
@pytest.mark.parametrize("sparse", [False, True])
def test_scores_losses_and_files_are_those_of_all_classes(prepared, monkeypatch, metric, kind, sparse):
    form = Submission("Id", ("Label",), kind, k=3)
    competition = replace(prepared, target=CLASSES, metric=metric, submission=form)
    values, other, labels = draw_rows(40), draw_rows(40, seed=1), np.arange(40) % 7
    ids = np.arange(1, 41).astype(str)
    scores = metrics.evaluate(competition, labels, values)
    gain = metrics.gain(competition, labels, values, other)
    file = build.build(competition, Predictions(ids, values, CLASSES.columns))
    back = read_back(competition, file)[1]
    if sparse:
        monkeypatch.setattr(top_k, "MAX_BYTES", 0)
    kept = top_k.keep(values)
    assert metrics.evaluate(competition, labels, kept) == scores
    assert metrics.gain(competition, labels, kept, top_k.keep(other)) == gain
    assert CLASSES.losses(labels, kept) == pytest.approx(CLASSES.losses(labels, values))
    assert build.build(competition, Predictions(ids, kept, CLASSES.columns)) == file
    listed = read_back(competition, file)[1]
    assert isinstance(listed, np.ndarray) is not sparse
    assert (listed.toarray() if sparse else listed).tolist() == back.tolist()


def test_a_file_that_is_read_sparsely_is_scored_alike(prepared, monkeypatch, tmp_path):
    competition = replace(prepared, metric="map@3", submission=Submission("Id", ("Label",), "ranking", k=2))
    file, solution = b"Id,Label\n2,steep none\n1,none\n", tmp_path / "solution.csv"
    solution.write_text("Id,Label\n1,none\n2,none\n")
    assert local.score(file, competition, solution) == 0.75
    monkeypatch.setattr(top_k, "MAX_BYTES", 0)
    assert local.score(file, competition, solution) == 0.75


def _predict_by_brightness(member):
    """Probabilities that follow from the pixels and from the seed, without a training."""
    mixing = np.random.default_rng(member.config.seed).normal(0, 0.02, (64, 3))

    def run(split, rows, views, label):
        return member.competition.target.activate(split.images[rows].reshape(len(rows), -1) @ mixing)

    return run


@pytest.fixture
def guessing(prepared):
    """tiny-stripes with a recipe that learns nothing."""
    recipe = Recipe(
        lambda member: [{"seconds": 0.0}],
        _predict_by_brightness,
        lambda member: None,
        networks=lambda competition: {"mixing": None},
        settings=(),
        epochs=lambda config: (),
    )
    form = Submission("Id", ("Label",), "ranking", k=2)
    defaults = {"recipe": "guess", "backbone": "mixing"}
    return replace(prepared, metric="map@3", submission=form, recipes={"guess": recipe}, defaults=defaults)


def train_two(competition):
    return [train.train(competition, *resolve_settings(competition, {}, {"seed": seed}, ())) for seed in (0, 1)]


def test_where_all_would_not_fit_the_way_to_the_file_is_the_same(guessing, monkeypatch):
    whole = train_two(guessing)
    monkeypatch.setattr(top_k, "MAX_BYTES", 0)
    monkeypatch.setattr(top_k, "BLOCK_BYTES", 12 * 7)
    runs = train_two(guessing)
    for one, other in zip(whole, runs, strict=True):
        assert top_k.is_top_k(predictions.load(other.test).values)
        assert read_scores(one)["score"] == read_scores(other)["score"]
        files = [check.build_or_read_checked(guessing, run.id).data for run in (one, other)]
        assert files[0] == files[1]
    joined = ensemble(guessing, runs)
    scores = read_scores(joined)
    assert [row["method"] for row in scores["methods"]] == ["single", "mean"]
    assert check.build_or_read_checked(guessing, joined.id).report.rows == 30
    with pytest.raises(DataError, match="a review needs all probabilities of a row"):
        labels.propose(joined, guessing)


def test_a_test_image_that_cannot_be_read_gets_the_top_k_of_the_class_prior(guessing, monkeypatch):
    monkeypatch.setattr(top_k, "MAX_BYTES", 0)
    data, _ = train.load(guessing)
    unread = replace(data.test, readable=np.arange(30) != 4)
    monkeypatch.setattr(
        train, "load", lambda competition, real=train.load: (replace(data, test=unread), real(competition)[1])
    )
    run = train.train(guessing, *resolve_settings(guessing, {}, {"folds": 1}, ()))
    row = predictions.load(run.test).select([data.test.ids[4]])
    assert row["probability"] == pytest.approx(1 / 3, abs=0.05)
