"""The second day: an ensemble of the team's runs, comparisons, a plug-in that changed, and what is pending."""

from typing import Any

from tests.kaggle_board import settle
from tests.season import figures
from tests.season.season import Season, check_public_score, check_run, send
from tests.season.world import SLUG

DAMAGED = 3  # exit code


def join(season: Season) -> None:
    cyd = season.members[2]
    parts = [season.runs[name] for name in ("base", "bob's wide", "cyd's wide")]
    season.runs["the ensemble"] = cyd.take("ensemble", SLUG, *dict.fromkeys(parts))
    check_run(season, "the ensemble")
    done = cyd.run("runs", "delete", parts[0])
    season.claims.holds("a run that an ensemble stands on is not deleted", done, done.returncode == DAMAGED)
    send(season, cyd, "the ensemble")


def send_by_queue(season: Season) -> None:
    """A run of Cyd's is clearly better, and first in two queues."""
    _, bob, cyd = season.members
    season.runs["long"] = cyd.take("train", SLUG, "--name", "long", "--set", "width=48", "--set", "epochs=16")
    check_run(season, "long")
    cyd.succeed("runs", "push", season.runs["long"], "--store", str(season.store))
    bob.succeed("runs", "pull", "--store", str(season.store))
    before = len(season.kaggle.submissions)
    cyd.succeed("submit", SLUG, "--queue", "--send", "--wait")
    check_public_score(season, cyd, "long")
    bob.run("submit", SLUG, "--queue", "--send")
    sent = [season.runs["long"] in one["description"] for one in season.kaggle.submissions[before:]]
    season.claims.equal("first in two queues: counted", sum(sent), 1)


def compare(season: Season) -> None:
    cyd = season.members[2]
    told = cyd.read("diff", season.runs["base"], season.runs["the ensemble"])["out_of_fold"]
    only_a, only_b, p = figures.count_differences(season.folder("base"), season.folder("the ensemble"), season.labels)
    season.claims.equal("diff: rows that A alone is right on", told["only_a_right"], only_a)
    season.claims.equal("diff: rows that B alone is right on", told["only_b_right"], only_b)
    season.claims.equal("diff: p of McNemar's test", told["mcnemar_p"], p, within=1e-9)


def change_the_plugin(season: Season) -> None:
    """Bob's augmentation is another one; the settings are the same."""
    bob = season.members[1]
    bob.plugin.write_text(bob.plugin.read_text().replace("p=0.5", "p=0.9"))
    season.runs["moved"] = bob.take("train", SLUG, "--name", "moved", "--set", "width=24")
    check_run(season, "moved")
    told = bob.run("runs", "compare", season.runs["bob's wide"], season.runs["moved"])
    season.claims.holds("runs compare shows a plug-in that changed", told, "competition.py" in told.stdout)


def prepare_again(season: Season) -> None:
    told = season.members[1].run("prepare", SLUG, "--folds", "3", "--fold-seed", "7")
    season.claims.holds("prepare says that other folds are there already", told, "not by the seed 7" in told.stderr)


def rename_by_hand(season: Season) -> None:
    bob = season.members[1]
    folder = bob.home / "runs" / season.runs["moved"]
    renamed = folder.rename(folder.with_name("better-name"))
    told = bob.run("runs", "list", SLUG)
    said = told.stdout + told.stderr
    season.claims.holds("a folder renamed by hand is named, with what mends it", told, "runs rename" in said)
    renamed.rename(folder)


def delete_and_pull(season: Season) -> None:
    ann = season.members[0]
    ann.succeed("runs", "pull", "--store", str(season.store))
    ann.succeed("runs", "delete", season.runs["long"], "--force")
    ann.succeed("runs", "pull", "--store", str(season.store))
    here = {record["run"] for record in ann.read("runs", "list", SLUG)}
    season.claims.equal("a deleted run comes back with a pull", season.runs["long"] in here, False)


def wait_for_pending(season: Season) -> None:
    """Bob's file is pending while Ann looks; a file of too few rows ends in an error."""
    ann, bob, _ = season.members
    season.kaggle.board.slow = True
    bob.succeed("submit", SLUG, season.runs["moved"], "--send")
    pending = [entry["status"] for entry in ann.read("submissions", SLUG)].count("pending")
    season.claims.equal("pending submissions in Ann's list", pending, 1)
    settle(season.kaggle)
    season.kaggle.board.slow = False


def check_ledgers(season: Season) -> None:
    """Every row of every member's list against the server's own."""
    known = {one["ref"]: one for one in season.kaggle.submissions}
    for member in season.members:
        told = member.read("submissions", SLUG)
        same = sum(_agrees(entry, known[entry["ref"]]) for entry in told)
        season.claims.equal(f"rows of {member.name}'s list that are Kaggle's", same, len(known))


def _agrees(entry: dict[str, Any], one: dict[str, Any]) -> bool:
    scores = [float(one[name]) if one.get(name) else None for name in ("publicScore", "privateScore")]
    return [entry["by"], entry["public"], entry["private"]] == [one["submittedBy"], *scores]


SCENES = (
    *(join, send_by_queue, compare, change_the_plugin, prepare_again, rename_by_hand, delete_and_pull),
    *(wait_for_pending, check_ledgers),
)
