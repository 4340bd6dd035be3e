"""The last step of an ensemble: what it repairs, that it is judged on other folds than it was fitted on, and kept only then."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kit import metrics
from kit.competition import Submission
from kit.ensemble import calibration, choose_method, contribution, finish
from kit.ensemble.decisions import apply_cuts
from kit.plugins import load
from kit.targets import Classes, Labels
from kit.targets.links import softmax
from tests.ensemble.conftest import predictions

THREE = ("0", "1", "2")
THREE_CLASSES = Classes(THREE)


def competition(metric, kind="label"):
    """Of three classes."""
    columns = THREE if kind == "probability" else ("label",)
    form = Submission("id", columns, kind=kind)
    return replace(load("digit-recognizer"), target=THREE_CLASSES, metric=metric, submission=form)


LOG_LOSS = competition("log_loss", "probability")


def powered(probabilities, exponent):
    return softmax(exponent * np.log(probabilities))


def unfinished(said, folds):
    """As if a method had made them that fits nothing."""
    return finish.Unfinished(said, {int(fold): said[folds != fold] for fold in np.unique(folds)}, said)


@pytest.fixture
def folds(labels):
    return np.arange(len(labels)) % 4


def test_planted_over_confidence_is_repaired_with_an_interval(labels, folds):
    sure = powered(predictions(1, labels, 2.0), 5)
    honest, found = finish.fit_finish(LOG_LOSS, unfinished(sure, folds), labels, folds)
    assert found["applied"] and found["interval"][0] > 0 and found["interval"][0] < found["gain"] < found["interval"][1]
    gained = metrics.log_loss(labels, sure) - metrics.log_loss(labels, honest)
    assert found["gain"] == pytest.approx(gained) and gained > 0.2
    assert np.allclose(honest.sum(1), 1, atol=1e-5)
    test = finish.apply(THREE_CLASSES, sure, json.loads(json.dumps(found)))
    assert test.dtype == np.float32 and np.allclose(test.sum(1), 1, atol=1e-5)
    assert abs(metrics.log_loss(labels, test) - metrics.log_loss(labels, honest)) < 0.02
    assert (test.argmax(1) == sure.argmax(1)).all()


def test_a_clip_bounds_confident_errors_that_no_temperature_explains(labels):
    said = powered(predictions(1, labels, 4.0), 2)
    said[::50] = np.roll(said[::50], 1, axis=1)
    found = calibration.fit(LOG_LOSS, said, labels)
    assert 0.002 <= found["clip"] <= 0.02
    tempered = calibration.apply(
        THREE_CLASSES, said, {"temperature": calibration.fit_temperature(THREE_CLASSES, said, labels), "clip": 0.0}
    )
    clipped = calibration.apply(THREE_CLASSES, said, found)
    assert metrics.log_loss(labels, clipped) < 0.9 * metrics.log_loss(labels, tempered)
    assert clipped.min() == pytest.approx(found["clip"], rel=0.05)


def test_what_is_calibrated_already_is_left_alone(labels, folds):
    calm = predictions(1, labels, 2.0)
    calm = powered(calm, 1 / calibration.fit_temperature(THREE_CLASSES, calm, labels))
    honest, found = finish.fit_finish(LOG_LOSS, unfinished(calm, folds), labels, folds)
    assert (
        not found["applied"]
        and found["gain"] <= 0
        and metrics.log_loss(labels, honest) - metrics.log_loss(labels, calm) < 0.01
    )
    assert finish.apply(THREE_CLASSES, calm, found) is calm


def test_no_fold_has_a_say_in_its_finish(labels, folds):
    """Nor in whether there is one: where fold 1's labels turn, a sharper word is a loss, but that is not to be known."""
    shy = powered(predictions(1, labels, 2.0), 0.5)
    turned = np.where(folds == 1, (labels + 1) % 3, labels)
    said = [finish.fit_finish(LOG_LOSS, unfinished(shy, folds), truth, folds) for truth in (labels, turned)]
    assert said[0][1]["applied"] and not said[1][1]["applied"]
    assert np.array_equal(said[0][0][folds == 1], said[1][0][folds == 1])


@pytest.mark.parametrize("metric", ["accuracy", "auc"])
def test_other_metrics_need_no_finish(labels, folds, metric):
    said = predictions(1, labels, 2.0)
    assert finish.fit_finish(competition(metric), unfinished(said, folds), labels, folds) == (said, None)


def test_probabilities_are_never_cut_into_decisions(labels, folds):
    said = predictions(1, labels, 2.0)
    graded = competition("rmse", "probability")
    assert finish.fit_finish(graded, unfinished(said, folds), labels, folds)[1] is None


