"""Predictions that another program made, as a run."""

import json

import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.data import cache, folds
from kit.files import write_csv
from kit.predictions import Predictions
from kit.runs.scores import read_scores
from kit.sharing.import_run import import_run
from tests.sharing.teammate import leave


@pytest.fixture
def source(make_run):
    """A run whose predictions are written as files."""
    return make_run("source", skill=1.0, seed=3)


def write(path, own: Predictions, order=slice(None), **columns) -> None:
    """A table of predictions, with other columns beside."""
    beside = list(columns.values())
    rows = (
        [name, *row, *(of[n] for of in beside)]
        for n, (name, row) in enumerate(zip(own.ids, own.values.tolist(), strict=True))
    )
    write_csv(path, ("Id", *own.columns, *columns), [*rows][order])


@pytest.fixture
def files(source, tmp_path):
    """oof.csv, its rows backwards, and test.csv of the source."""
    for name in ("oof", "test"):
        write(tmp_path / f"{name}.csv", predictions.load(source.folder / f"{name}.npz"), slice(None, None, -1))
    return tmp_path


def words(files, **other):
    chosen = {"oof": files / "oof.csv", "test": files / "test.csv", **other}
    return [word for option, path in chosen.items() for word in (f"--{option}", str(path))]


def test_it_scores_what_the_source_scores_and_goes_all_ways(here, files, source, make_run, team):
    folds_file = paths.data("tiny-stripes").folds
    done = here("runs", "import", "tiny-stripes", *words(files, folds=folds_file), "--name", "theirs")
    run = runs.find(done.stdout.splitlines()[-1])
    assert run.kind == "import" and run.status() == "finished" and run.id.startswith("tiny-stripes-theirs-")
    assert "believed: no row of oof.csv" in done.stderr and run.config.folds == 3
    assert read_scores(run)["score"] == read_scores(source)["score"] and read_scores(run)["rows"] == 90
    own = predictions.load(run.test)
    assert np.allclose(own.values, predictions.load(source.test).select(own.ids))
    other = make_run("other", skill=1.0, seed=4)
    blend = here("ensemble", "tiny-stripes", run.id, other.id).stdout.splitlines()[-1]
    assert json.loads((runs.find(blend).metrics).read_text())["parts"][0]["seconds"] is None
    for verb in (
        ["submit", "tiny-stripes", run.id],
        ["report", run.id],
        ["diff", run.id, other.id],
        ["runs", "tiny-stripes"],
    ):
        here(*verb)
    assert "recipe" in here("runs", "compare", run.id, other.id).stdout
    here("next", "tiny-stripes")
    here("runs", "push", run.id, "--store", str(team))
    leave(run)
    here("runs", "pull", "--store", str(team))
    assert read_scores(runs.find(run.id)) == read_scores(run)


def test_what_needs_models_refuses_it_in_one_line(here, files):
    run = here("runs", "import", "tiny-stripes", *words(files)).stdout.splitlines()[-1]
    for verb in (
        ["predict", run, "--tta", "identity"],
        ["kernel", "build", "tiny-stripes", "--run", run],
        ["train", "tiny-stripes", "--recipe", "distill", "--set", f"teacher={run}"],
    ):
        done = here(*verb, check=False)
        assert done.returncode == 3 and len(done.stderr.splitlines()) == 1 and run in done.stderr


def test_other_forms_of_the_same(prepared, files, source):
    expected = predictions.load(source.oof).values
    oof, test = predictions.load(source.oof), predictions.load(source.test)
    turned = Predictions(oof.ids, oof.values[:, ::-1], oof.columns[::-1])
    write(files / "turned.csv", turned, fold=[n % 2 for n in range(90)], note=["x"] * 90)
    np.savez(files / "plain.npz", ids=oof.ids, values=oof.values.astype(np.float64))
    for name in ("turned.csv", "plain.npz"):
        run = import_run(prepared, files / name, files / "test.csv")
        assert np.allclose(predictions.load(run.oof).select(oof.ids), expected, atol=1e-6)
    assert len(predictions.load(import_run(prepared, source.oof, source.test).test).ids) == len(test.ids)


