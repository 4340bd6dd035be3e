"""`kit new` writes a folder that loads, and says what it read."""

import pytest

from kit.plugins import load_folder
from tests.small_archives import zipped


@pytest.fixture
def plugins(tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir()
    return folder


def test_without_an_archive_it_loads_and_lists(here, plugins):
    done = here("new", "zoo", "--in", str(plugins))
    assert done.stdout.strip() == str(plugins / "zoo" / "competition.py")
    assert "where it says TODO" in done.stderr and "next: kit --competitions" in done.stderr
    assert sorted(path.name for path in (plugins / "zoo").iterdir()) == ["README.md", "competition.py"]
    assert "\nzoo " in here("list").stdout


def test_it_never_overwrites(here, plugins):
    (plugins / "zoo").mkdir()
    done = here("new", "zoo", "--in", str(plugins), check=False)
    assert done.returncode == 3 and "is there already; edit it; removed, it is" in done.stderr and done.stdout == ""
    assert list((plugins / "zoo").iterdir()) == []


@pytest.mark.parametrize("slug", ["../evil", "Zoo", "a b", "-x-", "zoo/.."])
def test_a_name_that_is_no_slug_is_refused(here, plugins, slug):
    done = here("new", "--in", str(plugins), "--", slug, check=False)
    assert done.returncode == 3 and "is not a slug" in done.stderr
    assert list(plugins.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"<html>403</html>", zipped({"train.csv": "label\n1\n"})[:-30]])
def test_what_is_no_archive_leaves_nothing(here, plugins, tmp_path, content):
    archive = tmp_path / "bad.zip"
    archive.write_bytes(content)
    done = here("new", "zoo", "--in", str(plugins), "--from", str(archive), check=False)
    assert done.returncode == 3 and "cannot read" in done.stderr and len(done.stderr.splitlines()) == 1
    assert list(plugins.iterdir()) == []


def test_the_downloaded_archive_is_found(here, home, plugins):
    archive = home / "data" / "zoo" / "archives" / "zoo.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(zipped({"train.7z": "", "test.7z": "", "sample_submission.csv": "Name,Kind\nx,0\n"}))
    done = here("new", "zoo", "--in", str(plugins))
    assert "read " in done.stderr and "prepare zoo" in done.stderr
    made = load_folder(plugins / "zoo")
    assert (made.submission.id_column, made.submission.target_columns) == ("Name", ("Kind",))
    assert (made.archives.train, made.archives.sample) == ("train.7z", "sample_submission.csv")


def test_it_is_written_into_the_folder_of_competitions_that_is_given(here, plugins):
    done = here("new", "zoo")
    assert "--in" not in done.stderr and load_folder(plugins / "zoo").slug == "zoo"