def graded(count, seed):
    """(labels, probabilities) of grades whose middle one is rarer than the probabilities say."""
    draw = np.random.default_rng(seed)
    place = draw.uniform(0, 2, count)
    labels = np.searchsorted([0.9, 1.1], place + 0.1 * draw.normal(size=count))
    return labels, softmax(-2 * (place[:, None] - np.arange(3)) ** 2)


@pytest.mark.parametrize("metric", ["quadratic_kappa", "rmse", "macro_f1"])
def test_planted_thresholds_are_found_and_hold_on_other_rows(metric):
    wanted = competition(metric)
    labels, said = graded(1500, 1)
    folds = np.arange(1500) % 3
    honest, found = finish.fit_finish(wanted, unfinished(said, folds), labels, folds)
    assert found["applied"] and found["gain"] > 3 * found["error"]
    assert metrics.evaluate(wanted, labels, honest)["score"] != metrics.evaluate(wanted, labels, said)["score"]
    fresh, unseen = graded(1500, 2)
    decided = finish.apply(wanted.target, unseen, json.loads(json.dumps(found)))
    gain, error = metrics.gain(wanted, fresh, decided, unseen)
    assert gain > 3 * error and np.allclose(decided.sum(1), 1, atol=1e-5)


def test_cuts_decide_the_class_of_the_largest_probability():
    said = np.random.default_rng(0).dirichlet(np.ones(4), 200).astype(np.float32)
    expected = said @ np.arange(4)
    decided = apply_cuts(THREE_CLASSES, said, {"cuts": [0.7, 1.9, 2.2]})
    assert np.array_equal(decided.argmax(1), np.searchsorted([0.7, 1.9, 2.2], expected))
    assert np.array_equal(np.sort(decided, axis=1), np.sort(said, axis=1))


def test_rmse_of_submitted_labels_is_that_of_the_labels():
    labels, said = np.array([0, 2]), np.array([[0.6, 0.4, 0.0], [0.0, 0.6, 0.4]])
    assert metrics.evaluate(competition("rmse"), labels, said)["score"] == pytest.approx(np.sqrt(0.5))
    assert metrics.evaluate(competition("rmse", "probability"), labels, said)["score"] == pytest.approx(
        np.sqrt(0.26), rel=1e-5
    )


def tagged(metric):
    """(a competition of five labels, chances float32 (1500, 5), labels drawn by them, folds)."""
    target, form = Labels(("a", "b", "c", "d", "e")), Submission("id", ("tags",), kind="labels")
    chances = np.random.default_rng(0).beta(1, 2, (1500, 5)).astype(np.float32)
    labels = (np.random.default_rng(1).random((1500, 5)) < chances).astype(np.uint8)
    wanted = replace(load("digit-recognizer"), target=target, metric=metric, submission=form)
    return wanted, chances, labels, np.arange(1500) % 5


@pytest.mark.parametrize("metric", ["row_f2", "micro_f2", "macro_f2"])
def test_an_f_score_of_labels_gets_a_threshold_for_each_label(metric):
    wanted, chances, labels, folds = tagged(metric)
    honest, found = finish.fit_finish(wanted, unfinished(chances, folds), labels, folds)
    assert found["applied"] and found["gain"] > 2 * found["error"]
    assert max(found["parameters"]["thresholds"]) < 0.4, "F2 asks for recall"
    assert metrics.gain(wanted, labels, honest, chances)[0] == pytest.approx(found["gain"])


def test_runs_of_labels_are_joined_by_their_probabilities_before_thresholds_decide():
    wanted, chances, labels, folds = tagged("row_f2")
    stack = np.stack([chances, chances**0.3])
    at_half = choose_method.choose(wanted, stack, labels, folds)
    assert np.array_equal(at_half.honest, stack[1]), "the run that exaggerates alone"
    chosen = choose_method.choose(finish.before_decision(wanted), stack, labels, folds)
    assert np.abs(chosen.honest - chances).mean() < 0.02
    assert finish.before_decision(LOG_LOSS) is LOG_LOSS


def test_what_thresholds_decide_afterwards_has_no_score_before_them():
    wanted, chances, labels, folds = tagged("row_f2")
    stack = np.stack([chances, chances**0.3])
    chosen = choose_method.choose(finish.before_decision(wanted), stack, labels, folds)
    rows = contribution.table(wanted, ["calm", "loud"], stack, stack, labels, folds, chosen)
    assert [row["score_lost_without"] for row in rows] == [None, None] and rows[0]["loss_lost_without"] > 0
