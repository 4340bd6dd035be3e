"""`kit next`: each branch of its rule, and the command with and without Kaggle's allowance."""

import json
from pathlib import Path

import numpy as np
import pytest

from kit import paths
from kit.data import cache
from kit.json_files import write_json
from kit.leaderboard import candidates, next_steps
from kit.stats.known import Known
from kit.stats.paired import is_noise
from kit.submission import kaggle_list
from tests.compare.conftest import wrong
from tests.kaggle_server import refusal


def rated(field) -> dict[str, dict]:
    """By the name of each run."""
    finished, sent = candidates.list_finished(field.competition), candidates.read_submitted("tiny-stripes")
    known = cache.read_labels(field.competition, paths.data("tiny-stripes"))
    before = candidates.load(field.competition, [run for run in finished if run.id in sent])
    fresh = candidates.load(field.competition, [run for run in finished if run.id not in sent])
    found = next_steps.rate(field.competition, fresh, before, known)
    return {record["run"].split("-")[2]: record for record in found}


def test_the_probability_of_being_better():
    assert next_steps.probability(0.0, 0.0) == next_steps.probability(0.0, 0.1) == 0.5
    assert (next_steps.probability(0.1, 0.0), next_steps.probability(-0.1, 0.0)) == (1.0, 0.0)
    assert next_steps.probability(0.1, 0.1) == pytest.approx(0.841, abs=1e-3)


def test_what_a_submission_may_add():
    drawn = np.random.default_rng(0).normal(-0.01, 0.02, 400_000)
    assert next_steps.estimate_improvement(-0.01, 0.02) == pytest.approx(np.maximum(drawn, 0).mean(), rel=0.02)
    assert (next_steps.estimate_improvement(0.1, 0.0), next_steps.estimate_improvement(-0.1, 0.0)) == (0.1, 0.0)


def test_the_first_submission_is_the_best_score(field):
    field.make("weak", wrong(field.labels, range(30)), wrong(field.test, range(9)))
    field.make("good", wrong(field.labels, range(5)), field.test)
    found = rated(field)
    assert list(found) == ["good", "weak"]
    assert found["good"]["worth"] and found["good"]["why"].startswith("the first")
    assert found["good"]["gain"] is None
    assert not found["weak"]["worth"] and found["weak"]["gain"] == pytest.approx(-25 / 90)


def test_what_is_better_twin_behind_different_or_alike(field):
    bar = field.make("bar", wrong(field.labels, range(18)), field.test)
    field.submit(bar, "0.8")
    field.make("better", wrong(field.labels, range(2)), wrong(field.test, range(4)))
    field.make("twin", wrong(field.labels, range(18)), field.test)
    field.make("behind", wrong(field.labels, range(60)), wrong(field.test, range(20)))
    found = rated(field)
    better, twin, behind = (found[name] for name in ("better", "twin", "behind"))
    assert better["worth"] and better["why"] == "clearly better than the best submitted (100%)"
    assert better["shared_rows"] == 90 and better["gain"] == pytest.approx(16 / 90)
    assert (better["nearest"], better["differs"]) == (bar.id, pytest.approx(4 / 30))
    assert not twin["worth"] and twin["why"] == f"identical predictions to {bar.id}"
    assert twin["against"] == better["run"], "what is proposed is the bar for the next ones"
    assert not behind["worth"] and "worse by more than 1 SE" in behind["why"]


def test_as_good_within_the_noise(field):
    """One row behind, of which one in five is a mistake: a tenth of the test rows makes a run a different one."""
    field.submit(field.make("bar", wrong(field.labels, range(18)), field.test), None)
    field.make("different", wrong(field.labels, [*range(9), *range(20, 30)]), wrong(field.test, range(3)))
    field.make("alike", wrong(field.labels, [*range(9), *range(30, 40)]), wrong(field.test, [8]))
    found = rated(field)
    assert found["different"]["worth"] and "different: 10.00% of the test rows" in found["different"]["why"]
    assert not found["alike"]["worth"] and "3.33% of the test rows differ, 10.00% would" in found["alike"]["why"]


def test_the_first_that_is_proposed_was_not_submitted(field):
    field.make("one", wrong(field.labels, range(2)), field.test)
    field.make("other", wrong(field.labels, range(2, 4)), wrong(field.test, range(4)))
    first, second = rated(field).values()
    assert first["why"].startswith("the first")
    assert second["worth"] and second["against"] == first["run"]
    assert second["why"].startswith(f"equal to {first['run']} within the noise (P(better) = 50%), and different")


def test_a_gain_that_no_test_can_tell_from_zero_is_not_advised(field):
    """The same rows wrong or three fewer of eighteen: no more than noise, and the same decisions but for one test row."""
    field.submit(field.make("bar", wrong(field.labels, range(18)), field.test), None)
    field.make("same", wrong(field.labels, range(18)), wrong(field.test, [0]))
    field.make("ahead", wrong(field.labels, range(15)), wrong(field.test, [1]))
    found = rated(field)
    assert found["ahead"]["gain"] == pytest.approx(3 / 90) and found["same"]["gain"] == 0
    for record in found.values():
        assert not record["worth"] and record["why"].startswith("equal to tiny-stripes-bar-")
    assert all(is_noise(*pair) for pair in ((0.1, np.nan), (0.0, 0.0), (0.1, 0.05))) and not is_noise(-0.1, 0.04)


