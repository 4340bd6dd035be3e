"""A look into the store before anything is pulled, the best of it, and deletions that stay."""

import json

import pytest

from kit import paths, runs
from kit.json_files import read_json, write_json
from kit.runs import author, notes
from tests.sharing.teammate import leave, left


@pytest.fixture
def shared(here, make_run, team, monkeypatch):
    """Three runs in the store, none of them here, of two members; best first."""
    made = []
    for name, skill, member in (("best", 3.0, "ann"), ("fair", 1.0, "ann"), ("poor", 0.2, "bob")):
        monkeypatch.setenv("KIT_AUTHOR", member)
        author.find_author.cache_clear()
        made.append(make_run(name, skill=skill))
    here("runs", "push", *(run.id for run in made), "--store", str(team))
    author.find_author.cache_clear()
    for run in made:
        leave(run)
    return [run.id for run in made]


def test_the_store_is_looked_into_without_pulling(here, shared, team):
    (team / "damaged").mkdir()
    (team / "damaged" / "manifest.json").write_text('{"format": 1, "run": "damaged", "kind": "train", "files": [')
    done = here("runs", "remote", "--store", str(team), "tiny-stripes", "--json")
    rows = json.loads(done.stdout)
    assert [(row["run"], row["author"]) for row in rows] == list(zip(shared, ("ann", "ann", "bob"), strict=True))
    assert rows[0]["score"] > rows[1]["score"] > rows[2]["score"] and rows[0]["metric"] == "accuracy"
    assert (
        left() == []
        and "left out: the manifest of damaged" in done.stderr
        and "1 of 4 runs are left out" in done.stderr
    )
    assert "ann" in here("runs", "remote", "--store", str(team)).stdout and "note" not in done.stdout.splitlines()[0]
    assert json.loads(here("runs", "remote", "--store", str(team), "sklearn-digits", "--json").stdout) == []


def test_what_an_older_kit_pushed_is_listed_without_a_score(here, shared, team):
    path = team / shared[0] / "manifest.json"
    stored = read_json(path)
    del stored["about"]
    write_json(path, stored)
    rows = json.loads(here("runs", "remote", "--store", str(team), "--json").stdout)
    assert rows[-1]["run"] == shared[0] and rows[-1]["score"] is None
    of_slug = json.loads(here("runs", "remote", "--store", str(team), "tiny-stripes", "--json").stdout)
    assert len(of_slug) == len(rows)
    assert here("runs", "remote", "--store", str(team), "tiny", "--json").stdout == "[]\n"
    here("runs", "pull", "--store", str(team), shared[0])


def test_the_best_are_pulled(here, shared, team):
    here("runs", "pull", "--store", str(team), "--best", "2")
    assert left() == sorted(shared[:2])
    assert runs.find(shared[0]).author == "ann"
    rows = json.loads(here("runs", "remote", "--store", str(team), "--json").stdout)
    assert [row["here"] for row in rows] == ["yes", "yes", ""]


def test_a_deleted_run_stays_away_until_it_is_asked_for(here, shared, team):
    here("runs", "pull", "--store", str(team))
    here("runs", "delete", shared[0])
    for emptied in (False, True):
        if emptied:
            here("runs", "empty-trash", "--yes")
        done = here("runs", "pull", "--store", str(team))
        assert f"deleted here, and left there: {shared[0]}; name them" in done.stderr.replace("\n", " ")
        assert not (paths.runs() / shared[0]).exists()
    assert shared[0] not in here("runs", "pull", "--store", str(team), "--best", "1").stdout
    assert json.loads(here("runs", "remote", "--store", str(team), "--json").stdout)[0]["here"] == "deleted"
    here("runs", "pull", "--store", str(team), shared[0])
    assert (paths.runs() / shared[0] / "run.json").exists()
    assert "deleted here" not in here("runs", "pull", "--store", str(team)).stderr


def test_authors_are_listed_where_there_are_several(here, shared, team):
    here("runs", "pull", "--store", str(team))
    assert "author" in here("runs").stdout.splitlines()[0]
    assert len(json.loads(here("runs", "--where", "author=ann", "--json").stdout)) == 2


def test_the_author_is_found_by_the_first_source_that_names_one(home, monkeypatch):
    names = {}
    for variable, name in (("KAGGLE_USERNAME", "ann\x1b[2J"), ("KIT_AUTHOR", "  bob ")):
        monkeypatch.setenv(variable, name)
        author.find_author.cache_clear()
        names[variable] = author.find_author()
    author.find_author.cache_clear()
    assert names == {"KAGGLE_USERNAME": ("ann[2J", "KAGGLE_USERNAME"), "KIT_AUTHOR": ("bob", "KIT_AUTHOR")}


def test_notes_and_tags_travel_with_a_run(here, make_run, team):
    """Pushed with it or later; what somebody says here already stays."""
    one, other = make_run("one"), make_run("other")
    here("runs", "note", one.id, "the wide one", "--tag", "final", "--tag", "tta")
    here("runs", "push", "--new", "--store", str(team))
    rows = json.loads(here("runs", "remote", "--store", str(team), "--tag", "final", "--json").stdout)
    assert [(row["run"], row["note"], row["tags"]) for row in rows] == [(one.id, "the wide one", ["final", "tta"])]
    assert "final,tta" in here("runs", "remote", "--store", str(team)).stdout
    leave(one)
    here("runs", "pull", "--store", str(team))
    told = json.loads(here("runs", "--tag", "tta", "--json").stdout)
    assert [(row["run"], row["note"]) for row in told] == [(one.id, "the wide one")]
    here("runs", "note", other.id, "--tag", "late")
    was = read_json(team / other.id / "manifest.json")
    assert "is there already" in here("runs", "push", other.id, "--store", str(team)).stdout
    stored = read_json(team / other.id / "manifest.json")
    assert stored["about"].pop("tags") == ["late"] and was["about"].pop("tags") == [] and stored == was
    here("runs", "note", other.id, "--untag", "late", "--tag", "mine")
    here("runs", "pull", "--store", str(team), other.id)
    assert notes.read_tags(runs.find(other.id)) == ["mine"]
    leave(other)
    here("runs", "pull", "--store", str(team), other.id)
    assert notes.read_tags(runs.find(other.id)) == ["late"] and not other.note_file.exists()
