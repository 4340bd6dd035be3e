"""Trees on what other runs predicted, beside a table or alone: better than either, and refused where that would not hold."""

import json
import shutil

import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.data import cache
from kit.files import write_csv
from kit.json_files import write_json
from kit.metrics import METRICS
from kit.plugins import load
from tests.tables.conftest import TOWNS, rows_of

TREES = ("--set", "trees=200", "--set", "learning_rate=0.1", "--set", "column_share=1")


@pytest.fixture
def lots(houses, here, tmp_path):
    """Houses without their town in the table, prepared."""
    folder = tmp_path / "plugins" / "houses"
    source = (folder / "competition.py").read_text()
    (folder / "competition.py").write_text(source.replace('categories=("town",)', "categories=()"))
    here("prepare", "houses")
    return load("houses", [folder.parent])


@pytest.fixture
def said(here, tmp_path):
    """A run of predictions made elsewhere, which know the town and nothing else."""

    def make():
        files = []
        for part, count, seed in (("oof", 150, 1), ("test", 60, 2)):
            rows = [line.split(",")[:4] for line in rows_of(count, seed, told=False).splitlines()[1:]]
            files.append(tmp_path / f"{part}.csv")
            write_csv(files[-1], ("id", "price"), [(row[0], 114_500 + 20_000 * TOWNS.index(row[3])) for row in rows])
        words = ("--oof", str(files[0]), "--test", str(files[1]), "--name", "town")
        return runs.find(here("runs", "import", "houses", *words).stdout.splitlines()[-1])

    return make


def train(here, *words):
    return runs.find(json.loads(here("train", "houses", *TREES, *words, "--json").stdout)["run"])


def refused(here, *words):
    done = here(*words, check=False)
    assert done.returncode in (2, 3) and done.stderr.count("\n") <= 2, done.stderr
    return done.stderr


def test_a_table_and_the_predictions_of_another_run_beat_each_alone(lots, said, here):
    town, table = said(), train(here)
    both = train(here, "--set", "stacked_on=houses-town")
    assert both.config.stacked_on == both.parents == (town.id,)
    data = cache.load(lots, paths.data("houses"))

    def error(run):
        oof = predictions.load(run.oof)
        return METRICS["rmse"].score(cache.labels_of(data.train, oof.ids), oof.values)

    assert error(both) < 0.5 * min(error(town), error(table))
    test = predictions.load(both.test).values[:, 0]
    worth = {line.split(",")[0]: line.split(",")[1:] for line in rows_of(60, 2, told=False).splitlines()[1:]}
    true = [
        1000 * int(worth[name][0]) + 20_000 * TOWNS.index(worth[name][2]) for name in predictions.load(both.test).ids
    ]
    assert np.corrcoef(test, true)[0, 1] > 0.95
    joined = here("ensemble", "houses", both.id, town.id).stdout.splitlines()[-1]
    assert runs.find(joined).parents == (both.id, town.id)


def test_a_stacked_run_needs_what_it_stands_on_as_it_was(lots, said, here, tmp_path):
    town = said()
    both = train(here, "--folds", "2", "--set", f"stacked_on={town.id}")
    assert f"{town.id} is needed by {both.id}" in refused(here, "runs", "delete", town.id)
    again = runs.find(here("predict", both.id, "--tta", "identity").stdout.splitlines()[-1])
    assert np.array_equal(predictions.load(again.oof).values, predictions.load(both.oof).values)
    (tmp_path / "store").mkdir()
    here("runs", "push", both.id, "--store", str(tmp_path / "store"))

    own = predictions.load(town.test)
    predictions.save(town.test, predictions.make(own.ids, own.values + 1, lots.target))
    changed = f"the predictions that {both.id} is stacked on have changed"
    assert changed in refused(here, "predict", both.id, "--tta", "identity")
    both.metrics.unlink()
    shutil.rmtree(both.member(1))
    assert changed in refused(here, "train", "--resume", both.id)

    shutil.rmtree(again.folder)
    shutil.rmtree(both.folder)
    shutil.rmtree(town.folder)
    pulled = here("runs", "pull", "--store", str(tmp_path / "store")).stderr
    assert f"{both.id} came without {town.id}" in pulled
    assert f"no run '{town.id}'" in (line := refused(here, "predict", both.id, "--tta", "identity"))
    assert "a teammate's comes by kit" in line


def test_what_cannot_be_stacked_on_is_refused_before_anything_is_trained(lots, said, here):
    town = said()
    base = train(here, "--folds", "2")

    def stack(*ids):
        before = [run.id for run in runs.list_runs()]
        line = refused(here, "train", "houses", "--set", "stacked_on=" + ",".join(ids))
        assert [run.id for run in runs.list_runs()] == before
        return line

    assert "no run 'elsewhere'" in (line := stack("elsewhere")) and "runs pull" in line
    assert "stacked_on needs different runs" in stack(town.id, town.id)
    assert f"{base.id} has judged no row of fold 2; received 2 folds; expected all 3 folds" in stack(base.id)
    base.metrics.unlink()
    assert f"{base.id} is not finished" in stack(base.id)
    record = json.loads((town.folder / "run.json").read_text())
    write_json(town.folder / "run.json", record | {"slug": "boats"})
    assert f"run {town.id} is of another competition" in stack(town.id)
    write_json(town.folder / "run.json", record)
    folds = paths.data("houses").folds
    lines = folds.read_text().splitlines()
    moved = [lines[0], *(line[:-1] + str((int(line[-1]) + 1) % 3) for line in lines[1:])]
    folds.write_text("\n".join(moved) + "\n")
    assert f"the folds here differ from what {town.id} was trained on" in stack(town.id)


def test_a_stacked_run_cannot_go_where_there_are_no_predictions(lots, said, here):
    town = said()
    both = train(here, "--set", f"stacked_on={town.id}")
    whole = here("ensemble", "houses", both.id, town.id).stdout.splitlines()[-1]
    reason = f"{both.id} cannot be used in a kernel: it is stacked on files of predictions"
    for run in (both.id, whole):
        assert reason in refused(here, "kernel", "build", "houses", "--run", run)
    words = ("kernel", "build", "houses", "--mode", "train", "--run", both.id)
    assert "runs to stack on stay here" in refused(here, *words)
