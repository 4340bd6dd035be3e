"""The forecast of the private board against what theory says of it, and against what comes of made seasons."""

from dataclasses import replace

import numpy as np
import pytest

from kit import metrics
from kit.competition import Metric, Submission
from kit.errors import DataError
from kit.leaderboard import private_board
from kit.leaderboard.listed import Listed
from kit.stats.covariance import row_covariance
from tests.bench import final_two, odd
from tests.bench.seasons import average
from tests.compare.conftest import sure, wrong

UNKNOWN = np.array([np.nan, np.nan])
ROWS = (900, 100, 1800)


def test_an_easier_board_is_no_merit_but_is_part_of_the_forecast():
    cv, public = np.array([0.80, 0.90, 0.70]), np.array([0.90, 0.90, np.nan])
    forecast = private_board.infer(cv, public, 0.2 * np.eye(3), (2000, 2000, 2000))
    # public scores are 0.05 higher on average: 0.85 and 0.85 without that
    assert forecast.mean == pytest.approx([0.875, 0.925, 0.75], abs=0.006)
    assert forecast.shift[0] == pytest.approx(0.05, abs=0.01) and 0 < forecast.shift[1] < 0.02
    alone = private_board.infer(cv, np.full(3, np.nan), 0.2 * np.eye(3), (2000, 2000, 2000))
    assert alone.mean == pytest.approx(cv, abs=0.005) and alone.shift[0] == 0
    assert (alone.error > forecast.error).all()


def test_of_equal_runs_the_lead_is_luck():
    """Scores that differ by no more than their rows explain are drawn together; those that differ by much are left."""
    near, far = np.array([0.80, 0.81, 0.82]), np.array([0.6, 0.8, 0.9])
    drawn = private_board.infer(near, np.full(3, np.nan), 0.16 * np.eye(3), (400, 100, 300))
    assert np.ptp(drawn.mean) < 0.1 * np.ptp(near)
    assert private_board.infer(far, np.full(3, np.nan), 0.16 * np.eye(3), (400, 100, 300)).mean == pytest.approx(
        far, abs=0.01
    )


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_a_forecast_spreads_as_sampling_theory_says(stripes, metric, monkeypatch):
    monkeypatch.setattr(private_board, "LEAST_SHIFT", 0)
    form = stripes.submission if metric == "accuracy" else Submission("Id", stripes.target.columns, "probability")
    competition, labels = replace(stripes, metric=metric, submission=form), np.arange(900) % 3
    said = [wrong(labels, range(90)), wrong(labels, range(30, 390))]
    forecast = private_board.forecast(competition, labels, np.stack([sure(one) for one in said]), UNKNOWN, *ROWS[1:])
    shares = np.array([0.1, 0.4])
    cost = 1.0 if metric == "accuracy" else np.log(0.8 / 0.1)
    deviation = cost * np.sqrt(shares * (1 - shares) * (1 / 900 + 1 / 1800))
    best = 1 if metric == "accuracy" else np.log(0.8)
    assert forecast.mean == pytest.approx(best - cost * shares, abs=0.005)
    assert forecast.error == pytest.approx(deviation, rel=0.02)
    covariance = 60 / 900 - shares.prod()
    expected = covariance / np.sqrt((shares * (1 - shares)).prod())
    correlation = forecast.covariance[0, 1] / forecast.error.prod()
    assert correlation == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("influence", [True, False])
def test_the_covariance_of_metrics_that_are_no_mean_is_that_of_their_errors(influence):
    """By influence, and by a bootstrap over rows, never within classes: how many there are of each is luck, too."""
    own = metrics.METRICS["macro_f1"] if influence else replace(metrics.METRICS["macro_f1"], influence=None)
    labels = np.repeat([0, 1, 2], [240, 45, 15])
    stack = [sure(wrong(labels, range(0, 300, step))) for step in (10, 5)]
    found = row_covariance(own, labels, stack)
    errors = [metrics.standard_errors.standard_error(own, labels, one) for one in stack]
    assert np.sqrt(found.diagonal() / 300) == pytest.approx(errors, rel=0.15)
    assert 0.3 < found[0, 1] / np.sqrt(found.diagonal().prod()) < 0.95


def test_runs_that_are_all_right_are_not_sure_and_an_undefined_metric_is_refused(stripes):
    labels = np.arange(90) % 3
    forecast = private_board.forecast(stripes, labels, np.stack([sure(labels)] * 2), UNKNOWN, 30, 60)
    assert forecast.mean == pytest.approx([1, 1]) and (forecast.error > 1 / 91).all()
    undefined = Metric(lambda labels, values: np.nan, True)
    with pytest.raises(DataError, match="not defined on the rows"):
        row_covariance(undefined, labels, [sure(labels)] * 2)


def test_runs_of_the_same_decisions_with_other_public_scores_do_not_contradict():
    covariance = np.ones((3, 3)) * 0.16 + np.diag([0, 0, 0.02])
    forecast = private_board.infer(np.array([0.8, 0.8, 0.79]), np.array([0.81, 0.82, 0.8]), covariance, ROWS)
    assert forecast.mean == pytest.approx([0.81, 0.81, 0.8], abs=0.02) and (forecast.error < 0.05).all()