def test_folds_may_be_numbered_otherwise_but_not_be_others(here, prepared, files, source):
    ours = paths.data("tiny-stripes").folds
    ids = cache.load(prepared, paths.data("tiny-stripes")).train.ids
    fold_of = folds.read(ours, ids)
    write_csv(files / "folds.csv", ("id", "fold"), zip(ids, (fold_of + 1) % 3, strict=True))
    here("runs", "import", "tiny-stripes", *words(files, folds=files / "folds.csv"))
    for wrong in (np.roll(fold_of, 1), np.where(fold_of == 2, 1, fold_of), np.arange(90) % 45):
        write_csv(files / "folds.csv", ("id", "fold"), zip(ids, wrong, strict=True))
        done = here("runs", "import", "tiny-stripes", *words(files, folds=files / "folds.csv"), check=False)
        assert done.returncode == 3 and "does not hold the folds of" in done.stderr and "share a fold" in done.stderr


def test_one_fold_alone_is_judged_alone(prepared, files, source):
    where = paths.data("tiny-stripes")
    data = cache.load(prepared, where)
    rows = np.flatnonzero(folds.read(where.folds, data.train.ids) == 0)
    oof = predictions.load(source.oof)
    write(files / "oof.csv", Predictions(oof.ids[rows], oof.values[rows], oof.columns))
    run = import_run(prepared, files / "oof.csv", files / "test.csv")
    assert run.config.folds == 1 and read_scores(run)["rows"] == len(rows)


def changed(place, value):
    def change(values):
        values[place] = value
        return values

    return change


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        (
            "oof",
            lambda own: (own.ids[1:], own.values[1:], own.columns),
            "lacks 1 rows; received no '1'; expected all 90 rows",
        ),
        ("test", lambda own: (own.ids[1:], own.values[1:], own.columns), "test.csv lacks 1 rows"),
        ("oof", lambda own: ([*own.ids[1:], "x"], own.values, own.columns), "holds 1 unknown ids; received 'x'"),
        ("test", lambda own: ([*own.ids[1:], "x"], own.values, own.columns), "holds 1 unknown ids; received 'x'"),
        ("oof", lambda own: (["2", *own.ids[1:]], own.values, own.columns), "an id comes twice; received '2'"),
        ("oof", lambda own: (own.ids, own.values * 2, own.columns), "90 rows of predictions are not probabilities"),
        (
            "oof",
            lambda own: (own.ids, changed((3, 0), np.nan)(own.values.copy()), own.columns),
            "1 rows of predictions",
        ),
        (
            "oof",
            lambda own: (own.ids, own.values, ("flat", "steep", "nothing")),
            "its columns are not those of the target",
        ),
        (
            "oof",
            lambda own: (own.ids, own.values.astype(object) + 1j, own.columns),
            "a prediction is no number; received",
        ),
        ("oof", lambda own: (own.ids[::4], own.values[::4], own.columns), "lacks"),
    ],
)
def test_what_does_not_fit_is_one_line(here, files, source, file, change, message):
    write(files / f"{file}.csv", Predictions(*change(predictions.load(source.folder / f"{file}.npz"))))
    done = here("runs", "import", "tiny-stripes", *words(files), check=False)
    assert done.returncode == 3 and message in done.stderr and len(done.stderr.splitlines()) == 1
    assert [run.id for run in runs.list_runs()] == [source.id]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("oof.csv", b"", "cannot read"),
        ("oof.csv", b"name,flat,steep,none\n1,1,0,0\n", "no column of ids"),
        ("oof.npz", b"PK", "cannot read"),
        ("oof.csv", b"\xff\xfe", "cannot read"),
        ("nowhere.csv", None, "cannot read"),
    ],
)
def test_what_is_no_file_of_predictions(here, files, name, content, message):
    if content is not None:
        (files / name).write_bytes(content)
    done = here("runs", "import", "tiny-stripes", *words(files, oof=files / name), check=False)
    assert done.returncode == 3 and message in done.stderr and len(done.stderr.splitlines()) == 1
