"""kit download: the real client against the loopback server."""

import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import contextmanager

import pytest

from kit.errors import DataError, KaggleError
from kit.kaggle import download
from tests.kaggle import kept
from tests.kaggle_server import refusal


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


def test_an_archive_is_fetched_checked_and_recorded(here, home, served):
    done = here("download", "tiny-stripes", "--json")
    assert kept.whole(home, served)["source"] == "kaggle"
    assert json.loads(done.stdout)["bytes"] == len(served.archive)
    assert [body["authorization"] for body in served.asked("Storage")] == [None]  # the key never goes to the storage


def test_a_second_download_asks_nobody(here, home, served):
    here("download", "tiny-stripes")
    before = len(served.requests)
    assert "is here and whole" in here("download", "tiny-stripes").stderr
    assert len(served.requests) == before


def test_a_dropped_connection_is_resumed_by_one_range_request(here, home, served):
    served.faults["Storage"] = [{"cut": len(served.archive) // 2}]
    here("download", "tiny-stripes")
    kept.whole(home, served)
    ranges = [body["range"] for body in served.asked("Storage")]
    assert len(ranges) == 2 and ranges[0] is None and ranges[1].startswith("bytes=")


def test_a_killed_download_goes_on_where_it_stopped(here, home, killed):
    here("download", "tiny-stripes")
    kept.whole(home, killed)
    first, *_, last = kept.ranges(killed)
    assert first is None and int(last.removeprefix("bytes=").rstrip("-")) >= 1 << 20


def test_a_refusal_leaves_the_part_that_is_there(home, killed, pauses):
    killed.faults["DownloadDataFiles"] = [refusal(429, "slow down") for _ in range(4)]
    with pytest.raises(KaggleError, match="too many requests"):
        kept.fetch(home)
    assert pauses == [1, 2, 4] and "tiny-stripes.zip" in kept.left(home)
    kept.fetch(home)
    kept.whole(home, killed)
    assert kept.ranges(killed)[-1]


def test_an_archive_that_changed_at_kaggle_is_not_mixed_with_the_old_part(home, killed):
    killed.archive, killed.etag = killed.archive[::-1], '"version-2"'
    with pytest.raises(DataError, match="is damaged"):  # reversed, so that any mixture would show
        kept.fetch(home)
    assert kept.ranges(killed)[-1] is None and kept.nothing(home)


def test_a_server_that_ignores_the_range_is_started_over(home, killed):
    killed.faults["Storage"] = [{}, {"whole": True}]  # the request that looks, and the one that asks for the rest
    kept.fetch(home)
    kept.whole(home, killed)
    assert kept.ranges(killed)[-1]


def test_an_error_page_in_place_of_the_rest_is_thrown_away(home, big, pauses):
    big.faults["Storage"] = [{"cut": len(big.archive) // 2}, *[{"status": 503, "body": b"busy"} for _ in range(9)]]
    with pytest.raises(KaggleError, match="broke"):
        kept.fetch(home)
    assert kept.nothing(home)
    big.faults.clear()
    kept.fetch(home)
    kept.whole(home, big)


def test_a_connection_that_keeps_breaking_ends_and_its_part_is_kept(home, big, pauses):
    big.faults["Storage"] = [{"cut": len(big.archive) // 3}] + [{"cut": 10} for _ in range(5)]
    with pytest.raises(KaggleError, match="no connection to Kaggle"):
        kept.fetch(home)
    assert len(kept.ranges(big)) == 6 and "tiny-stripes.zip" in kept.left(home)
    kept.fetch(home)
    kept.whole(home, big)


def test_ctrl_c_while_checking_keeps_what_was_downloaded(home, served, monkeypatch):
    def interrupted(archive):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(download, "check_members", interrupted)
        kept.fetch(home)
    assert kept.left(home) == ["tiny-stripes.zip"]
    kept.fetch(home)
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
        kept.fetch(home)
    assert not served.asked("DownloadDataFiles") and kept.nothing(home)


def test_waits_are_kaggles_own_unless_they_are_long(home, served, pauses):
    served.faults["ListDataFiles"] = [refusal(429, shape="none", Retry_After="7"), refusal(503, shape="none")]
    kept.fetch(home)
    assert pauses == [7, 2]
    shutil.rmtree(kept.folder(home))
    served.faults["ListDataFiles"] = [refusal(429, shape="none", Retry_After="3600")]
    with pytest.raises(KaggleError, match="repeat in 3600 seconds"):
        kept.fetch(home)
    assert pauses == [7, 2]


@contextmanager
def full_after(size):
    """As a disk that takes no file of more bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_ends_a_download_at_once_which_then_goes_on(home, big, pauses):
    with (
        full_after(1_500_000),
        pytest.raises(DataError, match=r"no room to write .*tiny-stripes\.zip; received .* MB free; make room"),
    ):
        kept.fetch(home)
    assert not pauses and len(kept.ranges(big)) == 1 and "tiny-stripes.zip" in kept.left(home)
    kept.fetch(home)
    kept.whole(home, big)
    assert kept.ranges(big)[-1], "only what was missing"


@pytest.mark.parametrize("wrong", [lambda whole: whole + b"more", lambda whole: whole[:-1] + b"?"])
def test_a_part_that_is_longer_than_what_kaggle_has_or_other_bytes_is_fetched_anew(home, served, capsys, wrong):
    partial = kept.folder(home) / "archives.partial" / "tiny-stripes.zip"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(wrong(served.archive))
    kept.fetch(home)
    kept.whole(home, served)
    assert "beginning anew" in capsys.readouterr().err
