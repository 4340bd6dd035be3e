"""What other runs predicted as columns, where there are images: alone, of rows of several images, of rows never judged."""

from dataclasses import replace

import numpy as np
import pytest

from kit import predictions, runs, top_k
from kit.config import Config
from kit.data import folds
from kit.errors import ConfigError, DataError
from kit.json_files import write_json
from kit.learn import train
from kit.learn.predict import extract_features
from kit.learn.predict_photos import predict_photos
from kit.learn.recipes import boosting, stacked_on, teacher
from kit.targets import Classes
from tests.learn.recipes.conftest import make_member, train_run

TREES = ("--recipe", "boosting", "--set", "trees=20", "--set", "learning_rate=0.3", "--set", "column_share=1")


@pytest.fixture
def knows(prepared):
    """knows(shift): a finished run that tells the rows of one class, and cannot tell those of the two others apart."""

    def make(shift):
        data, fold_of = train.load(prepared)
        prints = folds.fingerprints(data, fold_of)
        run = runs.create("tiny-stripes", "train", Config(folds=3), {}, name=f"knows-{shift}", fingerprints=prints)
        for path, split, labels in (
            (run.oof, data.train, data.train.labels),
            (run.test, data.test, np.arange(len(data.test.ids)) % 3),
        ):
            values = np.where((labels == shift)[:, None], np.eye(3)[shift], (1 - np.eye(3)[shift]) / 2)
            predictions.save(path, predictions.make(split.ids, values, prepared.target))
        write_json(run.metrics, {"metric": "accuracy", "score": 2 / 3, "error": 0.05, "rows": 90})
        return run

    return make


def test_predictions_of_runs_on_images_need_no_table_beside_them(here, prepared, knows, tmp_path):
    one, two = knows(0), knows(1)
    stacked = train_run(here, *TREES, "--folds", "3", "--set", f"stacked_on={one.id},{two.id}")
    data = train.load(prepared)[0]
    oof, test = predictions.load(stacked.oof), predictions.load(stacked.test)
    assert (oof.select(data.train.ids).argmax(1) == data.train.labels).all()
    assert (test.select(data.test.ids).argmax(1) == np.arange(30) % 3).all()
    here("report", stacked.id)
    whole = runs.find(here("ensemble", "tiny-stripes", one.id, stacked.id).stdout.splitlines()[-1])
    for run in (stacked, whole):
        with pytest.raises(DataError, match=f"{stacked.id} cannot be used on photos: it is stacked on files"):
            predict_photos(run, prepared, [tmp_path / "none.png"])
        with pytest.raises(DataError, match=f"{stacked.id} cannot be used as a teacher: it is stacked on files"):
            teacher.find_teacher(prepared, Config(folds=3, teacher=run.id))


def test_a_recipe_that_reads_no_predictions_is_not_held_to_them(prepared):
    config = Config(backbone="tiny", stacked_on=("nothing",), folds=3)
    assert train.create(prepared, config, {}).parents == ()


def test_columns_are_joined_by_the_row_of_an_image_and_nan_where_it_was_never_judged(prepared, home, knows):
    run = knows(0)
    member = make_member(prepared, home, recipe="boosting", stacked_on=(run.id,))
    own = predictions.load(run.oof)
    predictions.save(run.oof, predictions.make(own.ids[3:], own.values[3:], prepared.target))
    split, rows = member.data.train, np.array([4, 1, 7, 3])
    seen = stacked_on.columns(member, split, rows)
    assert np.isnan(seen[1]).all() and np.array_equal(seen[[0, 2, 3]], own.values[[4, 7, 3]])
    of_rows = replace(split, rows=np.repeat(split.ids[::3], 3))  # three images for a row
    assert np.array_equal(stacked_on.columns(member, of_rows, rows)[[0, 2, 3]], own.values[[3, 6, 3]])


def test_features_of_a_backbone_stand_beside_predictions(prepared, home, knows, monkeypatch):
    run = knows(0)
    member = make_member(prepared, home, recipe="boosting", backbone="vgg16", stacked_on=(run.id,))
    monkeypatch.setattr(
        extract_features, "compute", lambda member, splits, views: {(splits[0], views[0]): np.ones((90, 4), np.float32)}
    )
    seen = boosting._inputs(member, member.data.train, np.arange(5), [])
    assert np.array_equal(seen, np.concatenate([predictions.load(run.oof).values[:5], np.ones((5, 4))], axis=1))


def test_two_classes_are_one_column(prepared, home, knows):
    run = knows(0)
    two = replace(prepared, target=Classes(("flat", "steep")))
    member = replace(make_member(prepared, home, recipe="boosting", stacked_on=(run.id,)), competition=two)
    own = predictions.load(run.oof)
    said = np.stack([own.values[:, 0], 1 - own.values[:, 0]], axis=1)
    predictions.save(run.oof, predictions.make(own.ids, said, two.target))
    assert np.array_equal(stacked_on.columns(member, member.data.train, np.arange(90)), said[:, 1:])


def test_the_best_of_many_classes_are_no_columns(prepared, knows):
    run = knows(0)
    own = predictions.load(run.oof)
    predictions.save(run.oof, predictions.Predictions(own.ids, top_k.keep(own.values, 2), own.columns))
    with pytest.raises(DataError, match="a run to stack on needs all probabilities of a row"):
        stacked_on.check(prepared, (run.id,), *train.load(prepared))


def test_test_rows_must_all_be_predicted(prepared, knows):
    run = knows(0)
    own = predictions.load(run.test)
    predictions.save(run.test, predictions.make(own.ids[1:], own.values[1:], prepared.target))
    with pytest.raises(DataError, match=f"1 ids of test rows here are not in {run.id}"):
        stacked_on.check(prepared, (run.id,), *train.load(prepared))


def test_a_search_of_settings_checks_the_runs_too(prepared, knows, home):
    run = knows(0)
    own = predictions.load(run.oof)
    judged = np.flatnonzero(train.load(prepared)[1] == 0)
    predictions.save(run.oof, predictions.make(own.ids[judged], own.values[judged], prepared.target))
    config = Config(recipe="boosting", backbone="trees", patience=0, stacked_on=(run.id,))
    with pytest.raises(DataError, match=f"{run.id} has judged no row of fold 1"):
        train.rehearsal(prepared, config, home)


def test_without_table_and_runs_there_is_nothing_to_learn_from(prepared):
    with pytest.raises(ConfigError, match="recipe boosting needs table"):
        train.check_config(prepared, Config(recipe="boosting", backbone="trees"))
