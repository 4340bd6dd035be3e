"""The columns of a table within a network: what is missing or unknown, and what the weights keep of the training rows."""

import keras
import numpy as np
import pytest

from kit.config import Config
from kit.learn.networks import columns, weights
from kit.learn.networks.mlp import mlp

ROWS = np.float32([[1, 100, 0], [3, np.nan, 1], [np.nan, 300, np.nan], [5, 200, -1], [1000, 200, 0]])


@pytest.fixture
def model():
    table = columns.open_input(3)
    made = keras.Model(table, columns.Columns(2, [2])(table))
    columns.set_from(made, ROWS[:4])
    return made


def test_numbers_are_deviations_and_what_is_missing_is_said(model):
    seen = np.asarray(model.predict_on_batch(ROWS))
    assert seen.shape == (5, 4 + columns.choose_width(2))
    assert np.allclose(seen[:4, 0], [-1.2247, 0, 0, 1.2247], atol=1e-3) and seen[4, 0] == columns.FAR
    assert seen[:, 2].tolist() == [0, 0, 1, 0, 0] and seen[:, 3].tolist() == [0, 1, 0, 0, 0]


def test_each_category_has_a_vector_and_so_have_missing_and_unknown(model):
    layer = model.get_layer(columns.NAME)
    layer.vectors.assign(np.arange(4)[:, None] * np.ones((1, columns.choose_width(2))))
    assert np.asarray(model.predict_on_batch(ROWS))[:, -1].tolist() == [2, 3, 0, 1, 2]


def test_what_it_knows_of_the_training_rows_lies_in_the_weights(model, tmp_path):
    config = Config(width=4)
    one, other = (mlp(2, [2], 1, config) for _ in range(2))
    columns.set_from(one, ROWS)
    weights.save(one, tmp_path / "model.weights.h5")
    weights.load(other, tmp_path / "model.weights.h5")
    assert np.array_equal(one.predict_on_batch(ROWS), other.predict_on_batch(ROWS))
    assert np.isfinite(one.predict_on_batch(ROWS)).all()


def test_a_skewed_number_is_taken_by_its_logarithm_with_its_sign():
    table = columns.open_input(2)
    made = keras.Model(table, columns.Columns(2, [])(table))
    areas = np.float32([[-10, 1], [0, 2], [10, 3], [100, 4], [1000, np.nan], [100000, 5]])
    columns.set_from(made, areas)
    logs = np.sign(areas[:, 0]) * np.log1p(np.abs(areas[:, 0]))
    seen = np.asarray(made.predict_on_batch(areas))
    assert np.allclose(seen[:, 0], (logs - logs.mean()) / logs.std(), atol=1e-3)
    assert np.allclose(seen[[0, 3], 1], [-np.sqrt(2), np.sqrt(0.5)], atol=1e-3)


def test_a_column_that_is_never_known_does_no_harm():
    table = columns.open_input(2)
    made = keras.Model(table, columns.Columns(2, [])(table))
    columns.set_from(made, np.full((3, 2), np.nan, np.float32))
    assert np.isfinite(made.predict_on_batch(np.float32([[1, np.nan]]))).all()
