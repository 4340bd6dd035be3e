"""kit download: the real client against the loopback server."""

import base64
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile

import pytest

from kit import signals
from kit.errors import DataError, KaggleError
from kit.kaggle import client, download
from tests.kaggle import kept
from tests.kaggle_server import SECRET, refusal


@pytest.fixture
def served(kaggle, archive):
    kaggle.archive = archive.read_bytes()
    return kaggle


def _fetch(home):
    return download.download("tiny-stripes", kept.folder(home) / "archives")


def _ranges(served):
    return [body["range"] for body in served.asked("Storage")]


@pytest.fixture
def pauses(monkeypatch):
    """What the code would have slept."""
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


@pytest.fixture
def big(served):
    """4 MiB more, since the client writes in pieces of 1 MiB."""
    content = io.BytesIO(served.archive)
    with zipfile.ZipFile(content, "a") as out:
        out.writestr("more.bin", bytes(range(256)) * 4 * 4096)
    served.archive = content.getvalue()
    return served


@pytest.fixture
def killed(big, home, plugins):
    """A download that was killed at half: `big`, with a partial file in its staging folder."""
    big.slow = threading.Event()
    command = [sys.executable, "-m", "kit", "--competitions", str(plugins), "download", "tiny-stripes"]
    process = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    partial = kept.folder(home) / "archives.partial" / "tiny-stripes.zip"
    assert big.halfway.wait(60)
    while not (partial.exists() and partial.stat().st_size):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    big.slow.set()
    big.slow = None
    return big


def test_an_archive_is_fetched_checked_and_recorded(kit, home, served):
    done = kit("download", "tiny-stripes", "--json")
    assert kept.whole(home, served)["source"] == "kaggle"
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
    kept.whole(home, served)
    ranges = [body["range"] for body in served.asked("Storage")]
    assert len(ranges) == 2 and ranges[0] is None and ranges[1].startswith("bytes=")


def test_a_killed_download_goes_on_where_it_stopped(kit, home, killed):
    kit("download", "tiny-stripes")
    kept.whole(home, killed)
    first, *_, last = _ranges(killed)
    assert first is None and int(last.removeprefix("bytes=").rstrip("-")) >= 1 << 20


def test_a_refusal_leaves_the_part_that_is_there(home, killed, pauses):
    killed.faults["DownloadDataFiles"] = [refusal(429, "slow down") for _ in range(4)]
    with pytest.raises(KaggleError, match="too many requests"):
        _fetch(home)
    assert pauses == [1, 2, 4] and "tiny-stripes.zip" in kept.left(home)
    _fetch(home)
    kept.whole(home, killed)
    assert _ranges(killed)[-1]


def test_an_archive_that_changed_at_kaggle_is_not_mixed_with_the_old_part(home, killed):
    killed.archive, killed.etag = killed.archive[::-1], '"version-2"'
    with pytest.raises(DataError, match="not a whole zip"):  # reversed, so that any mixture would show
        _fetch(home)
    assert _ranges(killed)[-1] is None and kept.nothing(home)


def test_a_server_that_ignores_the_range_is_started_over(home, killed):
    killed.faults["Storage"] = [{}, {"whole": True}]  # the request that looks, and the one that asks for the rest
    _fetch(home)
    kept.whole(home, killed)
    assert _ranges(killed)[-1]


