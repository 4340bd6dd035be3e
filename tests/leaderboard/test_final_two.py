"""`kit pick`: the pair against what it should be."""

import json
import re

import numpy as np
import pytest

from kit.leaderboard import final_two
from kit.leaderboard.private_board import Forecast
from tests.compare.conftest import wrong


def test_the_larger_of_two_scores_is_expected_as_a_simulation_has_it():
    generator = np.random.default_rng(0)
    mixed = generator.normal(size=(4, 4))
    forecast = Forecast(np.array([0.90, 0.91, 0.88, 0.905]), mixed @ mixed.T / 1000, (0.0, 0.0))
    boards = generator.multivariate_normal(forecast.mean, forecast.covariance, 400_000)
    expected, error = final_two.expect_maximum(forecast)
    for pair in ((0, 1), (2, 3), (1, 1)):
        best = boards[:, list(pair)].max(1)
        assert expected[pair] == pytest.approx(best.mean(), abs=4 * best.std() / np.sqrt(400_000))
        assert error[pair] == pytest.approx(best.std(), rel=0.01)
    assert final_two.expect_win(forecast, (1, 0)) == pytest.approx((boards[:, 1] > boards[:, 0]).mean(), abs=0.005)
    gain, noise = final_two.compare_pairs(forecast, (0, 1), (0, 2))
    difference = boards[:, :2].max(1) - boards[:, [0, 2]].max(1)
    assert gain == pytest.approx(difference.mean(), abs=0.001) and noise == pytest.approx(difference.std(), rel=0.05)


def test_the_second_is_one_that_fails_elsewhere():
    """Of two runs that are a little behind the best, the one that does not fail together with it; the safe one first."""
    covariance = np.eye(4)
    covariance[1:3, 1:3] = 0.999
    forecast = Forecast(np.array([-0.2, -0.1, 0.0, -3.0]), covariance, (0.0, 0.0))
    assert final_two.best_pair(forecast) == (2, 0)
    assert final_two.expect_win(forecast, (2, 0)) > 0.5, "what is expected to score higher is the likelier winner"
    assert final_two.two_best(np.array([0.1, np.nan, 0.3, 0.2])) == (2, 3)
    assert final_two.two_best(np.array([0.1, np.nan])) is None


def test_the_command(here, field):
    """a and b fail on the same rows, c on others; b has the better public score, but c belongs beside a."""
    labels, test = field.labels, field.test
    a = field.make("a", wrong(labels, range(18)), test)
    b = field.make("b", wrong(labels, range(19)), test)
    c = field.make("c", wrong(labels, range(70, 89)), wrong(test, range(6)))
    late = field.make("late", labels, wrong(test, range(3)))
    for number, (run, public) in enumerate(((a, "0.8"), (b, "0.8"), (c, None)), 1):
        field.submit(run, public, number)
    done = here("pick", "tiny-stripes", "--json", "--public-share", "0.2")
    found = json.loads(done.stdout)
    assert (found["public_rows"], found["private_rows"], found["out_of_fold_rows"]) == (6, 24, 90)
    assert set(found["proposed"]["runs"]) in ({a.id, c.id}, {b.id, c.id})
    assert found["proposed"]["differs"] == pytest.approx(0.2)
    assert set(found["best_public"]["runs"]) == {a.id, b.id}
    assert found["best_cv"]["runs"][0] == a.id
    assert found["proposed"]["expected_max"] > found["best_public"]["expected_max"]
    low, high = found["proposed"]["interval"]
    assert low < found["proposed"]["expected_max"] < high <= 1
    assert found["best_public"]["noise"] and found["best_public"]["behind"] > 0
    assert found["public_scores"] == 2 and abs(found["shift"]["of"]) < found["shift"]["error"]
    people = here("pick", "tiny-stripes", "--public-share", "0.2").stdout
    assert "less, equal within the noise" in people and "expected, the better of the two with 5" in people
    assert "to tick at https://www.kaggle.com/competitions/tiny-stripes/submissions" in people and "not asked" in people
    assert " diff " in done.stderr
    text = here("pick", "tiny-stripes", "--all").stdout
    assert text.startswith("safe           tiny-stripes-late-") and re.search(f"not sent yet +{late.id}", text)


def test_the_two_are_found_at_kaggle_and_what_is_ticked_there_is_told(here, field, kaggle):
    runs = [field.make(name, wrong(field.labels, range(18 + n)), field.test) for n, name in enumerate("ab")]
    for one, run in enumerate(runs, 1):
        told = {"ref": one, "status": "COMPLETE", "publicScore": f"0.{80 + one}", "submittedBy": "ann"}
        told |= {"description": f"wide: {run.id} 0123456789ab", "privateScore": f"0.{70 + one}"}
        kaggle.submissions.append(told)
    by_hand = {"publicScore": "0.0", "privateScore": "0.5", "description": "by hand"}
    kaggle.submissions.append({"ref": 3, "status": "COMPLETE", **by_hand})
    words = ("pick", "tiny-stripes", "--public-share", "0.2")
    rows = json.loads(here(*words, "--json").stdout)["to_tick"]
    assert {row["ref"]: row["ticked"] for row in rows} == {1: False, 2: False}
    kaggle.board.ticked = {1, 3}
    rows = {row["ref"]: row for row in json.loads(here(*words, "--json").stdout)["to_tick"]}
    named = {"run": runs[0].id, "by": "ann", "message": f"wide: {runs[0].id} 0123456789ab", "public": 0.81}
    assert rows[1] == {**named, "ref": 1, "ticked": True} and rows[2]["ticked"] is False
    text = here(*words).stdout
    assert re.search(rf"1 +ann +wide: {runs[0].id} 0123456789ab +0.81 +yes", text)
    assert "ticked there and not proposed: 3" in text
    said = here("pick", "tiny-stripes", "--public-share", "0.9").stdout
    assert "\nodd            submission 3: its public score is as that of no other" in said
    assert re.search(r"ticked at Kaggle: 1, 3 +0\.71000 +0\.01000", text), "after the end"


