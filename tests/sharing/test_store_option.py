"""The team's store is named in one way by every verb: --store, else KIT_TEAM."""

import pytest

from tests.sharing.teammate import leave

SLUG = "tiny-stripes"


def test_kit_team_stands_for_the_store_of_every_verb(here, make_run, team, monkeypatch):
    run = make_run("a")
    here("runs", "push", run.id, "--store", str(team))
    leave(run)
    monkeypatch.setenv("KIT_TEAM", str(team))
    listed = here("runs", "remote", SLUG)
    assert run.id in listed.stdout and " runs pull --best 3 " in listed.stderr
    assert run.id in here("runs", "pull", "--best", "3").stdout
    assert "is here already" in here("runs", "pull", run.id[:-2]).stdout
    assert here("runs", "folds", SLUG).stdout.strip().endswith("folds.csv")
    assert "nothing new" in here("runs", "push", "--new").stdout


def test_the_next_line_names_a_store_that_was_typed(here, make_run, tmp_path):
    (spaced := tmp_path / "our team").mkdir()
    pushed = here("runs", "push", make_run("a").id, "--store", str(spaced))
    assert f" runs pull --store '{spaced}' " in pushed.stderr
    listed = here("runs", "remote", "--store", str(spaced))
    assert f" runs pull --best 3 --store '{spaced}' " in listed.stderr


@pytest.mark.parametrize("where", ["/mnt/team", "s3://me:SECRET@bucket/team", "kaggle:owner/name"])
@pytest.mark.parametrize(
    "words", ["runs pull W", "runs remote W", "runs folds W S", "runs push R --to W", "train S --push W"]
)
def test_a_store_in_a_former_place_is_told_of_the_option(here, words, where):
    typed = words.replace("S", SLUG).split()
    refused = here(*(where if word == "W" else word for word in typed), check=False)
    assert refused.returncode == 2 and "--store WHERE" in refused.stderr and "KIT_TEAM" in refused.stderr
    assert "[" not in refused.stderr.splitlines()[-1]


def test_a_word_too_many_that_is_no_address_is_not_taken_for_a_store(here):
    assert "--store" not in here("report", SLUG, "too-many", check=False).stderr


def test_without_a_store_the_option_is_named(here):
    for words in (["runs", "pull"], ["runs", "folds", SLUG], ["train", SLUG, "--push"], ["team", SLUG, "--claim", "a"]):
        refused = here(*words, check=False)
        assert refused.returncode == 2 and "--store" in refused.stderr and "KIT_TEAM" in refused.stderr


@pytest.mark.parametrize(
    ("verb", "do"),
    [
        (["train", SLUG], "add --push"),
        (["submit", SLUG, "RUN"], "add --send"),
        (["submit", SLUG, "--queue"], "add --send"),
        (["report", "RUN"], "the page of a competition; received RUN; leave it out"),
    ],
)
def test_a_store_that_nothing_goes_to_is_refused(here, team, verb, do):
    refused = here(*verb, "--store", str(team), check=False)
    assert refused.returncode == 2 and do in refused.stderr