def test_an_error_page_in_place_of_the_rest_is_thrown_away(home, big, pauses):
    big.faults["Storage"] = [{"cut": len(big.archive) // 2}, *[{"status": 503, "body": b"busy"} for _ in range(9)]]
    with pytest.raises(KaggleError, match="broke"):
        _fetch(home)
    assert kept.nothing(home)
    big.faults.clear()
    _fetch(home)
    kept.whole(home, big)


def test_a_connection_that_keeps_breaking_ends_and_its_part_is_kept(home, big, pauses):
    big.faults["Storage"] = [{"cut": len(big.archive) // 3}] + [{"cut": 10} for _ in range(5)]
    with pytest.raises(KaggleError, match="no connection to Kaggle"):
        _fetch(home)
    assert len(_ranges(big)) == 6 and "tiny-stripes.zip" in kept.left(home)
    _fetch(home)
    kept.whole(home, big)


def test_ctrl_c_while_checking_keeps_what_was_downloaded(home, served, monkeypatch):
    def interrupted(archive):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(download, "check_members", interrupted)
        _fetch(home)
    assert kept.left(home) == ["tiny-stripes.zip"]
    _fetch(home)
    kept.whole(home, served)


def test_four_at_once_share_one_download(home, served, plugins):
    served.slow = threading.Event()
    command = [sys.executable, "-m", "kit", "--competitions", str(plugins), "download", "tiny-stripes"]
    running = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert served.halfway.wait(60)
    served.slow.set()
    assert ["is here and whole" in process.communicate(timeout=60)[1] for process in running].count(False) == 1
    assert [process.returncode for process in running] == [0] * 4 and len(served.asked("DownloadDataFiles")) == 1
    kept.whole(home, served)


def test_too_little_space_is_said_before_the_first_byte(home, served, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10, 9, len(served.archive)))
    with pytest.raises(DataError, match="too little space"):
        _fetch(home)
    assert not served.asked("DownloadDataFiles") and kept.nothing(home)


def test_waits_are_kaggles_own_unless_they_are_long(home, served, pauses):
    served.faults["ListDataFiles"] = [refusal(429, shape="none", Retry_After="7"), refusal(503, shape="none")]
    _fetch(home)
    assert pauses == [7, 2]
    shutil.rmtree(kept.folder(home))
    served.faults["ListDataFiles"] = [refusal(429, shape="none", Retry_After="3600")]
    with pytest.raises(KaggleError, match="repeat in 3600 seconds"):
        _fetch(home)
    assert pauses == [7, 2]


def test_a_server_that_is_busy_for_a_moment_is_asked_again(kit, home, served):
    served.faults["ListDataFiles"] = [refusal(429, "slow down", Retry_After="0")]
    served.faults["DownloadDataFiles"] = [refusal(503, shape="none", Retry_After="0")]
    kit("download", "tiny-stripes")
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
def test_a_refusal_says_what_to_do_and_is_not_repeated(kit, home, served, fault, code, words):
    served.faults["ListDataFiles"] = [fault]
    done = kit("download", "tiny-stripes", check=False)
    assert done.returncode == code and words in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert len(served.requests) == 1 and kept.nothing(home)


def test_a_server_that_stays_busy_ends_with_kaggles_family(kit, home, served):
    served.faults["ListDataFiles"] = [refusal(429, "slow down", Retry_After="0") for _ in range(9)]
    done = kit("download", "tiny-stripes", check=False)
    assert done.returncode == 5 and "too many requests" in done.stderr
    assert len(served.requests) == 4 and kept.nothing(home)


def test_flipped_bytes_are_found_and_nothing_is_kept(kit, home, served):
    middle = len(served.archive) // 3
    flipped = served.archive[:middle] + bytes([served.archive[middle] ^ 255]) + served.archive[middle + 1 :]
    served.faults["Storage"] = [{"bytes": flipped}]
    done = kit("download", "tiny-stripes", check=False)
    assert done.returncode == 3 and "is not a whole zip archive" in done.stderr and kept.nothing(home)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(home, served, monkeypatch):
    served.faults["ListDataFiles"] = [{"silent": (over := threading.Event())}]
    monkeypatch.setattr(client, "TIMEOUT_S", (5, 0.2))
    with pytest.raises(KaggleError, match="no connection to Kaggle; received ReadTimeout"):
        _fetch(home)
    over.set()


@pytest.mark.parametrize("body", [b"<html>", b'{"files": 3}'])
def test_an_answer_of_another_form_is_kaggles_family(home, served, body):
    served.faults["ListDataFiles"] = [{"body": body}]
    with pytest.raises(KaggleError, match="answer cannot be read"):
        _fetch(home)


def test_a_refusal_of_the_storage_is_not_taken_for_one_of_kaggle(home, served):
    served.faults["Storage"] = [{"status": 403, "headers": {"Content-Type": "text/xml"}}]
    with pytest.raises(KaggleError, match=r"storage refused \(403\)"):
        _fetch(home)


def test_a_manifest_remembers_what_kaggle_once_sent(home, served, archive):
    copy = _fetch(home)
    before = hashlib.sha256(copy.read_bytes()).hexdigest()
    copy.unlink()
    with zipfile.ZipFile(archive, "a") as out:
        out.writestr("more.txt", "more")
    served.archive, served.etag = archive.read_bytes(), '"version-2"'
    now = hashlib.sha256(served.archive).hexdigest()
    with pytest.raises(DataError, match=f"received sha256 {now}; expected {before}; remove .*manifest.json"):
        _fetch(home)
    assert kept.left(home) == ["manifest.json"]


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
    done = kit("download", "tiny-stripes", check=False, **offline, KAGGLE_API_TOKEN=SECRET)
    assert done.returncode == 5 and "no connection to Kaggle" in done.stderr and SECRET not in done.stderr


@pytest.mark.parametrize("place", ["KAGGLE_API_TOKEN", "a file named by it", ".kaggle/access_token"])
def test_an_access_token_is_enough(kit, home, served, monkeypatch, place):
    monkeypatch.delenv("KAGGLE_USERNAME")
    monkeypatch.delenv("KAGGLE_KEY")
    file = home / ".kaggle" / "access_token"
    if place != "KAGGLE_API_TOKEN":
        file.parent.mkdir()
        file.write_text(SECRET + "\n")
        file.chmod(0o600)
    named = {"KAGGLE_API_TOKEN": SECRET, "a file named by it": str(file)}.get(place)
    kit("download", "tiny-stripes", **({"KAGGLE_API_TOKEN": named} if named else {}))
    kept.whole(home, served)
    assert served.asked("IntrospectToken")[0] == {"token": SECRET}


def test_a_dead_token_that_hides_a_good_key_is_named(kit, home, served):
    served.faults["ListDataFiles"] = [refusal(401, "Unauthenticated")]
    done = kit("download", "tiny-stripes", check=False, KAGGLE_API_TOKEN="SENTINEL-dead")
    assert done.returncode == 4 and "SENTINEL" not in done.stdout + done.stderr
    assert "KAGGLE_API_TOKEN is used, and KAGGLE_USERNAME and KAGGLE_KEY is not" in done.stderr


def test_empty_variables_do_not_hide_a_good_file(kit, home, served):
    """As a compose file passes KAGGLE_KEY=${KAGGLE_KEY} on when there is none."""
    file = home / "secrets" / "kaggle.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"username": "somebody", "key": SECRET}))
    kit("download", "tiny-stripes", KAGGLE_CONFIG_DIR=str(file.parent), KAGGLE_USERNAME="", KAGGLE_KEY="")
    assert [one.split()[0] for one in served.authorizations] == ["Basic"] * len(served.authorizations)
    kept.whole(home, served)


@pytest.mark.parametrize("token", [{}, {"KAGGLE_API_TOKEN": SECRET}])
def test_the_key_is_in_no_output_whatever_goes_wrong(kit, home, served, token):
    leaks = [SECRET, base64.b64encode(f"somebody:{SECRET}".encode()).decode()]  # plain, and as the header carries it
    for faults in ({"ListDataFiles": [refusal(403, "no")]}, {"Storage": [refusal(500, "boom")]}, {}):
        served.faults.update(faults)
        done = kit("--debug", "download", "tiny-stripes", check=False, VERBOSE="1", VERBOSE_OUTPUT="1", **token)
        assert not [leak for leak in leaks if leak in done.stdout + done.stderr]
    assert done.returncode == 0 and any(leaks[bool(token) - 1] in one for one in served.authorizations)
    everything = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert not [leak for leak in leaks for content in everything if leak.encode() in content]


def test_docker_stop_while_the_token_is_read_is_no_fault_of_the_token(served, monkeypatch):
    from kaggle.api.kaggle_api_extended import KaggleApi

    def stopped(api):
        raise signals.Terminated(143)

    monkeypatch.setattr(KaggleApi, "authenticate", stopped)
    with pytest.raises(signals.Terminated), client.connect("tiny-stripes"):
        pass
