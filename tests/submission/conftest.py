"""Two small competitions, one of labels and one of probabilities, with samples and good files."""

import pytest

from kit.competition import Archives, Competition, Submission
from kit.submission.sample import Sample
from kit.targets import Classes

CLASSES = ("cat", "dog", "owl")


def competition(form: Submission, metric: str) -> Competition:
    return Competition(
        slug="zoo",
        title="Zoo",
        target=Classes(CLASSES),
        image_shape=(8, 8, 3),
        metric=metric,
        submission=form,
        archives=Archives("train.zip", "test.zip", "sample.csv"),
        read=lambda raw, part: None,
    )


@pytest.fixture
def labels() -> Competition:
    """Writes "1" for a cat, "2" for a dog, "3" for an owl."""
    return competition(Submission("id", ("label",), values=("1", "2", "3")), "accuracy")


@pytest.fixture
def chances() -> Competition:
    """Three columns, in another order than the classes; log loss."""
    return competition(Submission("id", ("owl", "cat", "dog"), kind="probability"), "log_loss")


@pytest.fixture
def single() -> Competition:
    """One column: the probability of a dog."""
    return competition(Submission("id", ("label",), kind="probability", of=("dog",)), "log_loss")


@pytest.fixture
def sample() -> Sample:
    return Sample(("id", "label"), ("7", "007", "a b", "4", "5", "6"))


@pytest.fixture
def wide() -> Sample:
    return Sample(("id", "owl", "cat", "dog"), ("1", "2", "3"))
