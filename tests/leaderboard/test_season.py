"""Three members, ten days, thirty submissions: what the tables say is what the server knows, to the last row."""

import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import click.testing
import numpy as np
import pytest
from scipy.stats import spearmanr

from kit import metrics, paths, predictions, runs
from kit.config import Config
from kit.data import cache
from kit.errors import KaggleError
from kit.kaggle import submissions
from tests.conftest import stripes
from tests.kaggle_board import QUOTA, ranked

DAYS = (3, 3, 5, 2, 3, 3, 2, 3, 3, 3)  # submissions by day; on the third the allowance is used up
FAILED = {4: "Submission Scoring Error", 11: "Submission must have 30 rows", 20: "Evaluation Exception: ±\nsecond line"}
OLD, BARE = 7, (2, 14, 25)  # sent as the kit did before the CV was in the message; files that are of no run
TRUTH = stripes(30, seed=2)[1]


@dataclass
class Season:
    """sent: what the members know of each submission, in order: who, run, cv, error, file's sha256."""

    kaggle: object
    home: object
    sent: list = field(default_factory=list)
    refused: list = field(default_factory=list)


def judged(content: bytes) -> dict:
    said = np.array([int(line.split(b",")[1]) for line in content.split()[1:]])
    hit = said == TRUTH
    scores = {"publicScore": f"{hit[:15].mean():.5f}", "privateScore": f"{hit[15:].mean():.5f}"}
    return {"status": "COMPLETE", **scores}


def noisy(labels: np.ndarray, share: float, draw: np.random.Generator) -> np.ndarray:
    """float32 (N, 3): right but for that share of the rows."""
    said = np.where(draw.random(len(labels)) < share, (labels + 1) % 3, labels)
    return (np.eye(3)[said] * 0.7 + 0.1).astype(np.float32)


def a_run(competition, number: int) -> runs.Run:
    draw, share = np.random.default_rng(number), (1 + number % 9) * 0.04
    data = cache.load(competition, paths.data(competition.slug))
    run = runs.create(competition.slug, "train", Config(folds=3), {}, name=f"n{number}", fingerprints={})
    said = noisy(data.train.labels, share, draw)
    for path, ids, values in (
        (run.oof, data.train.ids, said),
        (run.test, data.test.ids, noisy(TRUTH, share, draw)),
    ):
        predictions.save(path, predictions.make(ids, values, competition.target))
    score = metrics.evaluate(competition, data.train.labels, said)
    parts = [
        {"fold": fold, **metrics.evaluate(competition, data.train.labels[fold::3], said[fold::3])} for fold in range(3)
    ]
    run.metrics.write_text(json.dumps({"metric": "accuracy", **score, "members": parts}))
    return run


@pytest.fixture
def season(kaggle, prepared, home, plugins, tmp_path, monkeypatch):
    """The season is over but for three pending scores; each member has a home with the data and only their own runs."""
    from kit.cli.main import kit

    played = Season(kaggle, {name: tmp_path / name for name in ("anna", "ben", "cleo")})
    kaggle.board.others = [(f"team {place}", round(0.999 - 0.004 * place, 5), [f"user{place}"]) for place in range(99)]
    for place in played.home.values():
        shutil.copytree(home, place)

    def submit(*words):
        arguments = ["--competitions", str(plugins), "submit", "tiny-stripes", *map(str, words), "--send", "--again"]
        return click.testing.CliRunner().invoke(kit, arguments, catch_exceptions=False, standalone_mode=False)

    def send(number: int) -> None:
        name = list(played.home)[number % 3]
        monkeypatch.setenv("KIT_HOME", str(played.home[name]))
        monkeypatch.setenv("KAGGLE_USERNAME", name)
        kaggle.board.judge = lambda content: (
            {"status": "ERROR", "errorDescription": FAILED[number]} if number in FAILED else judged(content)
        )
        run = a_run(prepared, number)
        submit_one(number, name, run)

    def submit_one(number: int, name: str, run: runs.Run) -> None:
        score = json.loads(run.metrics.read_text())
        known = {"by": name, "run": run.id, "cv": score["score"], "cv_error": score["error"]}
        if number == OLD:
            submissions.send("tiny-stripes", sample(tmp_path, number), f"old {run.id} 0123456789ab")
            known |= {"sha256": "0123456789ab"}
        elif number in BARE:
            submit(sample(tmp_path, number))
            known |= {"run": None, "cv": None, "cv_error": None, "sha256": digest(kaggle)}
        else:
            submit(run.id, "-m", f"try {number}")
            known |= {"sha256": digest(kaggle)}
        played.sent.append(known)

    for day, count in enumerate(DAYS):
        kaggle.board.slow = day == len(DAYS) - 1
        for hour in range(count):
            kaggle.board.now = datetime(2026, 11, 10, 8 + hour, 30, tzinfo=UTC) + timedelta(day)
            send(len(played.sent))
        while kaggle.board.now.day == 12 and not played.refused:
            try:
                send(len(played.sent))
            except KaggleError as error:
                played.refused.append(str(error))
    monkeypatch.setenv("KAGGLE_USERNAME", "anna")
    return played


def sample(folder, number: int):
    path = folder / f"file{number}.csv"
    path.write_text("Id,Label\n" + "".join(f"{row + 1},{(row * number) % 3}\n" for row in range(30)))
    return path


def digest(kaggle) -> str:
    import hashlib

    return hashlib.sha256(kaggle.uploads[-1]).hexdigest()[:12]