def test_no_score_is_forecast_that_there_cannot_be(here, field):
    """Runs that fail on a few rows each, and on others: the larger of two Gaussian scores is expected above 1."""
    for number, name in enumerate("ab", 1):
        rows = range(2 * number, 2 * number + 2)
        field.submit(field.make(name, wrong(field.labels, rows), field.test), "1.0", number)
    found = json.loads(here("pick", "tiny-stripes", "--public-share", "0.9", "--json").stdout)["proposed"]
    assert found["expected_max"] == found["interval"][1] == 1


@pytest.mark.parametrize("share", ["0.01", "0.99"])
def test_of_few_test_rows_one_at_least_is_public_and_one_private(here, field, share):
    for number, name in enumerate("ab", 1):
        field.submit(field.make(name, wrong(field.labels, range(9 * number)), field.test), "0.8", number)
    found = json.loads(here("pick", "tiny-stripes", "--public-share", share, "--json").stdout)
    assert min(found["public_rows"], found["private_rows"]) == 1 and 0 < found["proposed"]["error"] < 1


def test_one_submission_makes_no_pair(here, field):
    field.submit(field.make("a", field.labels, field.test), "0.8")
    refused = here("pick", "tiny-stripes", check=False)
    assert refused.returncode == 3 and "received 1 submitted here; --all chooses" in refused.stderr


def test_one_run_here_is_enough_beside_one_of_the_list_and_none_is_not(here, field, kaggle):
    kaggle.submissions = [
        {"ref": 8, "status": "COMPLETE", "description": "my notebook", "publicScore": "0.9"},
        {"ref": 9, "status": "COMPLETE", "description": "another", "publicScore": "0.8"},
    ]
    refused = here("pick", "tiny-stripes", check=False)
    assert (
        refused.returncode == 3 and "one of them here: its rows say how far scores vary; received 0" in refused.stderr
    )
    run = field.make("a", wrong(field.labels, range(9)), field.test)
    field.submit(run, "0.8", 9)
    assert set(json.loads(here("pick", "tiny-stripes", "--json").stdout)["proposed"]["runs"]) == {
        run.id,
        "submission 8",
    }


def test_a_run_that_judged_few_rows_does_not_blind_the_others(here, field):
    for name in ("a", "b"):
        field.make(name, wrong(field.labels, range(9)), field.test)
    hold_out = field.make("c", field.labels, field.test, rows=30)
    done = here("pick", "tiny-stripes", "--all", "--json")
    found = json.loads(done.stdout)
    assert found["out_of_fold_rows"] == 90 and hold_out.id not in [run["run"] for run in found["runs"]]
    assert f"not compared row by row, as judged on too few rows: {hold_out.id}" in done.stderr
    field.submit(hold_out, "0.8")
    found = json.loads(here("pick", "tiny-stripes", "--all", "--json").stdout)
    assert [run["run"] for run in found["runs"] if run["assumed"]] == [hold_out.id]
    assert found["elsewhere"][0]["missing"] == "a finished run of enough rows, not archived, among the best 30"


def test_what_only_the_list_knows_is_forecast_and_named_with_what_is_missing(here, field, kaggle):
    for number, name in enumerate(("a", "b"), 1):
        field.submit(field.make(name, wrong(field.labels, range(9 * number)), field.test), "0.8", number)
    away = {"description": "tiny-stripes-c-1120-101500 CV 0.95 +- 0.01 0123456789ab", "publicScore": "0.95"}
    kaggle.submissions = [
        {"ref": 7, "status": "COMPLETE", "submittedBy": "ann", **away},
        {"ref": 8, "status": "COMPLETE", "submittedBy": "ben", "description": "my notebook", "publicScore": "0.9"},
        {"ref": 9, "status": "ERROR", "submittedBy": "ben", "description": "broken"},
    ]
    done = here("pick", "tiny-stripes", "--json")
    found = json.loads(done.stdout)
    c, notebook = found["elsewhere"]
    assert (c["ref"], c["by"], c["public"], c["cv"]) == (7, "ann", 0.95, 0.95)
    assert c["missing"] == "its run: kit runs pull tiny-stripes-c-1120-101500"
    assert (notebook["message"], notebook["missing"]) == ("my notebook", "predictions out of fold: kit runs import")
    assert "public share not known: 0.3 is assumed; the competition's leaderboard page says it" in done.stderr
    text = here("pick", "tiny-stripes", "--public-share", "0.2", "--offline")
    assert "not compared row by row: 2 submissions; 2 of them can be forecast all the same" in text.stdout
    assert " runs pull tiny-stripes-c" in text.stdout
    assert [run["assumed"] for run in found["runs"]] == [False, False, True, True]
    assert set(found["proposed"]["runs"]) == set(found["best_public"]["runs"]) == {c["run"], "submission 8"}
    assert found["best_cv"]["runs"][0] == c["run"] and found["proposed"]["differs"] is None
    assert "assumed        how submission 8 moves with the others: their rows are not compared" in text.stdout
    assert re.search(r" 8 +ben +my notebook +0\.", text.stdout) and re.search(r" 7 +ann ", text.stdout)
    assert "unknown how often it decides otherwise" in text.stdout and " submissions tiny-stripes" in text.stderr
    assert "Kaggle's list of submissions was read at" in text.stderr and "assumed" not in text.stderr
