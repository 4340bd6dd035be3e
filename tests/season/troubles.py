"""What goes wrong on any day: no network, folds of another seed, folds.csv out of a spreadsheet, a file without a score."""

import math
from dataclasses import replace
from pathlib import Path

from tests.season.members import Member
from tests.season.season import Season
from tests.season.world import PUBLIC, SLUG

DAMAGED, OF_KAGGLE = 3, 5  # exit codes
NOWHERE = "http://127.0.0.1:9"  # where nothing listens


def lose_the_network(season: Season) -> None:
    """Bob has no network: what he sends did not begin, and what he knew he still knows, with its age."""
    before, bob = len(season.kaggle.submissions), replace(season.members[1], proxy=NOWHERE)
    done = bob.run("submit", SLUG, season.runs["bob's wide"], "--send", "--again")
    season.claims.holds("without a network nothing began", done, done.returncode == OF_KAGGLE)
    season.claims.equal("... counted", len(season.kaggle.submissions) - before, 0)
    told = bob.run("next", SLUG, "--offline")
    season.claims.holds("next --offline says from when its list is", told, "read at" in told.stderr)
    told = bob.run("leaderboard", SLUG, "--offline")
    season.claims.holds("leaderboard --offline goes by what is known", told, told.returncode == 0)


def fail_at_kaggle(season: Season) -> None:
    """Kaggle cannot score a file of Ann's, and says why."""
    ann, why = season.members[0], "Evaluation Exception: ± of the second line"
    season.kaggle.board.judge = lambda content: {"status": "ERROR", "errorDescription": why}
    done = ann.run("submit", SLUG, write_cycle(season, ann), "--send", "--wait")
    season.kaggle.board.judge = season.world.judge
    season.claims.holds(
        "a file that Kaggle cannot score: why", done, done.returncode == OF_KAGGLE and why in done.stderr
    )
    told = [entry["error"] for entry in ann.read("submissions", SLUG) if entry["status"] == "error"]
    season.claims.equal("... and in the list", told, [why])


def write_cycle(season: Season, member: Member) -> str:
    """A file of all digits in turn, made without the kit."""
    file = Path(member.home / "cycle.csv")
    rows = (f"{name},{place % 10}\n" for place, name in enumerate(season.world.ids))
    file.write_text("Id,Label\n" + "".join(rows))
    return str(file)


def join_late(season: Season) -> None:
    """Dan, who pushed a run, dealt other folds: the team's runs are refused, until he has the team's folds.csv; CRLF, a BOM and
    another order do no harm.
    """
    ann = season.members[0]
    dan = replace(ann, name="dan", home=ann.home.parent / "dan")
    done = dan.run("runs", "pull", "--store", str(season.store), season.runs["base"])
    season.claims.holds(
        "a run on other folds is refused", done, done.returncode == DAMAGED and "runs folds" in done.stderr
    )
    dan.succeed("runs", "folds", "--store", str(season.store), SLUG, "--reset-folds")
    folds = dan.home / "data" / SLUG / "folds.csv"
    same = folds.read_bytes() == (ann.home / "data" / SLUG / "folds.csv").read_bytes()
    season.claims.equal("the team's folds.csv is the same bytes at Dan's", same, True)
    head, *rows = folds.read_bytes().splitlines()
    folds.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join([head, *rows[::-1]]) + b"\r\n")
    done = dan.run("runs", "pull", "--store", str(season.store), season.runs["base"])
    season.claims.holds("folds.csv with CRLF, a BOM, another order is read", done, done.returncode == 0)


def check_public_errors(season: Season) -> None:
    """The error of a public score, of averages and of constants alike, from the share of right rows alone."""
    told = season.members[2].read("leaderboard", SLUG, "--public-share", str(PUBLIC))
    rows = len(season.rows(public=True))
    season.claims.equal("public rows", told["public_rows"], rows)
    for one in told["submissions"]:
        expected = math.sqrt(one["public"] * (1 - one["public"]) / rows)
        season.claims.equal(f"{one['ref']}: error of its public score", one["public_error"], expected, within=1e-4)


SCENES = (lose_the_network, fail_at_kaggle, join_late, check_public_errors)
