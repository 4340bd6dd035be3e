"""The public leaderboard: where the team stands, how far the next places and the medals are, what is left of the day."""

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kit.errors import KaggleError
from kit.files import open_atomic
from kit.json_files import read_json, write_json
from kit.kaggle.submissions import KaggleSubmission
from kit.leaderboard import ledger
from kit.submission import kaggle_list

AHEAD = 3  # places above ours that are shown

# Places with a medal by the number of teams (first row that fits): gold, silver, bronze; a share is rounded down, and
# "10 + 0.2 %" means one more for every 500 teams. Source: https://www.kaggle.com/progression (read in November 2026).
# Getting Started, Playground and Community competitions usually give none.
MEDALS = (
    (100, {"gold": (0, 0.1), "silver": (0, 0.2), "bronze": (0, 0.4)}),
    (250, {"gold": (10, 0), "silver": (0, 0.2), "bronze": (0, 0.4)}),
    (1000, {"gold": (10, 0.002), "silver": (50, 0), "bronze": (100, 0)}),
    (None, {"gold": (10, 0.002), "silver": (0, 0.05), "bronze": (0, 0.1)}),
)


@dataclass(frozen=True)
class Team:
    rank: int
    name: str
    score: float
    members: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """asked: when, UTC, None if never. left: submissions left on that day, None if Kaggle did not say. last: the newest."""

    teams: tuple[Team, ...]
    asked: datetime.datetime | None
    left: int | None
    last: int


NEVER_ASKED = Board((), None, None, 0)


def fetch(slug: str) -> Board:
    """Asks Kaggle for the whole leaderboard and the allowance, and keeps both for `read_cached`. After ledger.fetch."""
    from kit.kaggle import leaderboard, submissions

    text, left = leaderboard.download(slug), submissions.count_remaining(slug)
    parse(text)  # only what can be read is kept
    with open_atomic(kaggle_list.folder(slug) / "leaderboard.csv") as handle:
        handle.write(text)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    write_json(
        kaggle_list.folder(slug) / "asked.json",
        {"asked": now, "left": left, "last": max(kaggle_list.rows(slug), default=0)},
    )
    return read_cached(slug)


def read_cached(slug: str) -> Board:
    """As Kaggle last gave it, NEVER_ASKED if it did not yet."""
    folder = kaggle_list.folder(slug)
    try:
        text = (folder / "leaderboard.csv").read_bytes()
    except FileNotFoundError:
        return NEVER_ASKED
    record = read_json(folder / "asked.json")
    return Board(parse(text), datetime.datetime.fromisoformat(record["asked"]), record["left"], record["last"])


def parse(text: bytes) -> tuple[Team, ...]:
    """The teams by rank. Rows that are no team's, as benchmarks with rank 0, are left out."""
    try:
        rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
        teams = [
            Team(
                int(row["Rank"]),
                row["TeamName"],
                float(row["Score"]),
                tuple((row.get("TeamMemberUserNames") or "").replace(",", " ").split()),
            )
            for row in rows
            if int(row["Rank"]) > 0 and row["Score"]
        ]
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise KaggleError(
            "Kaggle's leaderboard cannot be read", received=error, expected="columns Rank, TeamName and Score"
        ) from None
    return tuple(sorted(teams, key=lambda team: team.rank))


def medals(teams: int) -> dict[str, int]:
    """The last place that wins gold, silver and bronze; 0 if none does."""
    lines = next(lines for below, lines in MEDALS if below is None or teams < below)
    return {medal: ranks + int(teams * share + 1e-9) for medal, (ranks, share) in lines.items()}


def ours(teams: Sequence[Team], rows: Iterable[KaggleSubmission]) -> Team | None:
    """The team that the submissions are of: by its members' names and, since teams are renamed, its latest name."""
    by_date = sorted(rows, key=lambda row: row.date)
    members, name = {row.submitted_by for row in by_date}, by_date[-1].team if by_date else ""

    def likeness(team: Team) -> tuple[bool, bool]:
        return bool(members & set(team.members)), team.name == name

    best = max(teams, key=likeness, default=None)
    return best if best and any(likeness(best)) else None


def describe_standing(teams: Sequence[Team], our: Team | None, *, greater_is_better: bool) -> dict[str, Any]:
    """Rank, the next places with a better score, and each medal's line. distance: what is missing to that score, below 0 if it
    is ours. tied: the other teams with our score, which are not above us whatever their rank.
    """

    def line(team: Team) -> dict[str, Any]:
        missing = (team.score - our.score) * (1 if greater_is_better else -1) if our else None
        return {"rank": team.rank, "team": team.name, "score": team.score, "distance": missing}

    above = [team for team in teams if our and team.rank < our.rank and team.score != our.score]
    lines = {medal: line(teams[last - 1]) if last else None for medal, last in medals(len(teams)).items()}
    return {
        "teams": len(teams),
        "rank": our.rank if our else None,
        "team": our.name if our else None,
        "score": our.score if our else None,
        "tied": sum(team.score == our.score for team in teams) - 1 if our else 0,
        "ahead": [line(team) for team in above[-AHEAD:]],
        "medals": lines,
    }


def allowance(board: Board, entries: Iterable[ledger.Entry], now: datetime.datetime) -> dict[str, Any]:
    """Submissions left today, and when they renew: at midnight UTC. What was sent since Kaggle was asked is counted off.

    left: None if Kaggle did not say, or not today.
    """
    renews = datetime.datetime.combine(now.date() + datetime.timedelta(1), datetime.time(), datetime.UTC)
    since = sum(entry.ref > board.last and entry.status != "error" for entry in entries)
    known = board.left if board.asked and board.asked.date() == now.date() else None
    left = None if known is None else max(0, known - since)
    return {"left": left, "renews": renews.isoformat(timespec="seconds")}
