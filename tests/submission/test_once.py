"""A submission is spent once: whatever happens to Kaggle's answer, the same command again sends nothing that has counted."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from kit import paths
from kit.kaggle.submissions import KaggleSubmission
from kit.submission import kaggle_list, once, records
from tests.kaggle_server import refusal

PAGE = {"body": b"<html>We'll be back</html>", "headers": {"Content-Type": "text/html"}}
EMPTY = {"body": b'{"submissions": []}'}
LOST = {
    "502": refusal(502),
    "503 with a reason": refusal(503, "busy"),
    "408": refusal(408),
    "dropped": {"drop": True},
    "a web page": PAGE,
    "half an answer": {"body": b'{"message": "Succ'},
    "shorter than it says": {"body": b'{"ref"', "headers": {"Content-Length": "90", "Connection": "close"}},
    "a list": {"body": b"[]"},
    "no reference": {"body": b"{}"},
    "a reference that is none": {"body": b'{"ref": "soon"}'},
    "null": {"body": b"null"},
    "empty": {"body": b""},
}


@pytest.fixture
def file(prepared, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("Id,Label\n" + "".join(f"{number + 1},{number % 3}\n" for number in range(30)))
    return path


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Kaggle's list has at once what counted."""
    monkeypatch.setattr(once, "SETTLE_S", 0)


@pytest.fixture
def send(here, file):
    return lambda *words, **how: here("submit", "tiny-stripes", str(file), "--send", *words, "--json", **how)


def open_records() -> list:
    return list(records.list_open("tiny-stripes").values())


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
def test_what_counted_though_its_answer_is_lost_is_found_in_the_list(send, kaggle, answer):
    kaggle.lost["CreateSubmission"] = [answer]
    done = send()
    assert json.loads(done.stdout)["ref"] == 50_000_001
    assert done.stderr.count("found in Kaggle's list: the upload of mine.csv at") == 1
    again = send(check=False)
    assert again.returncode == 2 and "uploaded before, as submission 50000001 of" in again.stderr
    assert len(kaggle.submissions) == 1 and not open_records()


@pytest.mark.parametrize("answer", [LOST["502"], LOST["dropped"], LOST["a web page"]])
def test_the_next_command_looks_for_it_where_the_list_was_away_too(send, here, kaggle, answer):
    kaggle.lost["CreateSubmission"] = [answer]
    kaggle.faults["ListSubmissions"] = [EMPTY, EMPTY, PAGE]
    done = send(check=False)
    assert done.returncode == 5 and "it may have counted: the same command looks into Kaggle's list" in done.stderr
    assert [one.status for one in open_records()] == ["sending"]
    assert "without an answer from Kaggle yet: " in here("submissions", "tiny-stripes", "--offline").stdout
    done = send("--again")
    assert json.loads(done.stdout)["ref"] == 50_000_001 and "counted, as submission 50000001" in done.stderr
    assert len(kaggle.submissions) == 1 and not open_records()
    send("--again")
    assert len(kaggle.submissions) == 2


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
def test_what_did_not_count_is_sent_by_the_same_command(send, kaggle, answer):
    kaggle.faults["CreateSubmission"] = [answer]
    done = send(check=False)
    assert done.returncode == 5 and "its list does not have it; nothing was submitted" in done.stderr
    assert json.loads(send().stdout)["ref"] == 50_000_001 and len(kaggle.submissions) == 1


def test_without_a_list_nothing_is_sent(send, kaggle):
    kaggle.faults["ListSubmissions"] = [PAGE]
    done = send(check=False)
    assert done.returncode == 5 and "cannot be read" in done.stderr
    assert not kaggle.asked("StartSubmissionUpload") and not open_records()


def test_what_was_never_connected_never_left(send, kaggle, monkeypatch):
    """The list is there, then the network goes."""
    from kit.kaggle import submissions

    def send_without_network(*arguments):
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        return plain(*arguments)

    plain = submissions.send
    monkeypatch.setattr(submissions, "send", send_without_network)
    done = send(check=False)
    assert done.returncode == 5 and "may have counted" not in done.stderr and not open_records()
    assert "no connection to Kaggle; received ProxyError; the upload of mine.csv did not begin" in done.stderr


def test_a_teammate_has_sent_the_same_bytes(send, kaggle, monkeypatch, tmp_path):
    send()
    kaggle.submissions[0]["submittedBy"] = "ann"
    done = send(check=False, KIT_HOME=str(move_home(tmp_path)))
    assert done.returncode == 2 and "as submission 50000001 of" in done.stderr and "by ann" in done.stderr
    assert len(kaggle.submissions) == 1


def test_a_teammate_is_quicker_by_a_moment(send, kaggle):
    """What they have sent is in the list that is asked for just before the submission leaves."""
    send()
    kaggle.submissions[0]["submittedBy"] = "ann"
    kaggle.faults["ListSubmissions"] = [EMPTY]
    for record in (paths.submissions("tiny-stripes")).glob("*.json"):
        record.unlink()
    done = send(check=False)
    assert done.returncode == 2 and "uploaded meanwhile, as submission 50000001 by ann" in done.stderr
    assert len(kaggle.submissions) == 1 and not open_records()


