"""Predictions of images joined into those of rows, where several images answer for one row of the submission."""

import numpy as np
import pytest

from kit import top_k
from kit.data.cache import CachedSplit
from kit.data.image_rows import first_images, number_rows
from kit.ensemble import join_images
from kit.errors import DataError
from kit.targets import Classes, Labels, Numbers, Votes

ROWS = np.array(["b", "a", "b", "c", "a", "b"])


def test_rows_are_numbered_in_the_order_in_which_they_come():
    names, number = number_rows(ROWS)
    assert names.tolist() == ["b", "a", "c"] and number.tolist() == [0, 1, 0, 2, 1, 0]
    assert first_images(ROWS, ["c", "b"]).tolist() == [3, 0]
    with pytest.raises(DataError, match="first missing id 'x'"):
        first_images(ROWS, ["x"])


def test_the_mean_and_the_greatest_of_each_row():
    values = np.array([[0.2, 0.8], [0.5, 0.5], [0.4, 0.6], [1, 0], [0.1, 0.9], [0.6, 0.4]], np.float32)
    labels, classes = Labels(("x", "y")), Classes(("x", "y"))
    assert np.allclose(join_images.join(labels, values, ROWS, "mean"), [[0.4, 0.6], [0.3, 0.7], [1, 0]])
    greatest = np.array([[0.6, 0.8], [0.5, 0.9], [1, 0]])
    assert np.allclose(join_images.join(labels, values, ROWS, "max"), greatest)
    assert np.allclose(join_images.join(classes, values, ROWS, "max"), greatest / greatest.sum(1, keepdims=True))


def test_a_number_is_the_share_of_the_greatest():
    values = np.array([[0.2, 0.8], [0.5, 0.5], [0.4, 0.6], [1, 0], [0.1, 0.9], [0.6, 0.4]], np.float32)
    classes = Classes(("x", "y"))
    mean, greatest = (join_images.join(classes, values, ROWS, end) for end in ("mean", "max"))
    between = join_images.join(classes, values, ROWS, 0.3)
    assert np.allclose(between, 0.7 * mean + 0.3 * greatest) and np.allclose(between.sum(1), 1)
    assert between.dtype == np.float32


def test_an_image_for_each_row_changes_no_bit():
    values = np.random.default_rng(0).random((6, 2), np.float32)
    ids = np.array(list("fedcba"))
    honest, method = join_images.choose(Labels(("x", "y")), values, ids, values > 0.5, np.arange(6) % 2)
    assert np.array_equal(honest, values) and method == "mean"


@pytest.fixture
def breasts():
    """40 rows of 4 images with one label: in a positive row one image shows it, the others show nothing."""
    draw = np.random.default_rng(0)
    labels = (np.arange(40) % 2)[:, None]
    values = draw.uniform(0.02, 0.1, (40, 4, 1)).astype(np.float32)
    values[labels[:, 0] == 1, 2] = 0.95
    return values.reshape(160, 1), np.repeat([f"r{n}" for n in range(40)], 4), labels, np.arange(40) // 2 % 4


def test_the_greatest_is_chosen_where_one_image_shows_it(breasts):
    values, rows, labels, folds = breasts
    honest, method = join_images.choose(Labels(("cancer",)), values, rows, labels, folds)
    assert method == "max" and np.array_equal(honest, join_images.join(Labels(("cancer",)), values, rows, "max"))


def test_a_mixture_is_learned_where_the_truth_lies_between():
    draw = np.random.default_rng(0)
    values = draw.uniform(0, 1, (4000, 4, 1)).astype(np.float32)
    truth = 0.6 * values.mean(1) + 0.4 * values.max(1)
    labels = (draw.random(truth.shape) < truth).astype(np.int64)
    target, images, rows = Labels(("x",)), values.reshape(-1, 1), np.arange(4000).repeat(4).astype(str)
    honest, method = join_images.choose(target, images, rows, labels, np.arange(4000) % 5)
    assert 0.2 <= method <= 0.6
    for end in ("mean", "max"):
        of_end = join_images.join(target, images, rows, end)
        assert target.losses(labels, honest).mean() < target.losses(labels, of_end).mean()


def test_a_fold_has_no_say_in_how_it_is_joined(breasts):
    values, rows, labels, folds = breasts
    target, images = Labels(("cancer",)), folds.repeat(4) == 0
    values[images] = np.where(labels.repeat(4)[images, None] == 1, 0.55, 0.0)
    values[images.nonzero()[0][::4]] = 0.5  # of this fold alone the mean would be better
    others = join_images.choose(target, values, rows, labels, folds)[0]
    expected = join_images.join(target, values, rows, "max")
    assert np.array_equal(others[folds == 0], expected[folds == 0])


@pytest.mark.parametrize("target", [Numbers(("x", "y")), Votes(("x", "y"))])
def test_numbers_and_shares_are_joined_by_their_mean(target):
    values = np.array([[1, 0], [0, 1], [0.5, 0.5]] * 2, np.float32)
    labels = np.array([[1.0, 0], [0, 1], [1, 0]])
    _, method = join_images.choose(target, values, ROWS, labels, np.array([0, 1, 0]))
    assert method == "mean"


def test_the_best_classes_of_images_are_joined_as_all_would_be():
    values = np.random.default_rng(0).dirichlet(np.ones(5), len(ROWS)).astype(np.float32)
    target, labels = Classes(tuple("vwxyz")), np.array([0, 1, 2])
    all_kept, method = join_images.choose(target, top_k.keep(values, 5), ROWS, labels, np.arange(3))
    expected = join_images.join(target, values, ROWS, "mean")
    assert method == "mean" and np.array_equal(all_kept["place"], top_k.keep(expected, 5)["place"])
    assert np.allclose(all_kept["probability"], top_k.keep(expected, 5)["probability"])


def test_test_rows_keep_their_order_where_the_first_image_cannot_be_read():
    ids, rows = np.array(["1", "2", "3"]), np.array(["a", "b", "a"])
    readable, images = np.array([False, True, True]), np.zeros((3, 1, 1, 1), np.uint8)
    test = CachedSplit("test", ids, images, np.empty(0), readable, np.arange(3), rows=rows)
    values = np.float32([[0.5, 0.5], [0.2, 0.8], [0.9, 0.1]])
    names, joined = join_images.join_test(Classes(("x", "y")), test, values, "mean")
    assert names.tolist() == ["a", "b"] and np.allclose(joined, [[0.9, 0.1], [0.2, 0.8]])
