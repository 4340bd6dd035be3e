"""After the end: what the private scores say of the forecasts, in `kit pick`, on the season page, and by hand."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kit.kaggle.submissions import KaggleSubmission
from kit.leaderboard import ledger, post_mortem
from kit.submission import kaggle_list
from tests.compare.conftest import wrong

PROPOSAL = {
    "proposed": {"runs": ["a", "b"], "interval": [0.80, 0.90]},
    "best_public": {"runs": ["b", "c"], "interval": [0.80, 0.82]},
    "best_cv": {"runs": ["a", "d"], "interval": [0.80, 0.90]},
    "runs": [{"run": name, "forecast": 0.84, "forecast_error": 0.02} for name in "abcd"],
}


def entry(ref: int, run: str | None, private: float | None) -> ledger.Entry:
    return ledger.Entry(ref, "", "", "complete", 0.8, private, "", "", run, None, None, None)


def test_the_best_pair_of_all_that_was_sent_is_the_measure():
    entries = [entry(1, "a", 0.85), entry(2, "b", 0.83), entry(3, "c", 0.80), entry(4, "d", None), entry(5, None, 0.86)]
    after = post_mortem.look_back(PROPOSAL, entries, 1)
    assert after["best"] == {"ref": 5, "run": None, "private": 0.86}
    assert after["pairs"]["proposed"] == {"private": 0.85, "cost": pytest.approx(0.01), "held": True}
    assert after["pairs"]["best_public"] == {"private": 0.83, "cost": pytest.approx(0.03), "held": False}
    assert after["pairs"]["best_cv"] is None, "d was not scored"
    of_list = PROPOSAL | {"proposed": {"runs": ["a", "submission 5"], "interval": [0.80, 0.90]}}
    assert post_mortem.look_back(of_list, entries, 1)["pairs"]["proposed"]["cost"] == 0
    assert [run["held"] for run in after["runs"]] == [True, True, False] and after["held"] == 2
    assert after["runs"][2]["off"] == pytest.approx(-2) and after["ticked"] is None


def test_what_was_ticked_at_kaggle_has_its_cost():
    entries = [entry(1, "a", 0.85), entry(2, "b", 0.83), entry(3, None, 0.80), entry(4, "d", None)]
    ticked = post_mortem.look_back(PROPOSAL, entries, 1, {2, 3, 4})["ticked"]
    assert ticked == {"refs": [2, 3], "private": 0.83, "cost": pytest.approx(0.02)}
    assert post_mortem.look_back(PROPOSAL, entries, -1, {2})["ticked"]["cost"] == pytest.approx(0.03)
    assert post_mortem.look_back(PROPOSAL, entries, 1, set())["ticked"] is None


def test_of_losses_the_least_is_the_best_and_before_the_end_nothing_is_said():
    entries = [entry(1, "a", 0.85), entry(2, "b", 0.83), entry(3, "c", 0.80)]
    after = post_mortem.look_back(PROPOSAL, entries, -1)
    assert after["best"]["private"] == 0.80
    assert after["pairs"]["proposed"]["cost"] == pytest.approx(0.03) and after["runs"][2]["off"] == pytest.approx(2)
    assert post_mortem.look_back(PROPOSAL, [entry(1, "a", None)], 1) is None


@pytest.fixture
def ended(field):
    """Three submitted runs, private scores known of all."""
    runs = [field.make(name, wrong(field.labels, range(9 + 3 * n)), field.test) for n, name in enumerate("abc")]
    told = [
        KaggleSubmission(
            n, "complete", f"0.{88 - n}", f"0.{90 - n}", "", f"{run.id} {n:012x}", f"2026-11-0{n}T10:00:00+00:00"
        )
        for n, run in enumerate(runs, 1)
    ]
    kaggle_list.keep("tiny-stripes", told)
    return runs


def test_pick_says_which_forecasts_held(here, ended):
    words = ("pick", "tiny-stripes", "--offline", "--public-share", "0.3")
    after = json.loads(here(*words, "--json").stdout)["after_the_end"]
    assert after["best"] == {"ref": 1, "run": ended[0].id, "private": 0.89} and after["held"] == 3
    assert after["pairs"]["best_cv"]["cost"] == 0
    assert after["ticked"] is None
    text = here(*words).stdout
    assert "after the end: the best private score is 0.89, of 1" in text and "3 of 3 forecasts held" in text


def test_the_season_page_has_a_section(field, ended):
    from kit.report import season

    page = Path(season.write(replace(field.competition, public_share=0.3))).read_text()
    assert '<section id="end"' in page and "3 of 3" in page and "cost against the best two" in page
    assert "needs the public share" in Path(season.write(field.competition)).read_text()
