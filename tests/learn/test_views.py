import numpy as np
import pytest

from kit.errors import ConfigError
from kit.learn import views
from kit.learn.views import VIEWS

IMAGE = np.arange(12, dtype=np.uint8).reshape(1, 3, 4, 1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("identity", [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]),
        ("hflip", [[3, 2, 1, 0], [7, 6, 5, 4], [11, 10, 9, 8]]),
        ("vflip", [[8, 9, 10, 11], [4, 5, 6, 7], [0, 1, 2, 3]]),
        ("shift_up", [[4, 5, 6, 7], [8, 9, 10, 11], [8, 9, 10, 11]]),
        ("shift_down", [[0, 1, 2, 3], [0, 1, 2, 3], [4, 5, 6, 7]]),
        ("shift_left", [[1, 2, 3, 3], [5, 6, 7, 7], [9, 10, 11, 11]]),
        ("shift_right", [[0, 0, 1, 2], [4, 4, 5, 6], [8, 8, 9, 10]]),
    ],
)
def test_a_view_moves_the_pixels_it_names(name, expected):
    assert VIEWS[name](IMAGE)[0, :, :, 0].tolist() == expected


@pytest.mark.parametrize(
    ("names", "words"),
    [((), "names no view"), (("hflipp",), "did you mean 'hflip'"), (("hflip",), "makes no sense for this competition")],
)
def test_views_are_checked_against_the_competition(names, words):
    with pytest.raises(ConfigError, match=words):
        views.check(names, allowed=("identity", "shift_up"))
