"""Each form that docs/coverage.md counts, from `kit new` to a checked submission file."""

import json
import re
from pathlib import Path

import pytest

from kit import paths
from kit.data import cache
from kit.data.tables import table
from kit.learn.recipes import RECIPES
from kit.plugins import load_folder
from tests.coverage import colors, write_page
from tests.coverage.forms import CELLS, COMPETITIONS, FORMS, MISSING
from tests.small_archives import zipped


@pytest.mark.parametrize("slug", FORMS)
def test_from_the_archive_to_a_checked_file(here, tmp_path, monkeypatch, slug):
    form, archive, mine = FORMS[slug], tmp_path / "archive.zip", tmp_path / "mine"
    archive.write_bytes(zipped(form.archive()))
    mine.mkdir()
    _kit(here, mine, "new", slug, "--from", str(archive), "--in", str(mine))
    _edit(mine / slug / "competition.py", form.edits)
    made = load_folder(mine / slug)
    assert (made.target.kind, made.submission.kind, made.metric) == (form.target, form.submits, form.metric)

    _kit(here, mine, "download", slug, "--from", str(archive))
    _kit(here, mine, "prepare", slug, "--folds", "2")
    train = cache.load(made, paths.data(slug)).train
    assert form.row in zip(train.ids.tolist(), made.target.write(train.labels), strict=True)
    also = {"groups": (train.groups != train.same_pixels).any(), "columns": train.table.shape[1] > 0}
    assert [name for name, held in also.items() if held] == list(form.also)

    monkeypatch.setitem(RECIPES, "colors", colors.RECIPE)
    run = _kit(here, mine, "train", slug, "--recipe", "colors", "--backbone", "layer").splitlines()[-1]
    submitted = json.loads(_kit(here, mine, "submit", slug, run, "--json"))
    rows = table(Path(submitted["path"]))
    cells = [cell for row in rows for cell in list(row.values())[1:]]
    assert len(rows) == submitted["rows"] > 2
    assert [cell for cell in cells if not re.fullmatch(CELLS[form.submits], cell)] == []


def _kit(here, mine, *words):
    return here("--competitions", str(mine), *words).stdout


def _edit(file, edits):
    """Each edit is of a single line."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    for pattern, put in edits:
        places = [place for place, line in enumerate(lines) if re.search(pattern, line)]
        assert len(places) == 1, (pattern, places)
        lines[places[0]] = re.sub(pattern, put, lines[places[0]])
    file.write_text("".join(lines), "utf-8")


def test_each_competition_fits_or_lacks_something():
    assert not FORMS.keys() & MISSING.keys() and len(FORMS) + len(MISSING) == COMPETITIONS


def test_the_page_says_what_is_tested():
    text = write_page.PAGE.read_text("utf-8")
    assert text == write_page.write(text), "after a change of the forms: .venv/bin/python -m tests.coverage.write_page"
