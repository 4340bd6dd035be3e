"""`kit team`: who has which runs, who sends what today, and what nobody has tried."""

import json
import re
from pathlib import Path

import pytest

from kit import paths
from kit.kaggle.submissions import KaggleSubmission
from kit.submission import kaggle_list, records
from tests.sharing.teammate import leave

SLUG = "tiny-stripes"


@pytest.fixture
def season(here, make_run, team, member):
    """Ann has pushed a run that is not here, Bob has one here; Ann has sent two, one of them today. Ids: hers, his."""
    member("ann")
    hers = make_run("hers", skill=3.0, recipe="finetune", backbone="resnet")
    here("runs", "push", hers.id, "--store", str(team))
    leave(hers)
    member("bob")
    his = make_run("his", skill=0.5)
    today = records.now()[:19] + "+00:00"
    sent = [
        KaggleSubmission(1, "complete", "0.8", "", "", f"{hers.id} 0123456789ab", "2026-01-01T00:00:00+00:00", "ann"),
        KaggleSubmission(2, "complete", "0.7", "", "", f"{hers.id} 0123456789ab", today, "ann"),
        KaggleSubmission(3, "pending", "", "", "", "by hand", today, "eve"),
    ]
    kaggle_list.keep(SLUG, sent)
    return hers.id, his.id


def test_one_table_says_who_has_what_and_sends_what(here, season, team):
    hers, his = season
    done = here("team", SLUG, "--store", str(team), "--offline", "--json")
    members = {row["member"]: row for row in json.loads(done.stdout)["members"]}
    assert list(members) == ["ann", "bob", "eve"]
    ann, bob, eve = members.values()
    assert (ann["runs"], ann["shared"], ann["best_run"], ann["sent"], ann["best_public"]) == (1, 1, hers, 2, 0.8)
    assert ann["sent_today"] == [hers] and eve["sent_today"] == ["by hand"]
    assert (bob["runs"], bob["shared"], bob["best_run"], bob["sent"], bob["best_public"]) == (1, 0, his, 0, None)
    assert ann["best"] > bob["best"] and eve["best"] is None
    text = here("team", SLUG, "--store", str(team), "--offline").stdout
    assert "left today     not asked" in text and hers in text and his in text
    assert not (paths.runs() / hers).exists()


def test_what_nobody_has_tried_is_named(here, season, team):
    untried = json.loads(here("team", SLUG, "--store", str(team), "--offline", "--json").stdout)["untried"]
    assert untried[0] == "scratch tiny" and "features" in untried and "finetune" not in untried and "mlp" not in untried


def test_two_do_not_claim_one_run(here, season, team, member):
    hers, his = season
    here("runs", "push", his, "--store", str(team))
    done = here("team", SLUG, "--store", str(team), "--offline", "--claim", his[:-2], "--json")
    assert [row["claims"] for row in json.loads(done.stdout)["members"]] == [[], [his], []]
    here("team", SLUG, "--store", str(team), "--offline", "--claim", his)  # again, by the same
    member("ann")
    refused = here("team", SLUG, "--store", str(team), "--offline", "--claim", his, check=False)
    assert refused.returncode == 3 and "is claimed for today; received by bob" in refused.stderr
    for option in ("--claim", "--release"):
        assert here("team", SLUG, option, his, check=False).returncode == 2
    refused = here("team", SLUG, "--store", str(team), "--offline", "--release", his, check=False)
    assert refused.returncode == 3 and "ask them to give it back" in refused.stderr
    done = here("team", SLUG, "--store", str(team), "--offline", "--claim", hers, "--json")
    assert [row["claims"] for row in json.loads(done.stdout)["members"]] == [[], [his], []]  # hers was sent today
    member("bob")
    done = here("team", SLUG, "--store", str(team), "--offline", "--release", his, "--json")
    assert [row["claims"] for row in json.loads(done.stdout)["members"]] == [[], [], []]


def test_claims_and_notes_are_seen_in_a_dataset_of_kaggle_as_well(here, make_run, member, kaggle):
    member("ann")
    run, where = make_run("a"), "kaggle:somebody/our-runs"
    here("runs", "note", run.id, "the wide one")
    here("runs", "push", run.id, "--store", where, "--poll", "0")
    assert "the wide one" in here("runs", "remote", "--store", where).stdout
    done = here("team", SLUG, "--store", where, "--offline", "--claim", run.id, "--json")
    assert [row["claims"] for row in json.loads(done.stdout)["members"]] == [[run.id]]
    assert "two who claim at the same moment may both be told so" in done.stderr
    member("bob")
    refused = here("team", SLUG, "--store", where, "--offline", "--claim", run.id, check=False)
    assert refused.returncode == 3 and "received by ann" in refused.stderr
    member("ann")
    done = here("team", SLUG, "--store", where, "--offline", "--release", run.id, "--json")
    assert [row["claims"] for row in json.loads(done.stdout)["members"]] == [[]]
    assert "the wide one" in here("runs", "remote", "--store", where).stdout


def test_a_member_alone_needs_no_store(here, make_run, member, monkeypatch, team):
    member("ann")
    make_run("mine")
    [row] = json.loads(here("team", SLUG, "--offline", "--json").stdout)["members"]
    assert (row["member"], row["runs"], row["shared"]) == ("ann", 1, 0)
    monkeypatch.setenv("KIT_TEAM", str(team))
    here("runs", "push", "--new")
    assert "is here already" in here("runs", "pull").stdout and "yes" in here("runs", "remote").stdout
    [row] = json.loads(here("team", SLUG, "--offline", "--json").stdout)["members"]
    assert row["shared"] == 1


def test_the_page_of_a_competition_says_who_means_to_send_what(here, season, team):
    _, his = season
    here("runs", "push", his, "--store", str(team))
    here("team", SLUG, "--store", str(team), "--offline", "--claim", his)

    def section(*words: str) -> str:
        done = here("report", SLUG, *words)
        text = Path(done.stdout.strip()).read_text()
        return done.stderr + text.partition('<section id="team">')[2].partition("</section>")[0]

    told = section("--store", str(team))
    assert re.search(rf">bob</td>.*>{his}</td>\s*</tr>", told, re.S) and "<th>will send</th>" in told
    assert told.count(his) == 2 and "will send" not in section("--store", str(team), "--offline") + section()
    told = section("--store", str(team / "nowhere"))
    assert "the page is without claims: no folder" in told and "will send" not in told