def move_home(tmp_path):
    """The data of this home, without what was sent from it."""
    shutil.copytree(tmp_path / "home" / "data", tmp_path / "other" / "data")
    return tmp_path / "other"


def test_many_commands_at_once_spend_one(plugins, file, kaggle):
    words = ["--competitions", str(plugins), "submit", "tiny-stripes", str(file), "--send"]
    command = [sys.executable, "-m", "kit", *words]
    started = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(3)]
    codes = [process.wait(60) for process in started]
    assert codes.count(0) == 1 and set(codes) <= {0, 2, 3} and len(kaggle.submissions) == 1


def test_a_full_disk_after_the_answer(send, kaggle, monkeypatch):
    plain = records.write

    def write(where, record):
        if record.ref:
            raise OSError(28, "No space left on device")
        return plain(where, record)

    monkeypatch.setattr(records, "write", write)
    done = send(check=False)
    assert done.returncode == 3 and "uploaded: submission 50000001" in done.stderr
    monkeypatch.setattr(records, "write", plain)
    assert json.loads(send().stdout)["ref"] == 50_000_001 and len(kaggle.submissions) == 1


def test_an_upload_of_another_day_is_settled_without_waiting(home, monkeypatch):
    monkeypatch.setattr(once, "SETTLE_S", 900)
    monkeypatch.setattr(kaggle_list, "fetch", lambda slug: {})
    where = home / "runs" / "submissions" / "zoo"
    begun = records.begin("zoo", "ab" * 32, None, "x.csv", "x.csv abababababab", 0)
    records.write(where, replace(begun, when="2026-01-01T00:00:00.000000+00:00", status="sending"))
    earlier = once.look_up("zoo", "ab" * 32, where)
    assert (earlier.completed, earlier.sent, records.list_open("zoo")) == (None, [], {})


def test_an_upload_that_had_not_come_to_the_sending_is_not_waited_for(home, monkeypatch):
    monkeypatch.setattr(once, "SETTLE_S", 900)
    monkeypatch.setattr(kaggle_list, "fetch", lambda slug: {})
    where = home / "runs" / "submissions" / "zoo"
    records.write(where, records.begin("zoo", "ab" * 32, None, "x.csv", "x.csv abababababab", 0))
    assert once.look_up("zoo", "ab" * 32, where).sent == [] and records.list_open("zoo") == {}


def test_only_what_came_after_an_upload_began_completes_it(home, monkeypatch):
    row = KaggleSubmission(7, "complete", "0.5", "", "", "x.csv abababababab", submitted_by="ann")
    monkeypatch.setattr(kaggle_list, "fetch", lambda slug: {7: row})
    where = home / "runs" / "submissions" / "zoo"
    records.write(where, records.begin("zoo", "ab" * 32, None, "x.csv", "x.csv abababababab", 7))
    earlier = once.look_up("zoo", "ab" * 32, where)
    assert earlier.completed is None and [(record.ref, by) for record, by in earlier.sent] == [(7, "ann")]
    assert earlier.newest == 7


KILLED = """
import os, signal, sys
from kit.cli.main import main

replace, left = os.replace, [int(sys.argv.pop(1))]

def counted(*paths):
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    replace(*paths)
    if left[0] == 0 and sys.argv[1] == "after":
        os.kill(os.getpid(), signal.SIGKILL)

os.replace = counted
main(sys.argv[2:])
"""


def start(plugins, file, renames: int, moment: str) -> subprocess.Popen:
    """`kit submit --send`, killed before or after so many renames."""
    words = ["--competitions", str(plugins), "submit", "tiny-stripes", str(file), "--send"]
    command = [sys.executable, "-c", KILLED, str(renames), moment, *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("renames", "counted"), [(0, 0), (1, 0), (2, 0), (3, 1)], ids=["list", "uploading", "sending", "reference"]
)
def test_a_process_that_is_killed_at_a_rename(send, plugins, file, kaggle, renames, counted, moment):
    process = start(plugins, file, renames + (moment == "after"), moment)
    assert process.wait(60) == -signal.SIGKILL and len(kaggle.submissions) == counted
    done = send(check=False)
    finished = moment == "after" and renames == 3  # it had done everything, and so the bytes are known
    assert done.returncode == (2 if finished else 0), done.stderr
    assert len(kaggle.submissions) == 1 and not open_records()


@pytest.mark.parametrize("counts", [True, False])
def test_a_process_that_is_killed_while_it_waits_for_the_answer(send, plugins, file, kaggle, counts):
    silent = threading.Event()
    (kaggle.lost if counts else kaggle.faults)["CreateSubmission"] = [{"silent": silent}]
    process = start(plugins, file, 99, "never")
    while not kaggle.asked("CreateSubmission"):
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    silent.set()
    assert [one.status for one in open_records()] == ["sending"]
    done = send()
    assert ("counted, as submission 50000001" if counts else "did not count") in done.stderr
    assert json.loads(done.stdout)["ref"] == 50_000_001
    assert len(kaggle.submissions) == 1 and not open_records()
