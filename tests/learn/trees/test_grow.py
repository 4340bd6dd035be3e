"""Trees as arrays say what scikit-learn's own model says, for every kind of target."""

import dataclasses

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from kit.config import Config
from kit.errors import DataError
from kit.learn.trees import forest, grow, inputs
from kit.targets import Classes, Labels, Numbers, Votes

CONFIG = Config(trees=15, learning_rate=0.2, leaf_rows=5, leaf_decay=0.0, column_share=1.0)


@pytest.fixture
def table():
    """300 rows of two numbers and a category of 40, with missing values."""
    draw = np.random.default_rng(0)
    made = np.column_stack([draw.normal(size=(300, 2)), draw.integers(0, 40, 300)]).astype(np.float32)
    made[draw.random((300, 3)) < 0.1] = np.nan
    made[0, 2] = -1
    return made


def rows_of(table, told, kept):
    return grow.Rows(inputs.arrange(table, 2, kept), told.astype(np.float32), np.ones(len(told)))


def truth(table):
    known = np.nan_to_num(table)
    return known[:, 0] + np.sin(known[:, 2]) + (table[:, 1] > 0)


def test_numbers_are_those_of_scikit_learn_and_survive_a_file(table, tmp_path):
    kept, told = inputs.find_frequent(table, 2), truth(table)[:, None]
    rows = rows_of(table, told, kept)
    none = grow.Rows(rows.inputs[:0], rows.told[:0], rows.weights[:0])
    grown = grow.grow(Numbers(("y",)), CONFIG, 0, rows, none, 1)
    model = HistGradientBoostingRegressor(
        max_iter=15, learning_rate=0.2, min_samples_leaf=5, max_leaf_nodes=8, categorical_features=[0], random_state=0
    ).fit(rows.inputs, rows.told[:, 0])
    forest.save(grown, {"0": kept[0]}, tmp_path / "trees.h5")
    again, named = forest.load(tmp_path / "trees.h5")
    assert np.array_equal(again.logits(rows.inputs)[:, 0], model.predict(rows.inputs)) and (grown.bits >= 0).any()
    assert named["0"].tolist() == kept[0].tolist()
    with pytest.raises(DataError, match="holds no trees"):
        forest.load(tmp_path / "none.h5")


@pytest.mark.parametrize("classes", [2, 3])
def test_classes_are_those_of_scikit_learn_and_one_without_a_row_is_never_said(table, classes):
    kept, labels = (
        inputs.find_frequent(table, 2),
        (truth(table) > 0).astype(int) + (truth(table) > 1.5) * (classes == 3),
    )
    target = Classes((*"abc"[:classes], "never"))
    rows = rows_of(table, target.tell(labels), kept)
    grown = grow.grow(target, CONFIG, 0, rows, dataclasses.replace(rows, inputs=rows.inputs[:0], told=rows.told[:0]), 1)
    model = HistGradientBoostingClassifier(
        max_iter=15, learning_rate=0.2, min_samples_leaf=5, max_leaf_nodes=8, categorical_features=[0], random_state=0
    ).fit(rows.inputs, labels)
    said = target.activate(grown.logits(rows.inputs))
    assert np.allclose(said[:, :classes], model.predict_proba(rows.inputs), atol=1e-6) and said[:, classes].max() < 1e-6


def test_labels_and_shares_are_learned_each_in_its_way(table):
    kept, high = inputs.find_frequent(table, 2), truth(table) > 1
    told = np.column_stack([high, ~high, np.ones(len(high))])
    rows = rows_of(table, told, kept)
    labels = Labels(("high", "low", "always"))
    said = labels.activate(grow.grow(labels, CONFIG, 0, rows, rows, 1).logits(rows.inputs))
    assert ((said[:, 0] > 0.5) == high).mean() > 0.9 and said[:, 2].min() > 0.99
    shares = np.where(high[:, None], [0.75, 0.25], [0.25, 0.75])
    votes, rows = Votes(("one", "two")), rows_of(table, shares, kept)
    said = votes.activate(grow.grow(votes, CONFIG, 0, rows, rows, 1).logits(rows.inputs))
    assert np.abs(said - shares).mean() < 0.1


def test_the_rarest_of_too_many_categories_are_missing():
    table = np.repeat(np.arange(300), np.arange(300, 0, -1)).astype(np.float32)[:, None]
    [kept] = inputs.find_frequent(table, 0)
    assert len(kept) == 254 and np.isnan(inputs.arrange(np.float32([[299], [-1], [np.nan]]), 0, [kept])).all()


def test_a_column_without_a_value_among_the_rows_to_learn_from_does_no_harm():
    draw = np.random.default_rng(0)
    table = np.column_stack([draw.normal(size=80), np.full(80, np.nan)])
    told = (table[:, :1] > 0).astype(np.float32)
    known = grow.Rows(table, told, np.ones(80))
    grown = grow.grow(Numbers(("x",)), CONFIG, 0, known, grow.Rows(table[:0], told[:0], np.ones(0)), 0)
    assert set(grown.feature.tolist()) <= {-1, 0}
    table[0, 1] = 7.0  # known of a row that is predicted
    assert np.abs(grown.logits(table)[:, 0] - told[:, 0]).mean() < 0.2
