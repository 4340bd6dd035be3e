"""Files of the code that the pages name exist, and the table of floors in CONTRIBUTING.md has all that lies in kit/."""

import re

import pytest

from tests.docs.pages import ROOT, each_page

NAMES = re.compile(r"`([\w/]+(?:\.py|/))`")
PLACES = (ROOT, ROOT / "kit", ROOT / "tests")
INSIDE = {path.name for root in ("kit", "docs", "competitions", "tests") for path in (ROOT / root).rglob("*.py")}


def _missing(text: str) -> list[str]:
    """Names of .py files that are neither there nor, without a folder, the name of a file somewhere."""
    named = [name for name in NAMES.findall(text) if name.endswith(".py")]
    return [name for name in named if name not in INSIDE and not any((root / name).exists() for root in PLACES)]


@each_page
def test_files_that_a_page_names_exist(page):
    assert _missing(page.read_text()) == []


@pytest.mark.parametrize("name", ["learn/input/none.py", "nowhere.py", "kit/none/cache.py"])
def test_a_file_that_does_not_exist_is_found(name):
    assert _missing(f"`kit/errors.py` `{name}` `errors.py` `data/cache.py`") == [name]


def test_contributing_places_every_file_and_room_of_the_kit():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    table = text[text.index("| floor |") : text.index("A file imports only from")]
    there = {path.name + "/" * path.is_dir() for path in (ROOT / "kit").iterdir() if path.name[0] not in "_."}
    assert there - {"py.typed"} - set(NAMES.findall(table)) == set()
