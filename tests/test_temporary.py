"""What a SIGKILL leaves is swept by the next process that writes there; what a live process writes stays."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kit import paths, runs, temporary
from kit.config import Config
from kit.files import open_atomic, replace_file, replace_folder, scratch_folder, write_text


def killed(work) -> None:
    """Does the work in a process of its own, which has to be killed by it."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    temporary.sweep.cache_clear()  # as of the next command


def die(*_, **__) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def half_a_file(folder):
    with open_atomic(folder / "a.json") as handle:
        handle.write(b"half")
        handle.flush()
        die()


def half_a_file_of_a_library(folder):
    with replace_file(folder / "a.weights.h5") as made:
        made.write_bytes(b"half")
        die()


def half_a_folder(folder):
    with replace_folder(folder / "cache") as made:
        (made / "deep").mkdir()
        (made / "deep" / "x").write_text("half")
        die()


def half_a_scratch(folder):
    with scratch_folder(folder) as made:
        (made / "x").write_text("half")
        die()


@pytest.mark.parametrize("work", [half_a_file, half_a_file_of_a_library, half_a_folder, half_a_scratch])
def test_a_stray_goes_with_the_next_write_beside_it(tmp_path, work):
    killed(lambda: work(tmp_path))
    assert len(list(tmp_path.iterdir())) == 1
    assert not list(tmp_path.glob("*.json"))
    write_text(tmp_path / "other", "")
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


@pytest.mark.parametrize("renamed", [1, 2])
def test_a_folder_that_was_being_replaced_is_there_afterwards(tmp_path, monkeypatch, renamed):
    write_text(tmp_path / "cache" / "x", "old")
    count, rename = [], os.rename

    def replace():
        def stop(*words):
            rename(*words)
            count.append(words)
            if len(count) == renamed:
                die()

        os.rename = stop
        with replace_folder(tmp_path / "cache") as made:
            (made / "x").write_text("new")

    killed(replace)
    write_text(tmp_path / "other", "")
    assert {path.name for path in tmp_path.iterdir()} == {"other", "cache"}
    assert (tmp_path / "cache" / "x").read_text() == ("old" if renamed == 1 else "new")


def test_what_a_live_process_writes_stays(tmp_path):
    code = (
        "import sys, pathlib\nfrom kit.files import scratch_folder\n"
        "with scratch_folder(pathlib.Path(sys.argv[1])) as made:\n"
        "    print(made.name, flush=True)\n    sys.stdin.read()"
    )
    words = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as live:
        name = live.stdout.readline().strip()
        temporary.sweep.cache_clear()
        write_text(tmp_path / "a", "")
        assert (tmp_path / name).is_dir()
        live.kill()
        live.wait()
    temporary.sweep.cache_clear()
    write_text(tmp_path / "a", "")
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    "name", ["tmp-00000000-1-1-01234567-new-a", "tmp-12-01234567-a.json", "raw.tmp-12-01234567", ".pulled-ab_c1234"]
)
def test_what_others_left_goes_after_a_day(tmp_path, name):
    (tmp_path / name).mkdir()
    temporary.sweep(tmp_path)
    assert (tmp_path / name).exists()
    os.utime(tmp_path / name, (time.time() - 90_000,) * 2)
    temporary.sweep.cache_clear()
    temporary.sweep(tmp_path)
    assert not (tmp_path / name).exists()


def test_a_link_is_removed_and_not_what_it_names(tmp_path):
    write_text(tmp_path / "kept" / "x", "")
    link = tmp_path / "in" / "tmp-00000000-1-1-01234567"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "kept")
    os.utime(link, (0, 0), follow_symlinks=False)
    temporary.sweep(link.parent)
    assert not link.is_symlink() and (tmp_path / "kept" / "x").exists()


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_run_that_was_killed_as_it_was_made_is_none(home, monkeypatch):
    def make():
        runs.environment.describe = die
        runs.create("tiny-stripes", "train", Config(), {}, name="a", fingerprints={})

    killed(make)
    assert len(listed(paths.runs())) == 1 and runs.list_runs() == []
    run = runs.create("tiny-stripes", "train", Config(), {}, name="a", fingerprints={})
    assert listed(paths.runs()) == [run.id]


def test_two_runs_of_one_second_have_two_ids(home):
    made = [runs.create("tiny-stripes", "train", Config(), {}, name="a", fingerprints={}) for _ in range(3)]
    assert len({run.id for run in made}) == 3 and listed(paths.runs()) == sorted(run.id for run in made)
    assert [runs.open_run(run.folder).id for run in made] == [run.id for run in made]
