"""`kit pick`: the pair against what it should be."""

import json

import numpy as np
import pytest

from kit.leaderboard import final_two
from tests.compare.conftest import wrong


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


def test_the_command(here, field):
    """a and b fail on the same rows, c on others; b has the better public score, but c belongs beside a."""
    labels, test = field.labels, field.test
    a = field.make("a", wrong(labels, range(18)), test)
    b = field.make("b", wrong(labels, range(19)), test)
    c = field.make("c", wrong(labels, range(70, 89)), wrong(test, range(6)))
    field.make("late", labels, wrong(test, range(3)))
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
    assert " diff " in done.stderr
    text = here("pick", "tiny-stripes", "--all").stdout
    assert text.startswith("safe           tiny-stripes-late-")


def test_one_submission_makes_no_pair(here, field):
    field.submit(field.make("a", field.labels, field.test), "0.8")
    refused = here("pick", "tiny-stripes", check=False)
    assert refused.returncode == 3 and "received 1 submitted here; --all chooses" in refused.stderr


def test_a_run_that_judged_few_rows_does_not_blind_the_others(here, field):
    for name in ("a", "b"):
        field.make(name, wrong(field.labels, range(9)), field.test)
    hold_out = field.make("c", field.labels, field.test, rows=30)
    done = here("pick", "tiny-stripes", "--all", "--json")
    found = json.loads(done.stdout)
    assert found["out_of_fold_rows"] == 90 and hold_out.id not in found["proposed"]["runs"]
    assert f"left out, as judged on too few rows: {hold_out.id}" in done.stderr
