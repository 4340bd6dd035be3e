"""Archives brought by hand, and what is recorded of any."""

import json
import os
import zipfile

import pytest

from kit.errors import DataError
from kit.kaggle import download
from kit.kaggle.archive import check_members, find_verified
from tests.kaggle import kept


def test_an_archive_fetched_by_hand_is_taken(here, home, archive, kaggle):
    kaggle.archive = archive.read_bytes()
    done = here("download", "tiny-stripes", "--from", str(archive))
    assert kept.whole(home, kaggle)["source"] == "file" and "prepare tiny-stripes" in done.stderr
    assert archive.exists() and not kaggle.requests


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no archive at"),
        (b"", "an empty file"),
        (b"<html>sign in</html>", "a web page"),
        (lambda whole: whole[: len(whole) // 2], "is damaged"),
        (lambda whole: whole[:-30], "is damaged"),
    ],
)
def test_a_bad_archive_is_one_line_and_leaves_nothing(here, home, archive, tmp_path, content, words):
    bad = tmp_path / "bad.zip"
    if content is not None:
        bad.write_bytes(content(archive.read_bytes()) if callable(content) else content)
    done = here("download", "tiny-stripes", "--from", str(bad), check=False)
    assert done.returncode == 3 and words in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert kept.nothing(home)


def test_flips_anywhere_in_a_compressed_archive_are_data_errors(archive, tmp_path):
    """Deflate stops with an error of its own (zlib.error), before the CRC is compared."""
    whole, bad = archive.read_bytes(), tmp_path / "bad.zip"
    found = 0
    for place in range(40, len(whole) // 2, len(whole) // 200):
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        with pytest.raises(DataError, match="is damaged"):
            check_members(bad)
        found += 1
    assert found > 90


def test_a_zip_without_files_is_refused(tmp_path):
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    with pytest.raises(DataError, match="without files"):
        check_members(tmp_path / "empty.zip")


def test_an_empty_folder_is_refused(here, home, tmp_path):
    (tmp_path / "empty").mkdir()
    done = here("download", "tiny-stripes", "--from", str(tmp_path / "empty"), check=False)
    assert done.returncode == 3 and "holds no files" in done.stderr
    assert not list((kept.folder(home) / "archives").glob("*"))


@pytest.mark.parametrize("depth", [0, 1])
def test_a_folder_that_a_browser_has_unpacked_is_taken(here, home, archive, tmp_path, depth):
    """depth 1: in a folder of its own, as some programs unpack."""
    folder = tmp_path / "Downloads" / "tiny-stripes"
    inner = folder / "stripes" if depth else folder
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(inner)
    (inner / ".DS_Store").touch()
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "._train.csv").touch()
    here("download", "tiny-stripes", "--from", str(folder))
    here("prepare", "tiny-stripes", "--folds", "2")
    raw = sorted(path.name for path in (kept.folder(home) / "raw").iterdir())
    assert raw == ["manifest.json", "sample.csv", "test.csv", "train.csv"]


def test_an_archive_that_was_packed_again_with_a_folder_around_it_is_opened(here, home, archive, tmp_path):
    again = tmp_path / "again.zip"
    with zipfile.ZipFile(archive) as packed, zipfile.ZipFile(again, "w") as out:
        out.mkdir("tiny")
        for name in packed.namelist():
            out.writestr(f"tiny/{name}", packed.read(name))
    here("download", "tiny-stripes", "--from", str(again))
    assert "90 training and 30 test images" in here("prepare", "tiny-stripes", "--folds", "2").stdout


def test_an_archive_changed_on_disk_is_noticed(home, archive, capsys):
    folder = kept.folder(home) / "archives"
    copy = download.take(archive, "tiny-stripes", folder)
    good = copy.read_bytes()
    copy.write_bytes(good + b"\0")
    with pytest.raises(DataError, match="has changed since it was fetched; received sha256 [0-9a-f]{64}; expected"):
        download.download("tiny-stripes", folder)
    download.take(archive, "tiny-stripes", folder)
    assert "takes its place" in capsys.readouterr().err and copy.read_bytes() == good
    assert find_verified(folder, "tiny-stripes") == copy


def test_another_archive_takes_the_place_of_the_recorded_one(home, archive, capsys):
    folder = kept.folder(home) / "archives"
    download.take(archive, "tiny-stripes", folder)
    with zipfile.ZipFile(archive, "a") as out:
        out.writestr("more.txt", "more")
    copy = download.take(archive, "tiny-stripes", folder)
    assert "takes its place" in capsys.readouterr().err
    assert copy.read_bytes() == archive.read_bytes() and find_verified(folder, "tiny-stripes") == copy


@pytest.mark.parametrize("content", ["{}", "[]", "{"])
def test_a_damaged_manifest_is_one_line_and_from_repairs_it(here, home, archive, content):
    folder = kept.folder(home) / "archives"
    download.take(archive, "tiny-stripes", folder)
    (folder / "manifest.json").write_text(content)
    with pytest.raises(DataError, match="manifest.json is damaged"):
        download.download("tiny-stripes", folder)
    download.take(archive, "tiny-stripes", folder)
    assert find_verified(folder, "tiny-stripes")


def test_what_a_killed_copy_left_is_cleared_away(home, archive):
    folder = kept.folder(home) / "archives"
    folder.mkdir(parents=True)
    (folder / "tmp-1-abcdef01-tiny-stripes.zip").write_bytes(b"half")
    os.utime(folder / "tmp-1-abcdef01-tiny-stripes.zip", (0, 0))
    (folder.with_name("archives.partial")).mkdir()
    download.take(archive, "tiny-stripes", folder)
    assert kept.left(home) == ["manifest.json", "tiny-stripes.zip"]
    assert not folder.with_name("archives.partial").exists()
    (folder.with_name("archives.partial")).mkdir()  # killed between the record and the removal
    download.download("tiny-stripes", folder)
    assert not folder.with_name("archives.partial").exists()


def test_a_local_competition_is_built_and_recorded(here, home):
    here("download", "sklearn-digits")
    folder = home / "data" / "sklearn-digits"
    assert json.loads((folder / "archives" / "manifest.json").read_text())["source"] == "built"
    assert find_verified(folder / "archives", "sklearn-digits") and (folder / "solution.csv").exists()
    done = here("download", "sklearn-digits", "--from", "x.zip", check=False)
    assert done.returncode == 2 and "leave --from out" in done.stderr


def test_the_next_line_carries_the_limits_that_were_typed(here, home, archive):
    typed = ("--from", str(archive), "--max-ratio", "300", "--any-case")
    done = here("download", "tiny-stripes", *typed)
    assert done.stderr.rstrip().endswith("prepare tiny-stripes --any-case --max-ratio 300")
    done = here("new", "stripes", *typed, "--in", str(home / "mine"))
    assert f"download stripes --from {archive} --any-case --max-ratio 300" in done.stderr
    assert "--max" not in here("download", "tiny-stripes", "--from", str(archive)).stderr
