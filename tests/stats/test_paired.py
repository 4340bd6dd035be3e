"""Two sets of predictions on the rows that they share."""

import numpy as np
import pytest

from kit import predictions
from kit.plugins import load
from kit.stats import paired
from kit.stats.known import Known
from kit.targets import Classes
from tests.compare.conftest import sure

IDS, LABELS = np.array([str(n) for n in range(1, 13)]), np.arange(12) % 3


@pytest.fixture
def competition(plugins):
    return load("tiny-stripes", [plugins])


def test_rows_and_classes_are_joined_by_name(competition):
    """Ours is right on all rows, theirs wrong on two of the ten that both have, of which one is not known."""
    wrong = LABELS.copy()
    wrong[[4, 5]] = 0
    ours = predictions.make(IDS[:10][::-1], sure(LABELS)[:10][::-1], competition.target)
    theirs = predictions.make(IDS, sure(wrong)[:, [2, 0, 1]], Classes(("none", "flat", "steep")))
    known = Known(np.delete(IDS, 5), np.delete(LABELS, 5))
    pair = paired.compare(competition, ours, theirs, known)
    assert pair.labels.tolist() == np.delete(LABELS[:10], 5)[::-1].tolist()
    np.testing.assert_array_equal(pair.theirs, np.delete(sure(wrong)[:10], 5, 0)[::-1])
    error = np.sqrt(1 / 9 * 8 / 9 / 9)
    assert pair.record == {"rows": 9, "gain": pytest.approx(1 / 9), "error": pytest.approx(error), "noise": True}
    back = paired.compare(competition, theirs, ours, known)
    assert (back.gain, back.error) == (pytest.approx(-1 / 9), pytest.approx(error))


def test_equal_predictions_differ_by_noise_and_always_better_ones_do_not(competition):
    ours = predictions.make(IDS, sure(LABELS), competition.target)
    theirs = predictions.make(IDS, sure((LABELS + 1) % 3), competition.target)
    same, better = (paired.compare(competition, ours, other, Known(IDS, LABELS)) for other in (ours, theirs))
    assert (same.gain, same.error, same.record["noise"]) == (0, 0, True)
    assert (better.gain, better.record["noise"]) == (1, False) and better.error == pytest.approx(1 / (len(LABELS) + 1))


def test_without_a_shared_row_nothing_is_judged(competition):
    ours, theirs = (
        predictions.make(IDS[half], sure(LABELS[half]), competition.target) for half in (slice(6), slice(6, 12))
    )
    assert paired.compare(competition, ours, theirs, Known(IDS, LABELS)) is None
    assert paired.compare(competition, ours, ours, Known(IDS[6:], LABELS[6:])) is None


def test_the_error_is_over_groups_of_the_shared_rows(competition):
    ours = predictions.make(IDS, sure(LABELS), competition.target)
    wrong = np.where(np.arange(12) < 6, (LABELS + 1) % 3, LABELS)
    theirs = predictions.make(IDS[::-1], sure(wrong)[::-1], competition.target)
    pair = paired.compare(competition, ours, theirs, Known(IDS, LABELS, np.arange(12) // 3))
    assert pair.groups.tolist() == (np.arange(12) // 3).tolist()
    assert (pair.gain, pair.error) == (0.5, pytest.approx(0.5 / np.sqrt(3)))
