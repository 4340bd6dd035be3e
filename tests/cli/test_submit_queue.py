"""`kit submit --queue`: what is worth a submission, in order; two members, and the end of the day."""

import json
import shutil

import pytest

from kit.sharing import claims, stores
from tests.compare.conftest import field, wrong  # noqa: F401
from tests.kaggle_server import refusal


@pytest.fixture
def queued(here, field, kaggle):  # noqa: F811
    """Two runs that are worth it, the better one first, and one that is not; queue(...) -> its JSON."""
    runs = [
        field.make("best", wrong(field.labels, range(18)), field.test),
        field.make("second", wrong(field.labels, [*range(9), *range(20, 30)]), wrong(field.test, range(6))),
        field.make("twin", wrong(field.labels, range(18)), field.test),
    ]

    def queue(*words: str, **how):
        return json.loads(here("submit", "tiny-stripes", "--queue", *words, "--json", **how).stdout)

    queue.runs = [run.id for run in runs]
    return queue


def test_the_queue_is_shown_and_nothing_is_sent(queued, kaggle):
    found = queued()
    assert (found["left_today"], [one["run"] for one in found["queue"]]) == (5, queued.runs[:2])
    assert not kaggle.asked("CreateSubmission")


def test_the_next_is_sent_while_something_is_left(queued, here, kaggle):
    best, second, _ = queued.runs
    assert queued("--send")["sent"]["run"] == best
    done = here("submit", "tiny-stripes", "--queue", "--send", "--wait", "--poll", "0", "--json")
    sent = json.loads(done.stdout)["sent"]
    assert (sent["run"], sent["public_score"]) == (second, "0.99571")
    assert done.stderr.rstrip().endswith("leaderboard tiny-stripes")
    done = here("submit", "tiny-stripes", "--queue", "--send", check=False)
    assert done.returncode == 3 and "the queue is empty" in done.stderr
    assert len(kaggle.submissions) == 2


def test_nothing_is_sent_when_nothing_is_left(queued, here, kaggle):
    kaggle.allowed = 0
    done = here("submit", "tiny-stripes", "--queue", "--send", check=False)
    assert done.returncode == 2 and "nothing is left of today" in done.stderr and not kaggle.submissions


def test_two_members_spend_one_each(queued, kaggle, tmp_path):
    """The second has the same runs, and a list that is from before the first has sent."""
    best, second, _ = queued.runs
    shutil.copytree(tmp_path / "home", tmp_path / "other")
    queued(KIT_HOME=str(tmp_path / "other"))
    assert queued("--send")["sent"]["run"] == best
    assert queued("--send", KIT_HOME=str(tmp_path / "other"))["sent"]["run"] == second
    assert len(kaggle.submissions) == 2


def test_what_a_teammate_has_claimed_is_left_to_them(queued, here, kaggle, tmp_path, monkeypatch):
    best, second, _ = queued.runs
    (tmp_path / "team").mkdir()
    team = stores.open_store(str(tmp_path / "team"))
    monkeypatch.setattr(claims, "find_author", lambda: ("ann", "KIT_AUTHOR"))
    claims.claim(team, "tiny-stripes", best)
    monkeypatch.setattr(claims, "find_author", lambda: ("ben", "KIT_AUTHOR"))
    monkeypatch.setenv("KIT_TEAM", str(tmp_path / "team"))
    refused = here("submit", "tiny-stripes", best, "--send", check=False)
    assert refused.returncode == 3 and "is claimed for today; received by ann" in refused.stderr
    assert queued("--send")["sent"]["run"] == second
    assert claims.list_claims(team, "tiny-stripes") == {best: "ann", second: "ben"}
    refused = here("submit", "tiny-stripes", "--queue", "--send", check=False)
    assert refused.returncode == 3 and "all runs of the queue were passed over" in refused.stderr


def test_a_run_that_cannot_be_sent_leaves_no_claim(queued, here, kaggle, tmp_path, monkeypatch):
    """It was sent before by a member without the store; then Kaggle refuses another: a claim from before stays."""
    best, second, _ = queued.runs
    here("submit", "tiny-stripes", best, "--send")
    (tmp_path / "team").mkdir()
    team = stores.open_store(str(tmp_path / "team"))
    monkeypatch.setenv("KIT_TEAM", str(tmp_path / "team"))
    refused = here("submit", "tiny-stripes", best, "--send", check=False)
    assert refused.returncode == 2 and "were uploaded before" in refused.stderr
    for claimed in ({}, {second: claims.find_author()[0]}):
        if claimed:
            claims.claim(team, "tiny-stripes", second)
        kaggle.faults["CreateSubmission"] = [refusal(400, "your team has used its allowance")]
        assert here("submit", "tiny-stripes", second, "--send", check=False).returncode == 5
        assert claims.list_claims(team, "tiny-stripes") == claimed
    assert len(kaggle.submissions) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("RUN",), "received RUN; expected only SLUG"),
        (("--send", "--again"), "received --again"),
        (("--local",), "received --local or --reveal"),
    ],
)
def test_the_queue_takes_no_run(here, home, words, said):
    refused = here("submit", "tiny-stripes", *words, "--queue", check=False)
    assert refused.returncode == 2 and said in refused.stderr


def test_without_a_run_or_a_queue_there_is_nothing_to_submit(here, home):
    refused = here("submit", "tiny-stripes", check=False)
    assert refused.returncode == 2 and "Missing argument '(RUN | FILE.csv)', or --queue." in refused.stderr
