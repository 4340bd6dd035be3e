"""The whole road without images: run, report, search, submission, review, kernel; what is of images alone says so."""

import json
import re
from pathlib import Path

import pytest

from kit import runs


def speaks_of_images(text: str) -> list[str]:
    """Words for people; in a page, those between tags and of hints."""
    shown = re.sub(r"<style.*?</style>|data:image\S*", "", text, flags=re.S)
    return re.findall(r".*\b[Ii]mages?\b.*", shown)


@pytest.mark.parametrize("houses", ["signs"], indirect=True)
def test_rows_of_a_table_are_called_rows(houses, here):
    """On stdout, on stderr, and in the pages, of every verb that takes a table; with mlp, which learns in epochs."""
    said = []

    def kit(*words):
        done = here(*words)
        said.extend([done.stdout, done.stderr])
        return done.stdout.splitlines()[-1]

    kit("prepare", "houses", "--reset-folds")
    deep = kit("train", "houses", "--recipe", "mlp", "--set", "epochs=2", "--set", "patience=1")
    trees = kit("train", "houses")
    kit("plan", "houses", "--recipe", "mlp", "--set", "epochs=2")
    both = kit("ensemble", "houses", deep, trees)
    kit("submit", "houses", both)
    for words in (("runs", "compare"), ("diff",), ("review", "compare")):
        kit(*words, deep, trees)
    for words in (
        ("next", "houses", "--offline"),
        ("pick", "houses", "--all"),
        ("runs", "houses"),
        ("team", "houses", "--offline"),
    ):
        kit(*words)
    kit("review", "labels", both)
    for subject in (deep, both, "houses"):
        said.append(Path(json.loads(here("report", subject, "--json").stdout)["report"]).read_text())
    assert [line for text in said for line in speaks_of_images(text)] == []


@pytest.mark.parametrize("houses", ["price", "quarter"], indirect=True)
def test_from_prepared_rows_to_a_checked_submission_and_a_kernel(houses, here):
    ran = here("run", "houses", "--json")
    made = json.loads(ran.stdout)
    assert speaks_of_images(ran.stderr) == []
    done = [run.id for run in runs.list_runs("houses")]
    assert len(done) == 3
    page = Path(json.loads(here("report", done[0], "--json").stdout)["report"]).read_text()
    for words in ("Importance of columns", "Gradient boosting on the columns", "Columns in train and test", "town"):
        assert words in page
    assert "Grad-CAM" not in page and "<img" not in page and made
    season = Path(json.loads(here("report", "houses", "--json").stdout)["report"]).read_text()
    assert "training rows" in season and "pixels" not in season
    assert speaks_of_images(page + season) == []
    here("submit", "houses", done[-1])
    here("diff", done[0], done[1], "--ids", "3")
    here("next", "houses", "--offline")
    here("pick", "houses", "--all")
    here("list")
    here("review", "labels", done[0])
    built = json.loads(here("kernel", "build", "houses", "--run", done[-1], "--json").stdout)
    assert built


def test_settings_of_trees_are_searched(houses, here):
    found = json.loads(here("tune", "houses", "--trials", "2", "--set", "patience=5", "--json").stdout)
    assert {"leaves", "leaf_rows", "column_share"} <= set(found["trials"][0]["settings"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("augment-preview", "houses"), "augment-preview is for images; houses has a table alone"),
        (("review", "twins", "houses"), "review twins is for images"),
        (("plan", "houses"), "recipe boosting takes seconds or minutes: nothing to plan"),
        (("lr-find", "houses"), "recipe boosting learns in no epochs"),
    ],
)
def test_what_is_of_images_or_epochs_says_so(houses, here, words, said):
    assert said in here(*words, check=False).stderr
