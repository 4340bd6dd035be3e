"""What Kaggle refuses or answers in another form ends a download in one line, after as many tries as make sense."""

import hashlib
import threading
import zipfile

import pytest

from kit.errors import DataError, KaggleError
from kit.kaggle import client
from tests.kaggle import kept
from tests.kaggle_server import refusal


def test_a_server_that_is_busy_for_a_moment_is_asked_again(here, home, served):
    served.faults["ListDataFiles"] = [refusal(429, "slow down", Retry_After="0")]
    served.faults["DownloadDataFiles"] = [refusal(503, shape="none", Retry_After="0")]
    here("download", "tiny-stripes")
    kept.whole(home, served)


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (
            refusal(401, "Unauthenticated"),
            4,
            "does not accept the token from KAGGLE_USERNAME and KAGGLE_KEY; received Unauthenticated",
        ),
        (refusal(403, "You must accept the rules"), 4, "https://www.kaggle.com/competitions/tiny-stripes/rules"),
        (refusal(403, "You must accept the rules", "nested"), 4, "received You must accept the rules"),
        (refusal(403, shape="none"), 4, "check the slug for typos"),
        (refusal(400, "No such thing"), 5, "Kaggle refused (400); received No such thing"),
        (refusal(404, "Not found"), 3, "Kaggle knows no 'tiny-stripes'"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_repeated(here, home, served, fault, code, words):
    served.faults["ListDataFiles"] = [fault]
    done = here("download", "tiny-stripes", check=False)
    assert done.returncode == code and words in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert len(served.requests) == 1 and kept.nothing(home)


def test_a_server_that_stays_busy_ends_with_kaggles_family(here, home, served):
    served.faults["ListDataFiles"] = [refusal(429, "slow down", Retry_After="0") for _ in range(9)]
    done = here("download", "tiny-stripes", check=False)
    assert done.returncode == 5 and "too many requests" in done.stderr
    assert len(served.requests) == 4 and kept.nothing(home)


def test_flipped_bytes_are_found_and_nothing_is_kept(here, home, served):
    middle = len(served.archive) // 3
    flipped = served.archive[:middle] + bytes([served.archive[middle] ^ 255]) + served.archive[middle + 1 :]
    served.faults["Storage"] = [{"bytes": flipped}]
    done = here("download", "tiny-stripes", check=False)
    assert done.returncode == 3 and "is damaged" in done.stderr and kept.nothing(home)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(home, served, monkeypatch):
    served.faults["ListDataFiles"] = [{"silent": (over := threading.Event())}]
    monkeypatch.setattr(client, "TIMEOUT_S", (5, 0.2))
    with pytest.raises(KaggleError, match="no connection to Kaggle; received ReadTimeout"):
        kept.fetch(home)
    over.set()


@pytest.mark.parametrize("body", [b"<html>", b'{"files": 3}'])
def test_an_answer_of_another_form_is_kaggles_family(home, served, body):
    served.faults["ListDataFiles"] = [{"body": body}]
    with pytest.raises(KaggleError, match="answer cannot be read"):
        kept.fetch(home)


def test_a_refusal_of_the_storage_is_not_taken_for_one_of_kaggle(home, served):
    served.faults["Storage"] = [{"status": 403, "headers": {"Content-Type": "text/xml"}}]
    with pytest.raises(KaggleError, match=r"storage refused \(403\)"):
        kept.fetch(home)


def test_a_manifest_remembers_what_kaggle_once_sent(home, served, archive):
    copy = kept.fetch(home)
    before = hashlib.sha256(copy.read_bytes()).hexdigest()
    copy.unlink()
    with zipfile.ZipFile(archive, "a") as out:
        out.writestr("more.txt", "more")
    served.archive, served.etag = archive.read_bytes(), '"version-2"'
    now = hashlib.sha256(served.archive).hexdigest()
    with pytest.raises(DataError, match=f"received sha256 {now}; expected {before}; remove .*manifest.json"):
        kept.fetch(home)
    assert kept.left(home) == ["manifest.json"]
