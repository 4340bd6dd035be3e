from dataclasses import replace

import numpy as np
import pytest

from kit.errors import ConfigError
from kit.learn.input import views
from kit.learn.input.resize import resize
from kit.learn.input.views import VIEWS
from kit.plugins import load

IMAGE = np.arange(12, dtype=np.uint8).reshape(1, 3, 4, 1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("identity", [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]),
        ("hflip", [[3, 2, 1, 0], [7, 6, 5, 4], [11, 10, 9, 8]]),
        ("vflip", [[8, 9, 10, 11], [4, 5, 6, 7], [0, 1, 2, 3]]),
        ("rot90", [[3, 7, 11], [2, 6, 10], [1, 5, 9], [0, 4, 8]]),
        ("rot180", [[11, 10, 9, 8], [7, 6, 5, 4], [3, 2, 1, 0]]),
        ("rot270", [[8, 4, 0], [9, 5, 1], [10, 6, 2], [11, 7, 3]]),
        ("transpose", [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]]),
        ("transverse", [[11, 7, 3], [10, 6, 2], [9, 5, 1], [8, 4, 0]]),
        ("shift_up", [[4, 5, 6, 7], [8, 9, 10, 11], [8, 9, 10, 11]]),
        ("shift_down", [[0, 1, 2, 3], [0, 1, 2, 3], [4, 5, 6, 7]]),
        ("shift_left", [[1, 2, 3, 3], [5, 6, 7, 7], [9, 10, 11, 11]]),
        ("shift_right", [[0, 0, 1, 2], [4, 4, 5, 6], [8, 8, 9, 10]]),
    ],
)
def test_a_view_moves_the_pixels_it_names(name, expected):
    assert VIEWS[name](IMAGE)[0, :, :, 0].tolist() == expected


@pytest.mark.parametrize(
    ("name", "row", "column"),
    [  # where the bright spot at row 15.5, column 25.5 of 32 goes
        ("crop_center", 15.5, 26.9),
        ("crop_top_left", 17.8, 29.2),
        ("crop_top_right", 17.8, 24.6),
        ("crop_bottom_left", 13.2, 29.2),
        ("crop_bottom_right", 13.2, 24.6),
        ("zoom_in", 15.5, 26.5),
        ("zoom_out", 15.5, 24.6),
        ("rotate_left", 14.3, 25.4),
        ("rotate_right", 16.7, 25.4),
    ],
)
@pytest.mark.parametrize("channels", [1, 3, 6])
def test_a_crop_zoom_or_turn_moves_a_spot_where_geometry_says(name, row, column, channels):
    images = np.zeros((2, 32, 32, channels), np.uint8)
    images[:, 14:18, 24:28] = 240
    seen = VIEWS[name](images)
    assert seen.shape == images.shape and seen.dtype == np.uint8 and np.array_equal(seen[0], seen[1])
    mass = seen[0, :, :, -1].astype(float)
    rows, columns = np.indices(mass.shape)
    assert (rows * mass).sum() / mass.sum() == pytest.approx(row, abs=0.15)
    assert (columns * mass).sum() / mass.sum() == pytest.approx(column, abs=0.15)


@pytest.mark.parametrize("name", sorted(set(VIEWS) - set(views.TURNED)))
def test_a_view_keeps_the_shape_of_any_image_and_adds_no_border(name):
    for shape in ((3, 20, 30, 3), (1, 8, 8, 1), (0, 5, 5, 1)):
        seen = VIEWS[name](np.full(shape, 77, np.uint8))
        assert seen.shape == shape and seen.dtype == np.uint8 and (seen == 77).all()


@pytest.mark.parametrize(
    ("names", "words"),
    [((), "names no view"), (("hflipp",), "did you mean 'hflip'"), (("hflip",), "makes no sense for this competition")],
)
def test_views_are_checked_against_the_competition(names, words):
    with pytest.raises(ConfigError, match=words):
        views.check(names, replace(load("sklearn-digits"), tta=("identity", "shift_up")))


def test_turned_views_are_resized_like_others():
    images = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), np.uint8)
    for name in views.TURNED:
        turned = VIEWS[name](images)
        assert np.array_equal(resize(turned, 4), resize(np.ascontiguousarray(turned), 4))
