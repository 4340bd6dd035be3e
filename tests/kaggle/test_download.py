"""kit download: the real client against the loopback server, and archives brought by hand."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from tests.kaggle_server import SECRET, refusal


@pytest.fixture
def served(kaggle, archive):
    kaggle.archive = archive.read_bytes()
    return kaggle


def _folder(home):
    return home / "data" / "tiny-stripes"


def _whole(home, served):
    """Nothing but the archive, as it was served, and a manifest that says so."""
    folder = _folder(home)
    digest = hashlib.sha256(served.archive).hexdigest()
    assert hashlib.sha256((folder / "archives" / "tiny-stripes.zip").read_bytes()).hexdigest() == digest
    manifest = json.loads((folder / "archives" / "manifest.json").read_text())
    assert manifest["files"] == {"tiny-stripes.zip": {"size": len(served.archive), "sha256": digest}}
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == ["manifest.json", "tiny-stripes.zip"]
    return manifest


def _nothing(home):
    return not [path for path in _folder(home).rglob("*") if path.is_file()]


def test_an_archive_is_fetched_checked_and_recorded(kit, home, served):
    done = kit("download", "tiny-stripes", "--json")
    assert _whole(home, served)["source"] == "kaggle"
    assert json.loads(done.stdout)["bytes"] == len(served.archive)
    assert [body["authorization"] for body in served.asked("Storage")] == [None]  # the key never goes to the storage


def test_a_second_download_asks_nobody(kit, home, served):
    kit("download", "tiny-stripes")
    before = len(served.requests)
    assert "is here and whole" in kit("download", "tiny-stripes").stderr
    assert len(served.requests) == before


def test_a_dropped_connection_is_resumed_by_one_range_request(kit, home, served):
    served.faults["Storage"] = [{"cut": len(served.archive) // 2}]
    kit("download", "tiny-stripes")
    _whole(home, served)
    ranges = [body["range"] for body in served.asked("Storage")]
    assert len(ranges) == 2 and ranges[0] is None and ranges[1].startswith("bytes=")


def test_a_killed_download_goes_on_where_it_stopped(kit, home, served, plugins):
    served.slow = threading.Event()
    command = [sys.executable, "-m", "kit", "--competitions", str(plugins), "download", "tiny-stripes"]
    process = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert served.halfway.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    served.slow.set()
    served.slow = None
    kit("download", "tiny-stripes")
    _whole(home, served)


def test_a_server_that_is_busy_for_a_moment_is_asked_again(kit, home, served):
    served.faults["ListDataFiles"] = [refusal(429, "slow down", Retry_After="0")]
    served.faults["DownloadDataFiles"] = [refusal(503, shape="none", Retry_After="0")]
    kit("download", "tiny-stripes")
    _whole(home, served)


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
        (refusal(404, "Not found"), 3, "Kaggle knows no 'tiny-stripes'"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_repeated(kit, home, served, fault, code, words):
    served.faults["ListDataFiles"] = [fault]
    done = kit("download", "tiny-stripes", check=False)
    assert done.returncode == code and words in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert len(served.requests) == 1 and _nothing(home)


def test_a_server_that_stays_busy_ends_with_kaggles_family(kit, home, served):
    served.faults["ListDataFiles"] = [refusal(429, "slow down", Retry_After="0") for _ in range(9)]
    done = kit("download", "tiny-stripes", check=False)
    assert done.returncode == 5 and "too many requests" in done.stderr
    assert len(served.requests) == 4 and _nothing(home)


def test_flipped_bytes_are_found_and_nothing_is_kept(kit, home, served):
    middle = len(served.archive) // 3
    flipped = served.archive[:middle] + bytes([served.archive[middle] ^ 255]) + served.archive[middle + 1 :]
    served.faults["Storage"] = [{"bytes": flipped}]
    done = kit("download", "tiny-stripes", check=False)
    assert done.returncode == 3 and "is not a whole zip archive" in done.stderr and _nothing(home)


def test_without_a_token_or_a_network_it_says_so(kit, home, monkeypatch):
    done = kit("download", "tiny-stripes", check=False)
    assert done.returncode == 4 and "no Kaggle token" in done.stderr and "--from ARCHIVE" in done.stderr
    offline = {
        "KAGGLE_USERNAME": "a",
        "KAGGLE_KEY": "b",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    done = kit("download", "tiny-stripes", check=False, **offline)
    assert done.returncode == 5 and "no connection to Kaggle" in done.stderr


def test_the_key_is_in_no_output_whatever_goes_wrong(kit, home, served):
    for faults in ({"ListDataFiles": [refusal(403, "no")]}, {"Storage": [refusal(500, "boom")]}, {}):
        served.faults.update(faults)
        done = kit("--debug", "download", "tiny-stripes", check=False, VERBOSE="1", VERBOSE_OUTPUT="1")
        assert SECRET not in done.stdout + done.stderr
    assert not [path for path in home.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_an_archive_fetched_by_hand_is_taken(kit, home, archive, kaggle):
    kaggle.archive = archive.read_bytes()
    done = kit("download", "tiny-stripes", "--from", str(archive))
    assert _whole(home, kaggle)["source"] == "file" and "next: kit prepare tiny-stripes" in done.stderr
    assert archive.exists() and not kaggle.requests


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no archive at"),
        (b"", "an empty file"),
        (b"<html>sign in</html>", "a web page"),
        (lambda whole: whole[: len(whole) // 2], "not a whole zip archive"),
        (lambda whole: whole[:-30], "not a whole zip archive"),
    ],
)
def test_a_bad_archive_is_one_line_and_leaves_nothing(kit, home, archive, tmp_path, content, words):
    bad = tmp_path / "bad.zip"
    if content is not None:
        bad.write_bytes(content(archive.read_bytes()) if callable(content) else content)
    done = kit("download", "tiny-stripes", "--from", str(bad), check=False)
    assert done.returncode == 3 and words in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert _nothing(home)


def test_an_archive_changed_on_disk_is_noticed(kit, home, archive):
    kit("download", "tiny-stripes", "--from", str(archive))
    kept = _folder(home) / "archives" / "tiny-stripes.zip"
    kept.write_bytes(kept.read_bytes() + b"\0")
    done = kit("download", "tiny-stripes", check=False)
    assert done.returncode == 3 and "has changed since it was fetched" in done.stderr
    assert "takes its place" not in kit("download", "tiny-stripes", "--from", str(archive)).stderr
