"""The leaderboard as Kaggle writes it, medal lines by its published rule, and the day's allowance."""

import datetime

import pytest

from kit.errors import KaggleError
from kit.files import write_text
from kit.json_files import write_json
from kit.kaggle import leaderboard
from kit.kaggle.submissions import KaggleSubmission
from kit.leaderboard import board, ledger
from kit.submission import kaggle_list
from tests.kaggle_server import refusal, serve
from tests.reliability.faulty_server import FaultyHandler

CSV = (
    "\ufeffRank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\r\n"
    '2,5,"Beta, Inc",2026-11-20 10:00:00,0.5,7,"ben, cleo"\r\n'
    "0,9,all_zeros_benchmark,2026-11-01,0.1,1,host\r\n"
    "1,4,Alpha,2026-11-20 09:00:00,0.25,3,anna\r\n"
    "3,6,Late,2026-11-20,,0,\r\n"
)


def test_teams_are_read_as_kaggle_writes_them():
    assert board.parse(CSV.encode()) == (
        board.Team(1, "Alpha", 0.25, ("anna",)),
        board.Team(2, "Beta, Inc", 0.5, ("ben", "cleo")),
    )


def test_a_team_s_name_may_hold_what_python_takes_for_the_end_of_a_line():
    odd = "We\u2028are\x85here\x0b"
    read = board.parse(CSV.encode() + f'3,9,"{odd}",2017-01-01,0.75,1,cy\n'.encode())
    assert [team.name for team in read] == ["Alpha", "Beta, Inc", odd]


@pytest.mark.parametrize("text", [b"a,b\n1,2\n", b"Rank,TeamName,Score\nfirst,us,0.5\n", b"\xff\xfe"])
def test_another_form_is_an_error(text):
    with pytest.raises(KaggleError, match="expected columns Rank, TeamName and Score"):
        board.parse(text)


@pytest.mark.parametrize(
    ("teams", "lines"),
    [
        (9, (0, 1, 3)),  # Kaggle's own examples: 9 teams, no gold; 500 teams, 11; 5,000 teams, 20
        (99, (9, 19, 39)),
        (100, (10, 20, 40)),
        (249, (10, 49, 99)),
        (250, (10, 50, 100)),
        (500, (11, 50, 100)),
        (999, (11, 50, 100)),
        (1000, (12, 50, 100)),
        (5000, (20, 250, 500)),
    ],
)
def test_medal_lines(teams, lines):
    assert tuple(board.medals(teams).values()) == lines


def test_our_team_is_found_by_its_members_then_by_its_latest_name():
    teams = board.parse(CSV.encode())
    row = KaggleSubmission(1, "complete", "0.5", "", "", date="2026-11-20", submitted_by="cleo", team="an old name")
    assert board.ours(teams, [row]).name == "Beta, Inc"
    nameless = KaggleSubmission(2, "complete", "0.5", "", "", date="2026-11-21", submitted_by="Cleo D.", team="Alpha")
    assert board.ours(teams, [nameless]).name == "Alpha"
    assert board.ours(teams, [KaggleSubmission(3, "pending", "", "", "")]) is None and board.ours(teams, []) is None


@pytest.mark.parametrize("teams", [1, 3, 9, 10])
def test_a_board_with_few_medals_or_none_is_shown(here, home, teams):
    folder = kaggle_list.folder("tiny-stripes")
    rows = "".join(f"{rank},{rank},t{rank},,{1 - rank / 100},1,u{rank}\n" for rank in range(1, teams + 1))
    write_text(
        folder / "leaderboard.csv",
        "Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n" + rows,
    )
    write_json(folder / "asked.json", {"asked": "2026-11-20T10:00:00+00:00", "left": 5, "last": 7})
    kaggle_list.keep("tiny-stripes", [KaggleSubmission(7, "complete", "0.99", "", "", submitted_by="u1")])
    shown = here("leaderboard", "tiny-stripes", "--offline").stdout
    assert f"place 1 of {teams} teams: t1" in shown and shown.count("none") >= (teams < 10)


def test_teams_with_our_score_are_not_above_us():
    teams = [board.Team(rank, name, score, ()) for rank, name, score in ((1, "a", 0.9), (2, "b", 0.8), (3, "us", 0.8))]
    found = board.describe_standing(teams, teams[2], greater_is_better=True)
    assert (found["rank"], found["tied"], [row["team"] for row in found["ahead"]]) == (3, 1, ["a"])


def test_without_anything_of_kaggle_there_is_nothing_to_show(here, home):
    refused = here("leaderboard", "tiny-stripes", "--offline", check=False)
    assert refused.returncode == 3 and "without --offline" in refused.stderr


def test_distance_is_what_is_missing_in_either_direction():
    alpha, beta = board.parse(CSV.encode())
    low = board.describe_standing((alpha, beta), beta, greater_is_better=False)  # of a loss, Alpha's 0.25 is ahead
    assert low["ahead"] == [{"rank": 1, "team": "Alpha", "score": 0.25, "distance": 0.25}]
    assert low["medals"] == {"gold": None, "silver": None, "bronze": None}
    assert board.describe_standing((alpha, beta), None, greater_is_better=True)["rank"] is None


def at(hour: int, day: int = 20) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, hour, tzinfo=datetime.UTC)


def entry(ref: int, status: str = "pending") -> ledger.Entry:
    return ledger.Entry(ref, "", "", status, None, None, "", "", None, None, None, None)


def test_what_was_sent_since_kaggle_was_asked_is_counted_off_and_midnight_renews():
    kept = board.Board((), at(9), left=3, last=7)
    sent = [entry(6), entry(7), entry(8), entry(9, "error")]  # Kaggle counts no failed one
    assert board.allowance(kept, sent, at(23)) == {"left": 2, "renews": "2026-11-21T00:00:00+00:00"}
    assert board.allowance(kept, sent, at(0, day=21)) == {"left": None, "renews": "2026-11-22T00:00:00+00:00"}
    assert board.allowance(board.Board((), at(9), None, 7), sent, at(10))["left"] is None


def test_the_board_is_fetched_after_a_fault_and_leaves_the_data_alone(kaggle, home):
    kaggle.faults["DownloadLeaderboard"] = [refusal(503, Retry_After="0")]
    archive = home / "data" / "zoo" / "archives" / "zoo.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"the data")
    assert board.parse(leaderboard.download("zoo")) == () and archive.read_bytes() == b"the data"


def test_what_is_no_board_is_not_kept(kaggle, home):
    kaggle.faults["DownloadLeaderboard"] = [{"body": b"<html>", "headers": {"Content-Type": "text/html"}}]
    with pytest.raises(KaggleError, match="leaderboard cannot be read"):
        board.fetch("zoo")
    assert not kaggle_list.folder("zoo").exists()


def test_a_board_that_is_cut_off_is_told_at_once_and_not_waited_for(kaggle, monkeypatch):
    kaggle.fault_at = (0, "truncated")
    with serve(kaggle, FaultyHandler) as proxy:
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, proxy)
        with pytest.raises(KaggleError, match="no connection to Kaggle"):
            leaderboard.download("zoo")
    assert len(kaggle.asked("DownloadLeaderboard")) == 1