def test_a_covariance_that_hangs_on_a_few_rows_is_drawn_to_what_runs_have_in_common():
    """Of log losses; where rows contribute 0 or 1 none says nearly all, and the sample is left as it is."""
    draw = np.random.default_rng(0)
    labels, right = np.zeros(200, int), 1 - 0.99 * (draw.random((6, 200)) < 0.03)
    said = [np.stack([one, 1 - one], 1) for one in np.clip(right, 0.01, 0.99)]
    for metric, left_alone in (("log_loss", False), ("accuracy", True)):
        own = metrics.METRICS[metric]
        sample = np.cov([own.per_row(labels, one) for one in said], bias=True)
        apart = np.ptp(np.log([sample.diagonal(), row_covariance(own, labels, said).diagonal()]), axis=1)
        assert apart[1] == pytest.approx(apart[0]) if left_alone else apart[1] < apart[0] / 2


@pytest.mark.parametrize("influence", [True, False])
def test_rows_of_one_group_rise_and_fall_together(influence):
    own = metrics.METRICS["accuracy"]
    own = own if influence else replace(own, per_row=None, influence=None)
    labels = np.arange(100) % 3
    said, groups = [sure(wrong(labels, range(0, 100, step))) for step in (3, 6)], np.repeat(np.arange(100), 9)
    alone = row_covariance(own, labels, said) / 100
    nine = row_covariance(own, np.repeat(labels, 9), [np.repeat(one, 9, axis=0) for one in said], groups) / 900
    assert nine == pytest.approx(alone, rel=0.25 if not influence else 0.02)


def test_what_is_forecast_comes_true(monkeypatch):
    """A short form of `make bench ARGS=final_two`; without the shift of the board the same seasons do not come true."""
    outcomes = [final_two.judge_metric(metric, 40, seed=0) for metric in ("accuracy", "rmse")]
    off = np.concatenate([one.off for one in outcomes])
    lost = np.concatenate([one.lost / one.unit[:, None] for one in outcomes])
    mean, error = average(off)
    assert 0.68 <= np.mean([one.held for one in outcomes]) <= 0.92 and abs(mean) < 3 * error
    assert (lost[:, 1:].mean(0) > lost[:, 0].mean()).all()
    monkeypatch.setattr(private_board, "_shift", lambda *_: 1e-12)
    assert final_two.judge_metric("accuracy", 40, seed=0).held < 0.68


def test_a_shift_moves_a_run_in_proportion_to_how_much_its_rows_differ():
    """Public log losses are a tenth higher: that of the good run, not sent, by less than those of the others."""
    cv, public = -np.array([0.1, 0.5, 0.6]), -np.array([np.nan, 0.55, 0.66])
    forecast = private_board.infer(cv, public, np.diag([0.1, 0.5, 0.6]) ** 2, (20_000, 20_000, 20_000))
    assert forecast.mean == pytest.approx([-0.11, -0.55, -0.66], abs=0.003)
    assert forecast.shift[0] == pytest.approx(-0.04, abs=0.005), "that of the runs on average"


@pytest.mark.parametrize("rows", [2, 60])
@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_at_the_edge_a_log_loss_has_a_forecast_with_an_error(stripes, rows, share):
    """None, half and all right, by runs that say the same and by one that is surer; few rows, and a submission of the list."""
    form = Submission("Id", stripes.target.columns, "probability")
    competition, labels = replace(stripes, metric="log_loss", submission=form), np.arange(rows) % 3
    said = sure(wrong(labels, range(round((1 - share) * rows))))
    surer = said**2 / (said**2).sum(1, keepdims=True)
    more = Listed(np.array([np.nan]), np.array([np.nan]), np.array([0.7]))
    forecast = private_board.forecast(
        competition, labels, np.stack([said, said, surer]), np.full(3, np.nan), 30, 60, listed=more
    )
    assert np.isfinite(forecast.mean).all() and (forecast.error > 0.005).all()
    assert forecast.mean[0] == pytest.approx(forecast.mean[1])


def test_a_submission_that_went_wrong_moves_no_other_forecast():
    """A file whose rows were in another order, and a constant that only the list knows: public scores of 0.1."""
    cv, public, none = np.array([0.80, 0.82, 0.81, 0.79]), np.array([0.82, 0.85, 0.84, np.nan]), np.array([np.nan])
    rows, covariance = (2000, 1000, 2000), 0.15 * np.eye(5)
    usual = private_board.infer(cv, public, covariance[:4, :4], rows)
    for own in (none, np.array([0.81])):
        beside = private_board.infer(np.append(cv, own), np.append(public, 0.1), covariance, rows)
        assert beside.mean[:4] == pytest.approx(usual.mean, abs=0.25 * usual.error.min())
        assert beside.error[:4] == pytest.approx(usual.error, rel=0.1)
        assert beside.mean[4] == pytest.approx(0.1, abs=0.01)
        assert (usual.odd, beside.odd) == ((), (4,))


def test_forecasts_hold_beside_submissions_that_went_wrong():
    off = odd.judge(140, 5)
    held = (np.abs(off) <= final_two.final_two.WITHIN).mean(0)
    assert ((held > 0.7) & (held < 0.9)).all() and np.abs(off.mean(0)).max() < 0.3
