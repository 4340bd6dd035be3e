import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from kit.data import write_cache
from kit.data.archives import unpack
from kit.data.cache_manifest import reader_hash
from kit.data.check import text
from kit.data.prepare import check_data, prepare
from kit.errors import DataError
from kit.files import hold_lock, sha256


def test_the_whole_road_is_walked_once(pets, folders, members, pack, monkeypatch):
    pack(members)
    first = prepare(pets, folders, folds=3)
    assert sorted(path.name for path in folders.root.iterdir()) == [
        ".prepare.lock",
        "archives",
        "cache",
        "folds.csv",
        "raw",
    ]
    assert sorted(path.name for path in folders.raw.iterdir()) == ["manifest.json", "sample.csv", "test", "train"]
    assert json.loads((folders.cache / "check.json").read_text())["train"]["classes"] == {"cat": 12, "dog": 12}
    assert len((folders.folds).read_text().splitlines()) == 25

    before = {path: path.stat().st_mtime_ns for path in folders.root.rglob("*") if path.name != ".prepare.lock"}
    monkeypatch.setattr(write_cache, "batches", lambda *_: pytest.fail("decoded again"))
    monkeypatch.setattr(unpack, "_unpack", lambda *_: pytest.fail("extracted again"))
    second = prepare(pets, folders, folds=3)
    assert second.fingerprint == first.fingerprint
    assert {path: path.stat().st_mtime_ns for path in folders.root.rglob("*") if path.name != ".prepare.lock"} == before


def test_a_changed_archive_shape_or_reader_makes_a_new_cache(pets, folders, members, pack, picture, changed):
    pack(members)
    prints = {prepare(pets, folders, folds=3).fingerprint}
    pack(members | {"test/0.png": picture(5)})
    prints.add(prepare(pets, folders, folds=3).fingerprint)
    small = changed(pets, image_shape=(4, 4, 3))
    prints.add(prepare(small, folders, folds=3).fingerprint)

    def read(raw, part):
        split = pets.read(raw, part)
        return changed(
            split, ids=split.ids[::-1], images=split.images[::-1], labels=split.labels and split.labels[::-1]
        )

    prints.add(prepare(changed(small, read=read), folders, folds=3).fingerprint)
    assert len(prints) == 4


def test_whatever_lies_beside_the_reader_makes_a_new_cache_but_for_pages(pets, changed, tmp_path):
    folder = tmp_path / "pets"
    folder.mkdir()
    prints = []
    for name, content in [("competition.py", "1"), ("helper.py", "1"), ("classes.txt", "a"), ("classes.txt", "b")]:
        (folder / name).write_text(content)
        prints.append(reader_hash(changed(pets, folder=folder)))
    (folder / "README.md").write_text("scores")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "helper.pyc").write_text("")
    assert len(set(prints)) == 4 and reader_hash(changed(pets, folder=folder)) == prints[-1]


def test_the_shared_folds_are_never_replaced_unasked(pets, folders, members, pack, capsys):
    pack(members)
    prepare(pets, folders, folds=3)
    shared = folders.folds.read_text()
    prepare(pets, folders, folds=4, fold_seed=9)
    assert folders.folds.read_text() == shared
    assert "has 3 folds and stays; --reset-folds makes 4" in capsys.readouterr().err
    prepare(pets, folders, folds=3, fold_seed=0)
    assert "seed" not in capsys.readouterr().err, "they are those of that seed"
    prepare(pets, folders, folds=3, fold_seed=7)
    assert "folds.csv stays and is not by the seed 7; --reset-folds deals" in capsys.readouterr().err
    assert folders.folds.read_text() == shared
    prepare(pets, folders, folds=4, reset_folds=True)
    assert {line.split(",")[1] for line in folders.folds.read_text().splitlines()[1:]} == set("0123")

    del members["train/cat-0.png"]
    pack(members)
    shared = folders.folds.read_text()
    with pytest.raises(DataError, match=r"folds.csv is not for these training rows.*--reset-folds"):
        prepare(pets, folders, folds=4)
    assert folders.folds.read_text() == shared


