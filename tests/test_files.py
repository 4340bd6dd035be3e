import errno
import json
import multiprocessing
import os
import signal
import sqlite3
import time
from unittest import mock

import pytest

from kit.errors import DataError
from kit.files import check_room, create_file, hold_lock, open_atomic, replace_folder
from kit.json_files import read_json, write_json


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_else(tmp_path):
    target = tmp_path / "a.json"
    write_json(target, {"old": 1})
    with pytest.raises(RuntimeError), open_atomic(target) as handle:
        handle.write(b"half")
        raise RuntimeError
    assert json.loads(target.read_text()) == {"old": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_what_json_has_not_is_null(tmp_path):
    write_json(tmp_path / "a.json", {"score": float("nan"), "range": (0, float("inf")), "text": "NaN"})
    assert read_json(tmp_path / "a.json") == {"score": None, "range": [0, None], "text": "NaN"}


def test_a_failed_folder_keeps_the_old_folder(tmp_path):
    target = tmp_path / "raw"
    with replace_folder(target) as folder:
        (folder / "x").write_text("old")
    with pytest.raises(RuntimeError), replace_folder(target) as folder:
        (folder / "x").write_text("new")
        raise RuntimeError
    assert (target / "x").read_text() == "old" and [entry.name for entry in tmp_path.iterdir()] == ["raw"]
    with replace_folder(target) as folder:
        (folder / "y").write_text("new")
    assert [entry.name for entry in target.iterdir()] == ["y"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_is_created_once_and_whole(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", mock.Mock(side_effect=OSError(errno.EPERM, "no links here")))
    target = tmp_path / "new" / "a.json"
    assert create_file(target, b"first") and not create_file(target, b"second")
    assert target.read_bytes() == b"first" and list(target.parent.iterdir()) == [target]
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(os, "fsync", mock.Mock(side_effect=full))
    with pytest.raises(DataError, match="no room to write .*b.json"):
        create_file(target.with_name("b.json"), b"first")
    assert list(target.parent.iterdir()) == [target]


def _hold(path, ready):
    with hold_lock(path, "busy"):
        ready.set()
        time.sleep(60)


def test_a_lock_names_its_holder_and_is_freed_when_the_holder_is_killed(tmp_path):
    ready = multiprocessing.get_context("spawn").Event()
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(tmp_path / "lock", ready))
    holder.start()
    assert ready.wait(30)
    with (
        pytest.raises(DataError, match=f"busy; received in use by pid {holder.pid}"),
        hold_lock(tmp_path / "lock", "busy"),
    ):
        pass
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with hold_lock(tmp_path / "lock", "busy"):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_damaged_json_says_which_file_and_what_to_do(tmp_path):
    (tmp_path / "a.json").write_text('{"a":')
    with pytest.raises(DataError, match=r"a\.json is damaged.*repeat the step"):
        read_json(tmp_path / "a.json")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("Can't decrement id (errno = 28, ...)"),
        sqlite3.OperationalError("database or disk is full"),
    ],
)
def test_a_full_disk_is_one_line_whoever_tells_it(tmp_path, error):
    target = tmp_path / "a.json"
    write_json(target, {"old": 1})
    with (
        pytest.raises(DataError, match="no room to write .*a.json; received No space left on device"),
        open_atomic(target),
    ):
        raise error
    with pytest.raises(OSError, match="denied"), open_atomic(target):
        raise PermissionError(errno.EACCES, "denied")
    assert read_json(target) == {"old": 1} and [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_room_is_asked_for_before_hdf5_finds_out(tmp_path, monkeypatch):
    check_room(tmp_path / "new" / "a.h5", 1000)
    with pytest.raises(DataError, match="no room to write .*a.h5; received"):
        check_room(tmp_path / "a.h5", 1 << 62)
    unable = mock.Mock(side_effect=OSError(errno.EOPNOTSUPP, "not supported"))
    monkeypatch.setattr(os, "posix_fallocate", unable)
    check_room(tmp_path / "a.h5", 1 << 62)
    assert [path.name for path in tmp_path.iterdir()] == ["new"] and unable.called
