"""Numbers learned as their logarithms: prices and counts, whose errors are shares of them."""

import numpy as np
import pytest

from kit.targets import Numbers

PRICES = Numbers(("price",), low=0, log=True)


def test_what_is_told_is_a_logarithm_and_what_comes_back_a_price():
    labels = np.float32([[0], [9], [99999]])
    assert np.allclose(PRICES.tell(labels)[:, 0], np.log([1, 10, 100000]))
    assert np.allclose(PRICES.activate(PRICES.tell(labels)), labels, rtol=1e-5)
    assert PRICES.activate(np.array([[-3.0]])).tolist() == [[0]]


def test_an_error_is_a_share_of_the_price():
    labels = np.float32([[1000], [1000000]])
    double = PRICES.losses(labels, 2 * labels)
    assert np.isclose(*double, rtol=1e-2)
    plain = Numbers(("price",)).losses(labels, 2 * labels)
    assert plain[1] > 1e5 * plain[0]


def test_the_head_is_solved_for_on_the_logarithm():
    draw = np.random.default_rng(0)
    inputs = draw.normal(size=(200, 2))
    labels = np.expm1(5 + inputs @ [[1.0], [0.5]]).astype(np.float32)
    kernel, bias = PRICES.solve(inputs, labels, 1e4)
    assert np.allclose(kernel[:, 0], [1, 0.5], atol=1e-2) and np.isclose(bias[0], 5, atol=1e-2)


@pytest.mark.parametrize("low", [-np.inf, -1])
def test_a_price_below_0_has_no_logarithm(low):
    assert "low=0" in Numbers(("price",), low=low, log=True).fault() and not PRICES.fault()