def test_no_score_is_expected_beyond_its_range(field):
    field.make("good", wrong(field.labels, [0]), field.test)
    low, high = rated(field)["good"]["interval"]
    assert low == pytest.approx(89 / 90 - 1.96 * np.sqrt(89) / 90 / np.sqrt(90)) and high == 1


def test_runs_that_judged_no_row_in_common(field):
    full = field.make("full", field.labels, field.test)
    part = field.make("part", wrong(field.labels, range(9)), field.test, rows=45)
    one, other = candidates.load(field.competition, [full, part])
    known = Known(np.array(field.data.train.ids[45:]), field.labels[45:])
    gain, error, rows = next_steps.gain_over(field.competition, one, other, known)
    assert (gain, rows) == (pytest.approx(0.2), 0)
    assert error == pytest.approx(np.hypot(one.error, other.error))


def test_the_command(here, field):
    bar = field.make("bar", wrong(field.labels, range(18)), field.test)
    field.submit(bar, "0.8")
    better = field.make("better", wrong(field.labels, range(2)), wrong(field.test, range(4)))
    done = here("next", "tiny-stripes", "--json")
    found = json.loads(done.stdout)
    assert (found["left_today"], found["submitted"]) == (None, [bar.id])
    assert [record["run"] for record in found["candidates"]] == [better.id]
    assert f"submit tiny-stripes {better.id} --send --wait" in done.stderr
    text = here("next", "tiny-stripes", "--offline").stdout
    assert "clearly better than the best submitted" in text and text.endswith(f"submit {better.id}\n")


def test_the_allowance(here, field, kaggle):
    run = field.make("good", field.labels, field.test)
    kaggle.allowed = 0
    done = here("next", "tiny-stripes")
    assert done.stdout.startswith("left today     0\n") and done.stdout.endswith("nothing is left today\n")
    assert " train tiny-stripes" in done.stderr
    assert json.loads(here("next", "tiny-stripes", "--offline", "--json").stdout)["left_today"] is None
    kaggle.faults["GetSubmissionLimits"] = [refusal(403, "no rules accepted")]
    done = here("next", "tiny-stripes")
    assert "the allowance is not known" in done.stderr and done.stdout.endswith(f"submit {run.id}\n")


def test_what_a_teammate_has_sent_meanwhile_is_not_proposed(here, field, kaggle):
    best = field.make("best", field.labels, field.test)
    other = field.make("other", wrong(field.labels, range(18)), wrong(field.test, range(9)))
    kaggle.submissions = [
        {"ref": 7, "status": "COMPLETE", "description": f"{best.id} 0123456789ab", "publicScore": "0.9"}
    ]
    found = json.loads(here("next", "tiny-stripes", "--json").stdout)
    assert found["submitted"] == [best.id] and [one["run"] for one in found["candidates"]] == [other.id]
    here("next", "tiny-stripes")
    assert len(kaggle.asked("ListSubmissions")) == 1, "a list that is not a minute old is not asked for again"
    stale = kaggle_list.folder("tiny-stripes") / "listed.json"
    write_json(stale, {"asked": "2026-11-20T10:00:00+00:00"})
    here("next", "tiny-stripes")
    assert len(kaggle.asked("ListSubmissions")) == 2
    write_json(stale, {"asked": "2026-11-20T10:00:00+00:00"})
    kaggle.faults["ListSubmissions"] = [refusal(401)]
    assert "read at 2026-11-20 10:00 UTC, " in here("next", "tiny-stripes").stderr
    assert "read at 2026-11-20 10:00 UTC, " in here("next", "tiny-stripes", "--offline").stderr


def test_a_score_that_is_pending_is_asked_for_again(here, field, kaggle):
    best = field.make("best", field.labels, field.test)
    kaggle.submissions = [{"ref": 7, "status": "PENDING", "description": f"{best.id} 0123456789ab"}]
    here("next", "tiny-stripes")
    kaggle.submissions[0] |= {"status": "COMPLETE", "publicScore": "0.9"}
    here("next", "tiny-stripes")
    here("next", "tiny-stripes")
    assert len(kaggle.asked("ListSubmissions")) == 2


def test_nothing_to_submit(here, field):
    done = here("next", "tiny-stripes")
    assert "there is no finished run here that was not submitted (`kit " in done.stdout
    assert " train tiny-stripes" in done.stderr


def test_the_table_of_the_verb_is_that_of_the_page(field, here):
    field.submit(field.make("bar", wrong(field.labels, range(18)), field.test), None)
    field.make("same", wrong(field.labels, range(18)), wrong(field.test, [0]))
    [line] = next_steps.describe(list(rated(field).values()), "accuracy")
    assert line["accuracy"] == "0.8 ±0.042" and line["worth it"] == "no"
    verb = here("next", field.competition.slug, "--offline").stdout
    page = Path(json.loads(here("report", field.competition.slug, "--json").stdout)["report"]).read_text()
    for head in line:
        assert head in verb and (f">{head}</th>" in page) is (head != "may add"), "the page has no room for that one"
