"""kit submit --send --wait: the real client, the loopback server, and what is left behind."""

import json
import time
from dataclasses import replace

import pytest
from requests.exceptions import ConnectionError

from kit.errors import AccessError, KaggleError
from kit.kaggle import submissions
from kit.submission import once
from tests.kaggle_server import SECRET, refusal


@pytest.fixture
def file(prepared, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("Id,Label\n" + "".join(f"{number + 1},{number % 3}\n" for number in range(30)))
    return path


def test_without_send_nothing_is_asked(here, file, kaggle):
    done = here("submit", "tiny-stripes", str(file), "--json")
    assert json.loads(done.stdout)["rows"] == 30 and not kaggle.requests
    assert "--send --wait" in done.stderr


def test_send_uploads_the_checked_bytes_and_wait_returns_the_score(here, file, kaggle):
    done = here("submit", "tiny-stripes", str(file), "--send", "--wait", "--poll", "0", "-m", "first", "--json")
    result = json.loads(done.stdout)
    assert kaggle.uploads == [file.read_bytes()]
    assert (result["ref"], result["status"], result["public_score"]) == (50_000_001, "complete", "0.99571")
    assert result["left_today"] == 5
    [said] = [body["submissionDescription"] for body in kaggle.asked("CreateSubmission")]
    assert said.startswith("first ") and result["sha256"][:12] in said


@pytest.mark.parametrize("status", [429, 503])
def test_a_kaggle_that_is_busy_before_the_submission_is_asked_again(here, file, kaggle, status):
    kaggle.faults["StartSubmissionUpload"] += [refusal(status, "busy", Retry_After="0")] * 2
    done = here("submit", "tiny-stripes", str(file), "--send")
    assert done.stderr.count(f"Kaggle is busy ({status})") == 2 and len(kaggle.submissions) == 1


def test_the_same_bytes_are_not_sent_twice(here, file, kaggle):
    sent = here("submit", "tiny-stripes", str(file), "--send")
    assert "submissions tiny-stripes --wait" in sent.stderr  # it has no score yet
    done = here("submit", "tiny-stripes", str(file), "--send", check=False)
    assert done.returncode == 2 and "submission 50000001" in done.stderr and len(kaggle.uploads) == 1
    here("submit", "tiny-stripes", str(file), "--send", "--again")
    assert len(kaggle.uploads) == 2


def test_a_wait_that_was_stopped_goes_on(here, file, kaggle):
    here("submit", "tiny-stripes", str(file), "--send")
    done = here("submit", "tiny-stripes", str(file), "--send", "--wait", "--poll", "0", "--json")
    assert json.loads(done.stdout)["public_score"] == "0.99571" and len(kaggle.uploads) == 1
    assert "submission 50000001 was uploaded before: waiting for its score" in done.stderr
    again = here("submit", "tiny-stripes", str(file), "--send", "--wait", check=False)
    assert again.returncode == 2 and len(kaggle.uploads) == 1


def test_a_file_that_fails_the_check_is_never_uploaded(here, file, kaggle):
    file.write_text(file.read_text().replace("7,0", "7,9"))
    done = here("submit", "tiny-stripes", str(file), "--send", check=False)
    assert done.returncode == 6 and not kaggle.requests


PAGE = {"body": b"<html>", "headers": {"Content-Type": "text/html"}}
QUOTA = "Submission not allowed: Your team has used its daily Submission allowance (5) today"


@pytest.mark.parametrize(
    ("method", "fault", "code", "words"),
    [
        ("Upload", {"status": 503}, 5, "the upload of mine.csv failed"),
        ("CreateSubmission", refusal(400, QUOTA), 5, QUOTA),
        ("StartSubmissionUpload", refusal(403, shape="none"), 4, "accept the rules"),
        ("StartSubmissionUpload", refusal(401, "no", "nested"), 4, "does not accept the token"),
        (
            "CreateSubmission",
            refusal(500, shape="none"),
            5,
            "the upload of mine.csv, and its list does not have it",
        ),
    ],
)
def test_a_failed_upload_is_an_error_and_is_not_recorded_as_sent(
    here, file, kaggle, home, monkeypatch, method, fault, code, words
):
    monkeypatch.setattr(once, "SETTLE_S", 0)
    kaggle.faults[method] = [fault]
    done = here("submit", "tiny-stripes", str(file), "--send", check=False)
    assert done.returncode == code and words in done.stderr and SECRET not in done.stderr
    assert not list(home.rglob("submissions/tiny-stripes/*.json"))
    kaggle.faults.clear()
    here("submit", "tiny-stripes", str(file), "--send")  # and so it may be sent after all


def test_a_submission_that_kaggle_could_not_score_says_why(kaggle):
    kaggle.submissions = [{"ref": 7, "status": "ERROR", "errorDescription": "Invalid label"}]
    scored = submissions.wait("tiny-stripes", 7, timeout_s=5, poll_s=0)
    assert (scored.status, scored.error) == ("error", "Invalid label")


def test_waiting_ends_with_what_to_do(kaggle):
    kaggle.submissions = [{"ref": 7, "status": "PENDING"}]
    with pytest.raises(KaggleError, match="submission 7 has no score after 0 s"):
        submissions.wait("tiny-stripes", 7, timeout_s=0, poll_s=1)


def test_waiting_outlasts_a_network_that_is_away_and_asks_ever_less_often(kaggle, monkeypatch):
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    pending, lost = submissions.KaggleSubmission(7, "pending", "", "", ""), ConnectionError()
    answers = [pending, lost, pending, replace(pending, status="complete", public_score="0.9")]

    def answer(api, ref):
        found = answers.pop(0)
        if found is lost:
            raise found
        return found

    monkeypatch.setattr(submissions, "_get", answer)
    assert submissions.wait("tiny-stripes", 7, timeout_s=900, poll_s=30).public_score == "0.9"
    assert pauses == [30, 45, 60]


@pytest.mark.parametrize("away", [refusal(503), refusal(429, "slow down"), {"drop": True}, PAGE, {"body": b""}])
def test_waiting_outlasts_a_kaggle_that_is_busy_or_answers_with_a_page(here, file, kaggle, away):
    kaggle.faults["GetSubmission"] = [away] * 6
    done = here("submit", "tiny-stripes", str(file), "--send", "--wait", "--poll", "0", "--json")
    assert json.loads(done.stdout)["public_score"] == "0.99571"
    assert done.stderr.count("asking again") == 6 and len(kaggle.asked("GetSubmission")) > 6


def test_waiting_for_a_busy_kaggle_ends_at_its_own_timeout(kaggle):
    kaggle.faults["GetSubmission"] = [refusal(503)] * 1000
    with pytest.raises(KaggleError, match=r"submission 7 has no score after 0\.2 s"):
        submissions.wait("tiny-stripes", 7, timeout_s=0.2, poll_s=0.01)


def test_a_refusal_is_not_waited_for(kaggle):
    kaggle.faults["GetSubmission"] = [refusal(403)]
    with pytest.raises(AccessError, match="accept the rules"):
        submissions.wait("tiny-stripes", 7, timeout_s=900, poll_s=1)


def test_a_server_that_knows_only_one_page_ends_the_list(kaggle, monkeypatch):
    kaggle.submissions = [{"ref": ref, "status": "COMPLETE"} for ref in (1, 2)]
    same = {"body": json.dumps({"submissions": kaggle.submissions}).encode()}
    kaggle.faults["ListSubmissions"] = [same] * 50
    assert [one.ref for one in submissions.list_all("tiny-stripes", page_size=2)] == [1, 2]
    assert len(kaggle.requests) == 2


def test_an_old_client_cannot_tell_what_is_left(kaggle, monkeypatch):
    """kaggle 2.0.2, in Kaggle's own image."""
    from kaggle.api.kaggle_api_extended import KaggleApi

    monkeypatch.delattr(KaggleApi, "competition_get_submission_limits")
    assert submissions.count_remaining("tiny-stripes") is None


def test_all_pages_of_submissions_are_listed(kaggle):
    kaggle.submissions = [{"ref": ref, "status": "COMPLETE", "publicScore": str(ref)} for ref in range(1, 8)]
    found = submissions.list_all("tiny-stripes", page_size=3)
    assert [one.ref for one in found] == [7, 6, 5, 4, 3, 2, 1] and found[0].public_score == "7"


def test_what_is_left_of_the_day(kaggle):
    kaggle.allowed = 3
    assert submissions.count_remaining("tiny-stripes") == 3
