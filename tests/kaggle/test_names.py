"""Names of kernels, which Kaggle holds to 50 characters with what goes behind them."""

import pytest

from kit.kaggle import names


@pytest.mark.parametrize(
    ("slug", "mode", "name"),
    [
        ("cifar-10", "predict", "cifar-10-predict"),
        ("planet-understanding-the-amazon-from-space", "predict", "planet-understanding-the-amazon-from-predict"),
        ("planet-understanding-the-amazon-from-space", "train", "planet-understanding-the-amazon-from-train"),
        ("a" * 37 + "-b", "predict", "a" * 37 + "-predict"),
        ("a" * 38 + "-b", "predict", "a" * 38 + "-predict"),
        ("a" * 60, "predict", "a" * 38 + "-predict"),
    ],
)
def test_the_usual_name_holds_as_many_words_of_the_slug_as_fit(slug, mode, name):
    assert names.choose_kernel(slug, mode) == name
    names.check(name)
