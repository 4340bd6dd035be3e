"""What a difference between two predictions is, and what is likely a wrong label, for each kind of target."""

import numpy as np
import pytest

from kit.errors import ConfigError
from kit.review import labels as review
from kit.targets import Classes, Labels, Numbers, Votes

SETS = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]], np.uint8)


@pytest.mark.parametrize(
    ("target", "one", "other", "apart", "words", "changes"),
    [
        (
            Classes(("a", "b")),
            np.array([0, 1, 1]),
            np.array([0, 0, 0]),
            [0, 1, 1],
            "66.67% of the test rows",
            [{"from": "b", "to": "a", "rows": 2}],
        ),
        (
            Labels(("a", "b", "c", "d")),
            SETS,
            SETS[[1, 1, 1]],
            [0.25, 0, 0.5],
            "25.00% of the labels",
            [{"label": "b", "added": 2, "taken away": 0}, {"label": "a", "added": 1, "taken away": 0}],
        ),
        (
            Numbers(("x",)),
            np.array([[1.0], [2.0]]),
            np.array([[1.0], [-4.0]]),
            [0, 6],
            "3 on average",
            [{"number": "x", "mean change": -3.0, "mean size": 3.0, "largest": 6.0}],
        ),
        (
            Votes(("a", "b")),
            np.array([[0.5, 0.5], [1, 0]], np.float32),
            np.array([[0.25, 0.75], [1, 0]], np.float32),
            [0.25, 0],
            "12.50% of the votes",
            [{"class": "a", "mean change": -0.125}, {"class": "b", "mean change": 0.125}],
        ),
    ],
)
def test_how_far_two_sets_of_labels_are_apart(target, one, other, apart, words, changes):
    found = target.distance(one, other)
    assert found == pytest.approx(apart) and not target.distance(one, one).any()
    assert target.describe_distance(found.mean()) == words
    assert target.count_changes(one, other) == changes


def test_captions_are_short():
    assert Labels(("a", "b", "c", "d")).caption(SETS) == ["a", "a, b", "none"]
    assert Numbers(("x", "y")).caption(np.array([[0.1, 12345.678]], np.float32)) == ["0.1, 1.235e+04"]
    assert Votes(("a", "b")).caption(np.array([[0.25, 0.75]], np.float32)) == ["b 0.75, a 0.25"]


def test_wrong_labels_among_several_are_found_and_turned_over():
    target, draw = Labels(("a", "b", "never")), np.random.default_rng(0)
    truth = (draw.random((300, 3)) < [0.5, 0.1, 0]).astype(np.uint8)
    values = target.activate(6.0 * truth - 3 + draw.normal(size=truth.shape))
    given, wrong = truth.copy(), np.arange(0, 60, 10)
    given[wrong, 0] = 1 - truth[wrong, 0]
    found = review.suspect_sets(given, values)
    assert set(found[: len(wrong)]) == set(wrong) and len(found) < 20
    others, sure = review.REVIEWS["labels"].others(target, given[wrong], values[wrong])
    assert (others == truth[wrong]).all() and min(sure) > 0.5


def test_wrong_numbers_are_those_that_lie_far_off():
    target, draw = Numbers(("x",), low=0), np.random.default_rng(0)
    values = draw.uniform(0, 9, (300, 1)).astype(np.float32)
    given = (values + draw.normal(scale=0.1, size=values.shape)).astype(np.float32)
    given[[7, 40]] += [[5], [-9]]
    found = review.suspect_numbers(given, values).tolist()
    assert found[:2] == [40, 7] and len(found) < 6
    others, sure = review.REVIEWS["numbers"].others(target, given[[7]], values[[7]])
    assert others == pytest.approx(values[[7]]) and sure == [""]


@pytest.mark.parametrize("halves", ["votes"], indirect=True)
def test_votes_are_not_reviewed(halves, make_run):
    with pytest.raises(
        ConfigError, match="labels that are votes are not reviewed; expected classes, grades, labels, numbers"
    ):
        review.propose(make_run("one", 1.0), halves)
