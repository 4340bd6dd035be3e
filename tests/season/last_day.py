"""The end: the final two and their forecast, the private scores, and what was counted twice."""

from pathlib import Path

import numpy as np

from tests.season import figures
from tests.season.figures import Sent
from tests.season.season import Season
from tests.season.server import end_competition
from tests.season.world import PUBLIC, SLUG


def look_at_the_page(season: Season) -> None:
    """What the page of the competition advises first is what `kit next` advises."""
    cyd = season.members[2]
    page = Path(cyd.succeed("report", SLUG).strip())
    rated = cyd.read("next", SLUG)
    first = page.read_text().partition('<section id="next">')[2].partition("</section>")[0]
    worth = [one["run"] for one in rated["candidates"] if one["worth"]]
    found = f"submit {SLUG} {worth[0]}" in first if worth else "No run is worth a submission" in first
    season.claims.holds("the page begins with what next advises", str(worth[:1] or "nothing"), found)
    season.claims.equal("the page: left today", f"<b>{rated['left_today']}</b>" in first, True)
    for member in season.members:
        season.claims.equal(f"the page names {member.name}", f">{member.name}</td>" in page.read_text(), True)


def pick(season: Season) -> None:
    """Forecasts of Cyd, who has most runs, by another way to compute them; what Ann lacks is named to her."""
    ann, _, cyd = season.members
    told = cyd.read("pick", SLUG, "--public-share", str(PUBLIC))
    error_of = {one["run"]: one["cv_error"] for one in told["elsewhere"]}
    judged = [
        Sent(None, one["public"], one["score"], error_of.get(one["run"]))
        if one["assumed"]
        else Sent(_right(season, one["run"]), one["public"])
        for one in told["runs"]
    ]
    mean, error = figures.forecast(judged, told["public_rows"], told["private_rows"])
    for place, one in enumerate(told["runs"]):
        season.claims.equal(f"{season.name(one['run'])}: forecast", one["forecast"], float(mean[place]), within=1e-5)
        season.claims.equal(
            f"{season.name(one['run'])}: its error", one["forecast_error"], float(error[place]), within=1e-5
        )
    season.claims.equal("private rows", told["private_rows"], len(season.rows(public=False)))
    lacks = ann.run("pick", SLUG, "--public-share", str(PUBLIC))
    named = season.runs["the ensemble"] in lacks.stdout + lacks.stderr and "pull" in lacks.stdout + lacks.stderr
    season.claims.holds("pick names what it leaves out, and the pull", lacks, named)
    assumed = cyd.run("pick", SLUG)
    season.claims.holds(
        "a public share that nobody gave is said", assumed, "--public-share" in assumed.stdout + assumed.stderr
    )


def _right(season: Season, run: str) -> np.ndarray:
    folder = next(path for one in season.members if (path := one.home / "runs" / run).is_dir())
    hits = figures.hits(folder, season.labels)
    return np.array([hits[name] for name in sorted(hits)])


def tick(season: Season) -> None:
    """Cyd ticks what is proposed, which she finds at Kaggle by number, sender and description."""
    cyd = season.members[2]
    rows = cyd.read("pick", SLUG, "--public-share", str(PUBLIC))["to_tick"]
    known = {one["ref"]: one for one in season.kaggle.submissions}
    for row in rows:
        one = known[row["ref"]]
        told = (row["by"], row["message"], f"{row['public']:.5f}", row["ticked"])
        at_kaggle = (one["submittedBy"], one["description"], one["publicScore"], False)
        season.claims.equal(f"{row['ref']}: as it is found at Kaggle", told, at_kaggle)
    season.kaggle.board.ticked = {row["ref"] for row in rows}
    rows = cyd.read("pick", SLUG, "--public-share", str(PUBLIC))["to_tick"]
    season.claims.equal("... and once it is ticked", [row["ticked"] for row in rows], [True, True])


def end(season: Season) -> None:
    """Kaggle shows the private scores; the choice is held against them."""
    cyd = season.members[2]
    before = cyd.read("pick", SLUG, "--public-share", str(PUBLIC))
    end_competition(season.kaggle, season.world)
    told = {entry["ref"]: entry["private"] for entry in cyd.read("submissions", SLUG)}
    real = {one["ref"]: float(one["privateScore"]) for one in season.kaggle.submissions if "privateScore" in one}
    season.claims.equal("private scores in the list", {ref: told[ref] for ref in real}, real)
    of_run = {run: score for ref, score in real.items() for run in season.runs.values() if run in _message(season, ref)}
    of_run |= {f"submission {ref}": score for ref, score in real.items()}
    chosen = max(of_run[run] for run in before["proposed"]["runs"])
    low, high = before["proposed"]["interval"]
    said = f"{chosen:.5f}, forecast {before['proposed']['expected_max']:.5f}, 80 % from {low:.5f} to {high:.5f}"
    season.claims.holds("the better of the chosen two is near its forecast", said, low - 0.05 < chosen < high + 0.05)
    after = cyd.read("pick", SLUG, "--public-share", str(PUBLIC))["after_the_end"]["ticked"]
    ticked = max(real[ref] for ref in season.kaggle.board.ticked)
    season.claims.equal("the better private score of the ticked two", after["private"], ticked)
    season.claims.equal("... and what that cost", after["cost"], max(real.values()) - ticked, within=1e-9)
    counted = season.counted()
    season.claims.equal("submissions counted twice", len(counted) - len(set(counted)), 0)


def _message(season: Season, ref: int) -> str:
    return str(next(one["description"] for one in season.kaggle.submissions if one["ref"] == ref))


SCENES = (look_at_the_page, pick, tick, end)