def expected(season: Season, who: str) -> list[dict]:
    """The table as `who` should see it, from the server's truth and what the members know; CVs of others are rounded."""
    rows = []
    for number, (row, known) in enumerate(zip(season.kaggle.submissions, season.sent, strict=True)):
        own = known["by"] == who
        cv, error = known["cv"], known["cv_error"]
        if not own and cv is not None:
            cv, error = (None, None) if number == OLD else (float(f"{cv:.6g}"), float(f"{error:.2g}"))
        rows.append(
            {
                "ref": row["ref"],
                "when": row["date"][:19] + "+00:00",
                "by": known["by"],
                "status": row["status"].lower(),
                "public": float(row["publicScore"]) if row.get("publicScore") else None,
                "private": float(row["privateScore"]) if row.get("privateScore") else None,
                "error": row.get("errorDescription", ""),
                "message": row["description"],
                "run": known["run"],
                "cv": cv,
                "cv_error": error,
                "sha256": known["sha256"],
            }
        )
    return rows


def test_a_season(season, here):
    def told(who: str, *words: str):
        return json.loads(here(*words, "--json", KIT_HOME=str(season.home[who]), KAGGLE_USERNAME=who).stdout)

    assert len(season.kaggle.submissions) == 30 and season.refused and QUOTA in season.refused[0]
    assert [row["status"] for row in season.kaggle.submissions].count("ERROR") == 3

    listed = ("submissions", "tiny-stripes")
    assert told("anna", *listed) == expected(season, "anna")
    assert [asked["page"] for asked in season.kaggle.asked("ListSubmissions")][-2:] == [1, 2]
    requests = len(season.kaggle.requests)
    assert told("anna", *listed, "--offline") == expected(season, "anna")
    last = max(number for number, known in enumerate(season.sent) if known["by"] == "ben")
    known = told("ben", *listed, "--offline")  # the list that his last upload looked into, and that upload
    assert [row["ref"] for row in known] == [row["ref"] for row in season.kaggle.submissions[: last + 1]]
    assert known[-1]["status"] == "pending" and len(season.kaggle.requests) == requests

    assert [row["status"] for row in told("anna", *listed)[-3:]] == ["pending"] * 3
    waited = told("ben", *listed, "--wait", "--poll", "0")
    assert waited == expected(season, "ben") and {row["status"] for row in waited} == {"complete", "error"}
    leaderboard_agrees(season, told)
    people_can_read_it(season, here)


def leaderboard_agrees(season: Season, told) -> None:
    value = told("cleo", "leaderboard", "tiny-stripes", "--public-share", "0.5")
    teams = ranked(season.kaggle)
    place = [name for name, _, _ in teams].index("Three of us")
    best = teams[place][1]
    assert (value["rank"], value["teams"], value["team"], value["score"]) == (place + 1, 100, "Three of us", best)
    assert [(row["rank"], row["team"], row["score"]) for row in value["ahead"]] == [
        (rank, *teams[rank - 1][:2]) for rank in range(max(1, place - 2), place + 1)
    ]
    for medal, last in {"gold": 10, "silver": 20, "bronze": 40}.items():
        name, score, _ = teams[last - 1]
        line = {"rank": last, "team": name, "score": score, "distance": pytest.approx(score - best)}
        assert value["medals"][medal] == line
    assert value["allowance"]["left"] == 2 and value["public_rows"] == 15
    scored_of(season, value)
    assert len(value["best_two"]["runs"]) == 2 and value["best_two"]["rows"] == 90
    requests = len(season.kaggle.requests)
    assert told("cleo", "leaderboard", "tiny-stripes", "--public-share", "0.5", "--offline") == value
    assert len(season.kaggle.requests) == requests


def scored_of(season: Season, value: dict) -> None:
    complete = [row for row in expected(season, "cleo") if row["status"] == "complete"]
    assert [(row["ref"], row["run"], row["cv"], row["public"]) for row in value["submissions"]] == [
        (row["ref"], row["run"], row["cv"], row["public"]) for row in complete
    ]
    for row in value["submissions"]:
        spread = np.sqrt(row["public"] * (1 - row["public"]) / 15)
        assert row["public_error"] == pytest.approx(spread or 1 / 16)
    files = {row["sha256"]: (row["cv"], row["public"]) for row in complete if row["cv"] is not None}
    cv, public = zip(*files.values(), strict=True)
    fit = value["agreement"]["fit"]
    assert value["agreement"]["pairs"] == len(files)
    assert fit["spearman"] == pytest.approx(spearmanr(cv, public).statistic)
    assert [fit["slope"], fit["intercept"]] == pytest.approx(list(np.polyfit(cv, public, 1)))


def people_can_read_it(season: Season, here) -> None:
    anna = {"KIT_HOME": str(season.home["anna"])}
    table = here("submissions", "tiny-stripes", "--offline", **anna)
    assert "50000005 failed: Submission Scoring Error" in table.stdout and " submissions tiny-stripes" in table.stderr
    away = {known["run"] for known in season.sent if known["run"] and known["by"] != "anna"}
    assert f"{len(away)} of the runs are not here: their CV is the one in the message" in table.stdout
    offline = here("leaderboard", "tiny-stripes", "--offline", **anna)
    assert "the leaderboard was not asked for yet" in offline.stdout and "best 10 of 2" in offline.stdout
    assert "Kaggle's list of submissions was read at" in offline.stderr
    shown = here("leaderboard", "tiny-stripes", "--picture", **anna)
    assert "of 100 teams: Three of us" in shown.stdout and "submissions left today: 2" in shown.stdout
    assert "--public-share" in shown.stdout and "Spearman's rank correlation" in shown.stdout
    picture = season.home["anna"] / "runs" / "submissions" / "tiny-stripes" / "cv-public.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
