"""Three images answer for one row of the submission: what follows on the members is of rows."""

import csv
import json
import zipfile

import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.config import Config
from kit.data import cache, corrections
from kit.ensemble import join_images
from kit.json_files import write_json
from kit.kernel import entries, inside
from kit.learn import join, train, train_member
from kit.plugins import load
from kit.runs.scores import read_scores
from tests.conftest import COMPETITION, pixel_table, stripes

ROWS = [f"r{n % 3}-{n // 9}" for n in range(90)]  # of the images of a row the label is one


@pytest.fixture
def by_rows(home, plugins, tmp_path):
    """tiny-stripes, prepared, of which three images answer for a row."""
    read = COMPETITION.replace(
        "images, labels)\n", 'images, labels, rows=[f"r{n % 3}-{n // 9}" for n in range(len(images))])\n'
    )
    (plugins / "tiny-stripes" / "competition.py").write_text(read)
    archive = paths.data("tiny-stripes").archives / "tiny-stripes.zip"
    archive.parent.mkdir(parents=True)
    images, labels = stripes(90, seed=1)
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("train.csv", pixel_table(images, [("flat", "steep", "none")[label] for label in labels]))
        out.writestr("test.csv", pixel_table(stripes(27, seed=2)[0], None))
        out.writestr("sample.csv", "Id,Label\n" + "".join(f"{row},0\n" for row in sorted(set(ROWS[:27]))))
    return load("tiny-stripes", [plugins])


@pytest.fixture
def made(by_rows):
    """made(seed): a run whose three members have said something of each image."""

    def make(seed):
        data, fold_of = train.load(by_rows)
        prints = corrections.fingerprints(data, fold_of)
        run = runs.create(by_rows.slug, "train", Config(folds=3), {}, name=f"made-{seed}", fingerprints=prints)
        draw = np.random.default_rng(seed)
        for fold in range(3):
            member = train.member_of(run, by_rows, data, fold_of, fold, 0)
            member.folder.mkdir()
            rows = member.validation_rows
            said = (np.eye(3)[data.train.labels[rows]] + draw.dirichlet(np.ones(3), len(rows))) / 2
            predictions.save(member.folder / "oof.npz", predictions.make(data.train.ids[rows], said, by_rows.target))
            said = draw.dirichlet(np.ones(3), len(data.test.ids))
            predictions.save(member.folder / "test.npz", predictions.make(data.test.ids, said, by_rows.target))
            write_json(member.folder / "metrics.json", train_member._score(member, np.eye(3)[data.train.labels[rows]]))
        join.join(run, by_rows, data, fold_of)
        return run

    return make


def test_from_images_to_a_submission_of_rows(here, by_rows, made, home):
    here("prepare", "tiny-stripes", "--folds", "3", "--holdout", "0.2")
    with open(paths.data("tiny-stripes").holdout) as file:
        held = {row["id"] for row in csv.DictReader(file)}
    train_rows = cache.load(by_rows, paths.data("tiny-stripes")).train.rows
    assert len(held) == 6 and held.isdisjoint(train_rows)
    one, two = made(1), made(2)
    oof, test = predictions.load(one.oof), predictions.load(one.test)
    assert set(oof.ids) == set(train_rows) and len(oof.ids) == 24 and len(test.ids) == 9 + 6
    scores = read_scores(one)
    assert scores["rows"] == 24 == sum(member["rows"] for member in scores["members"])
    assert scores["images_joined_by"] in ("mean", "max", *join_images.SHARES)
    blend = here("ensemble", "tiny-stripes", one.id, two.id).stdout.splitlines()[-1]
    assert json.loads(here("submit", "tiny-stripes", blend, "--json").stdout)["rows"] == 9
    assert "public" in here("submit", "tiny-stripes", blend, "--local").stdout
    here("diff", one.id, two.id, "--ids", "3", "--sheet", str(home / "sheet.png"))
    here("runs", "compare", one.id, two.id)
    here("review", "labels", one.id)
    here("report", blend)


def test_a_correction_of_a_row_is_one_of_all_its_images(here, by_rows, made):
    said = here("prepare", "tiny-stripes", "--folds", "3").stdout
    assert "train rows     30 of the submission, of 3 to 3 images" in said and "test rows      9 of" in said
    paths.data("tiny-stripes").corrections.write_text("id,action,label\nr0-0,drop,\nr1-1,relabel,none\n")
    data = train.load(by_rows)[0]
    assert [data.train.rows[row] for row in data.dropped] == ["r0-0"] * 3 and len(data.corrected) == 6
    assert data.train.labels[data.train.rows == "r1-1"].tolist() == [2, 2, 2]
    oof = predictions.load(made(1).oof)
    assert {"r0-0", "r1-1"}.isdisjoint(oof.ids) and len(oof.ids) == 28
    assert len(corrections.read_clean_labels(by_rows, paths.data("tiny-stripes"))[0]) == 28


def test_a_kernel_and_other_views_join_images_as_the_run_did(here, by_rows):
    here("prepare", "tiny-stripes", "--folds", "3")
    words = ("--folds", "1", "--set", "epochs=1")
    run = runs.find(here("train", "tiny-stripes", *words).stdout.splitlines()[-1])
    [entry] = entries.entries(by_rows, run, {})
    assert entry["images_joined_by"] == read_scores(run)["images_joined_by"]
    data = train.load(by_rows)[0]
    assert np.allclose(inside._average_members(run, entry, by_rows, data), predictions.load(run.test).values, atol=1e-5)
    between = inside._average_members(run, entry | {"images_joined_by": 0.3}, by_rows, data)
    ends = [inside._average_members(run, entry | {"images_joined_by": end}, by_rows, data) for end in ("mean", "max")]
    assert np.allclose(between, 0.7 * ends[0] + 0.3 * ends[1], atol=1e-5)
    again = runs.find(here("predict", run.id, "--tta", "identity,hflip").stdout.splitlines()[-1])
    assert predictions.load(again.oof).ids.tolist() == predictions.load(run.oof).ids.tolist()
