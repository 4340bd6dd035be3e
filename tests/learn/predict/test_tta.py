"""Which views `--tta auto` keeps on made-up predictions, that what chooses never judges, and the road through the CLI."""

import json

import numpy as np
import pytest

from kit import metrics, predictions, runs
from kit.learn.predict import choose_views, tta
from kit.plugins import load
from kit.targets import Classes
from kit.targets.links import softmax

N = 1200
LABELS = np.random.default_rng(0).integers(0, 3, N)
FOLDS = np.arange(N) % 4
TARGET = Classes(("a", "b", "c"))


@pytest.fixture
def competition():
    return load("digit-recognizer")  # for its metric, accuracy


def view(seed, *, skill=2.0, noise=1.0, wrong=0.0):
    """float32 (N, 3) probabilities; of a share `wrong` of the rows, they favour another class."""
    draw = np.random.default_rng(seed)
    towards = np.where(draw.random(N) < wrong, (LABELS + 1) % 3, LABELS)
    return softmax(draw.normal(size=(N, 3)) * noise + skill * np.eye(3)[towards])


def test_views_that_help_are_kept_and_one_that_hurts_is_dropped(competition):
    stack = np.stack([view(1), view(2), view(3, wrong=0.9), view(4)])
    choice = choose_views.choose(competition, ["identity", "good", "bad", "fair"], stack, LABELS, FOLDS)
    assert set(choice.views) == {"identity", "good", "fair"} and choice.views[0] == "identity"
    rows = {row["view"]: row for row in choice.report["views"]}
    assert rows["good"]["loss_gain"] > 3 * rows["good"]["loss_error"] > 0 and rows["good"]["kept_in_folds"] == 4
    assert rows["bad"]["loss_gain"] < 0 and rows["bad"]["gain"] < 0 and not rows["bad"]["kept"]
    assert metrics.log_loss(
        LABELS, choose_views.cross_fit(TARGET, choice.by_fold, stack, FOLDS)
    ) < 0.8 * metrics.log_loss(LABELS, stack[0])
    json.dumps(choice.report)


def test_noise_is_not_called_a_gain(competition):
    """Views that differ from the first by what is neither right nor wrong may be kept, but their gain stays within noise."""
    first, called = view(1), 0
    for seed in range(20):
        shaken = np.random.default_rng(seed).normal(size=(6, *first.shape)) * 0.05
        stack = np.concatenate([first[None], softmax(np.log(first) + shaken)])
        gained = choose_views.choose(competition, list("abcdefg"), stack, LABELS, FOLDS).report["gain_over_first_view"]
        called += gained["loss_gain"] > 2 * gained["loss_error"]
    assert called <= 2


def test_the_honest_score_is_not_that_in_sample(competition):
    """Of many views of pure noise the best looks good where it was chosen; on other rows it is not."""
    rows = np.arange(N) < 60
    stack = np.stack([view(seed, skill=0.5, noise=2.0) for seed in range(12)])[:, rows]
    choice = choose_views.choose(competition, [f"view {n}" for n in range(12)], stack, LABELS[rows], FOLDS[rows])
    honest = choose_views.cross_fit(TARGET, choice.by_fold, stack, FOLDS[rows])
    assert choice.report["optimistic_score"] > metrics.evaluate(competition, LABELS[rows], honest)["score"]


def test_no_fold_has_a_say_in_how_it_is_judged(competition):
    stack = np.stack([view(1), view(2), view(3)])
    before = choose_views.choose(competition, ["a", "b", "c"], stack, LABELS, FOLDS)
    changed = np.where(FOLDS == 1, (LABELS + 1) % 3, LABELS)
    after = choose_views.choose(competition, ["a", "b", "c"], stack, changed, FOLDS)
    assert before.by_fold[1] == after.by_fold[1] and before.by_fold[0] != after.by_fold[0]
    same = choose_views.cross_fit(TARGET, before.by_fold, stack, FOLDS) == choose_views.cross_fit(
        TARGET, after.by_fold, stack, FOLDS
    )
    assert same[FOLDS == 1].all() and not same[FOLDS == 0].all()


def test_logits_or_probabilities_whichever_is_better(competition):
    """Where a view that errs is unsure, logits listen to the sure one more than probabilities do; where it is sure of
    nonsense, probabilities bound the harm."""
    truth = np.eye(3)[LABELS]
    noisy = [softmax(np.random.default_rng(n).normal(size=(N, 3)) * 1.5 + 1.5 * truth) for n in (1, 2)]
    assert choose_views.best(competition, np.stack(noisy), LABELS).how == "logits"
    broken = [np.array(one) for one in noisy]
    for number, one in enumerate(broken):
        one[number::10] = np.roll(truth, 1, axis=1)[number::10] * 0.9999 + 0.0001 / 3
    assert choose_views.best(competition, np.stack(broken), LABELS).how == "probabilities"


def test_an_average_of_logits_survives_probabilities_of_zero():
    stack = np.array([[[1.0, 0.0, 0.0]], [[0.5, 0.5, 0.0]]], np.float32)
    for how in tta.AVERAGES:
        said = tta.average(TARGET, stack, how)
        assert said.dtype == np.float32 and np.isfinite(said).all() and said.sum() == pytest.approx(1)
    assert tta.average(TARGET, stack, "probabilities").tolist() == [[0.75, 0.25, 0.0]]
    values = np.random.default_rng(0).normal(size=(4, 5, 3))
    expected = softmax(values.mean(0))
    assert np.allclose(tta.average(TARGET, softmax(values), "logits"), expected, atol=1e-6)


def test_auto_predicts_with_the_views_it_chose_and_says_what_each_is_worth(here, prepared, plugins):
    plugin = plugins / "tiny-stripes" / "competition.py"
    plugin.write_text(
        plugin.read_text().replace('"identity", "hflip"', '"hflip", "identity", "zoom_in", "crop_top_left"')
    )
    run = runs.find(
        here("train", "tiny-stripes", "--folds", "1", "--seeds", "2", "--set", "tta=identity").stdout.splitlines()[-1]
    )
    done = here("predict", run.id, "--tta", "auto")
    auto = runs.find(done.stdout.splitlines()[-1])
    metric = json.loads(auto.metrics.read_text())
    report = metric["tta"]
    kept = [row["view"] for row in report["views"] if row["kept"]]
    assert [row["view"] for row in report["views"]] == ["identity", "hflip", "zoom_in", "crop_top_left"]
    assert set(auto.config.tta) == set(kept) and auto.config.tta[0] == "identity" and auto.parents == (run.id,)
    assert auto.config.average == report["average"] and f"averaged: {report['average']}" in done.stdout
    assert done.stdout.count("dropped") == 4 - len(kept) and "in sample, on the rows that chose" in done.stdout
    oof = predictions.load(auto.oof)
    assert metric["rows"] == len(oof.ids) == 30 and len(metric["members"]) == 2

    again = runs.find(here("predict", auto.id, "--tta", ",".join(auto.config.tta)).stdout.splitlines()[-1])
    assert again.config.average == auto.config.average and "tta" not in json.loads(again.metrics.read_text())
    assert np.array_equal(predictions.load(again.test).values, predictions.load(auto.test).values)
