"""`kit pick`: the simulated board against what theory says of it, and the pair against what it should be."""

import json
from dataclasses import replace

import numpy as np
import pytest

from kit.leaderboard import final_two
from tests.compare.conftest import sure, wrong

UNKNOWN = np.array([np.nan, np.nan])


def test_scores_are_believed_by_their_rows_and_an_easier_board_is_no_merit():
    scores, public = np.array([0.80, 0.90, 0.70]), np.array([0.95, 0.85, np.nan])
    centre, rows = final_two.estimate_centers(scores, public, 300, 100)
    # public scores are 0.05 higher on average: 0.90 and 0.80 without that
    assert centre == pytest.approx([0.825, 0.875, 0.70])
    assert rows.tolist() == [400, 400, 300]
    alone, rows = final_two.estimate_centers(scores, np.full(3, np.nan), 300, 100)
    assert alone == pytest.approx(scores) and rows.tolist() == [300, 300, 300]


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_simulated_boards_spread_as_sampling_theory_says(stripes, metric):
    competition, labels = replace(stripes, metric=metric), np.arange(900) % 3
    said = [wrong(labels, range(90)), wrong(labels, range(30, 210))]
    boards = final_two.simulate_boards(
        competition, labels, np.stack([sure(one) for one in said]), UNKNOWN, 100, 1800, draws=4000
    )
    shares = np.array([0.1, 0.2])
    cost = 1.0 if metric == "accuracy" else np.log(0.8 / 0.1)
    deviation = cost * np.sqrt(shares * (1 - shares) * (1 / 900 + 1 / 1800))
    best = 1 if metric == "accuracy" else np.log(0.8)
    assert boards.mean(0) == pytest.approx(best - cost * shares, abs=4 * deviation.max() / np.sqrt(4000))
    assert boards.std(0) == pytest.approx(deviation, rel=0.05)
    covariance = 60 / 900 - shares.prod()
    expected = covariance / np.sqrt((shares * (1 - shares)).prod())
    assert np.corrcoef(boards.T)[0, 1] == pytest.approx(expected, abs=0.06)


def test_a_public_score_narrows_what_is_simulated_of_its_run(stripes):
    labels = np.arange(900) % 3
    stack = np.stack([sure(wrong(labels, range(90)))] * 2)
    boards = final_two.simulate_boards(stripes, labels, stack, np.array([0.9, np.nan]), 900, 1800)
    ratio = np.sqrt((1 / 1800 + 1 / 1800) / (1 / 900 + 1 / 1800))
    assert boards[:, 0].std() / boards[:, 1].std() == pytest.approx(ratio, rel=1e-6)


def test_metrics_that_are_no_mean_are_resampled(stripes):
    competition, labels = replace(stripes, metric="macro_f1"), np.arange(300) % 3
    stack = np.stack([sure(wrong(labels, range(rows))) for rows in (30, 60)])
    boards = final_two.simulate_boards(competition, labels, stack, UNKNOWN, 100, 300, draws=60)
    assert boards.mean(0) == pytest.approx([0.9, 0.8], abs=0.01)
    assert boards.std(0) == pytest.approx(np.sqrt([0.9 * 0.1 / 150, 0.8 * 0.2 / 150]), rel=0.35)


def test_the_second_is_one_that_fails_elsewhere():
    """Of two runs that are a little behind the best, the one that does not fail together with it."""
    generator = np.random.default_rng(0)
    best = generator.normal(size=5000)
    boards = np.stack([generator.normal(-0.2, 1, 5000), best - 0.1, best, best - 3], axis=1)
    assert final_two.best_pair(boards) == (2, 0)
    told = final_two.prospect(boards, (2, 0))
    assert told["expected_max"] == pytest.approx(np.maximum(boards[:, 0], best).mean())
    assert told["first_is_better"] == pytest.approx(0.5 + 0.2 / np.sqrt(4 * np.pi), abs=0.02)
    assert final_two.two_best(np.array([0.1, np.nan, 0.3, 0.2])) == (2, 3)
    assert final_two.two_best(np.array([0.1, np.nan])) is None


def test_the_command(kit, field):
    """a and b fail on the same rows, c on others; b has the better public score, but c belongs beside a."""
    labels, test = field.labels, field.test
    a = field.make("a", wrong(labels, range(18)), test)
    b = field.make("b", wrong(labels, range(19)), test)
    c = field.make("c", wrong(labels, range(70, 89)), wrong(test, range(6)))
    field.make("late", labels, wrong(test, range(3)))
    for number, (run, public) in enumerate(((a, "0.8"), (b, "0.8"), (c, None)), 1):
        field.submit(run, public, number)
    done = kit("pick", "tiny-stripes", "--json", "--public-share", "0.2")
    found = json.loads(done.stdout)
    assert (found["public_rows"], found["private_rows"], found["out_of_fold_rows"]) == (6, 24, 90)
    assert set(found["proposed"]["runs"]) in ({a.id, c.id}, {b.id, c.id})
    assert found["proposed"]["differs"] == pytest.approx(0.2)
    assert set(found["best_public"]["runs"]) == {a.id, b.id}
    assert found["best_cv"]["runs"][0] == a.id
    assert found["proposed"]["expected_max"] > found["best_public"]["expected_max"]
    assert " diff " in done.stderr
    text = kit("pick", "tiny-stripes", "--all").stdout
    assert text.startswith("safe           tiny-stripes-late-")


def test_one_submission_makes_no_pair(kit, field):
    field.submit(field.make("a", field.labels, field.test), "0.8")
    refused = kit("pick", "tiny-stripes", check=False)
    assert refused.returncode == 3 and "received 1 submitted here; --all chooses" in refused.stderr


def test_a_run_that_judged_few_rows_does_not_blind_the_others(kit, field):
    for name in ("a", "b"):
        field.make(name, wrong(field.labels, range(9)), field.test)
    hold_out = field.make("c", field.labels, field.test, rows=30)
    done = kit("pick", "tiny-stripes", "--all", "--json")
    found = json.loads(done.stdout)
    assert found["out_of_fold_rows"] == 90 and hold_out.id not in found["proposed"]["runs"]
    assert f"left out, as judged on too few rows: {hold_out.id}" in done.stderr