def test_hidden_files_are_counted_in_the_check(pets, folders, members, pack):
    pack(members | {"train/.DS_Store": b"x", "__MACOSX/": b""})
    report = check_data(pets, folders, prepare(pets, folders, folds=3))
    assert report["hidden"] == 1 and "hidden files   1 left out" in text(pets, report)


def test_a_missing_archive_says_how_to_get_it(pets, folders):
    with pytest.raises(DataError, match=r"no archive of pets.*pets\.zip.*kit download pets.*--from ARCHIVE"):
        prepare(pets, folders)


def test_an_archive_that_changed_since_its_download_is_not_opened(pets, folders, members, pack):
    archive = pack(members)
    entry = {"size": archive.stat().st_size, "sha256": sha256(archive)}
    record = archive.with_name("manifest.json")
    for changed, message in (({"size": 1}, "expected 1; download"), ({"sha256": "0" * 64}, "expected sha256 000")):
        record.write_text(json.dumps({"files": {"pets.zip": entry | changed}}))
        with pytest.raises(DataError, match=message):
            prepare(pets, folders)
        assert not folders.raw.exists()
    record.write_text(json.dumps({"files": {"pets.zip": entry}}))
    prepare(pets, folders)
    assert json.loads((folders.raw / "manifest.json").read_text())["archive_sha256"] == entry["sha256"]


def test_an_archive_that_lacks_a_member_leaves_nothing(pets, folders, members, pack):
    del members["sample.csv"]
    pack(members)
    with pytest.raises(DataError, match=r"lacks sample.csv"):
        prepare(pets, folders)
    assert sorted(path.name for path in folders.root.iterdir()) == [".prepare.lock", "archives"]


def test_only_one_process_prepares_at_a_time(pets, folders, members, pack):
    pack(members)
    with (
        hold_lock(folders.root / ".prepare.lock", "busy"),
        pytest.raises(DataError, match=f"in use by pid {os.getpid()}"),
    ):
        prepare(pets, folders)
    prepare(pets, folders)


@pytest.fixture
def stored(home, archive):
    """tiny-stripes' archive where `kit download` puts it."""
    target = home / "data" / "tiny-stripes" / "archives" / archive.name
    target.parent.mkdir(parents=True)
    return shutil.copy(archive, target)


KILLED = """
import os, signal, sys
from pathlib import Path
import kit.data.{module} as module
from kit.cli.main import main
original = module.{function}
def die(*arguments, **options):
    if "{path}" in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **options)
module.{function} = die
main(sys.argv[1:])
"""


@pytest.mark.parametrize(
    ("module", "function", "path"),
    [
        ("archives.unpack", "write_json", "raw"),
        ("write_cache", "_store", "test.npy"),
        ("write_cache", "write_json", "cache"),
        ("prepare", "write_json", "check.json"),
    ],
)
def test_a_killed_prepare_is_made_good_by_the_next_one(here, stored, plugins, module, function, path):
    script = KILLED.format(module=module, function=function, path=path)
    words = ["--competitions", str(plugins), "prepare", "tiny-stripes", "--folds", "3"]
    assert subprocess.run([sys.executable, "-c", script, *words]).returncode == -signal.SIGKILL

    found = json.loads(here("prepare", "tiny-stripes", "--folds", "3", "--json").stdout)

    assert (found["train"]["rows"], found["test"]["rows"]) == (90, 30)
    folder = stored.parent.parent
    assert sorted(path.name for path in folder.iterdir()) == [".prepare.lock", "archives", "cache", "folds.csv", "raw"]
    assert not list(folder.rglob("*tmp-*"))


def test_the_verb_prints_the_check_and_the_next_step(here, stored):
    done = here("prepare", "tiny-stripes", "--folds", "3")
    assert "90 training and 30 test images, 3 classes" in done.stdout
    assert " train tiny-stripes" in done.stderr


def test_bad_data_is_one_line_and_exit_code_3(here, stored):
    os.truncate(stored, 1000)
    done = here("prepare", "tiny-stripes", check=False)
    assert done.returncode == 3
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
