import numpy as np
import pytest

from kit import metrics
from kit.competition import load
from kit.errors import DataError

LABELS = np.array([0, 1, 1, 0])
SAID = np.array([[0.9, 0.1], [0.4, 0.6], [1.0, 0.0], [0.8, 0.2]])


def test_accuracy_and_its_standard_error(plugins):
    judged = metrics.judge(load("dogs-vs-cats"), LABELS, SAID)
    assert judged["score"] == 0.75 and judged["rows"] == 4
    assert judged["error"] == pytest.approx(np.sqrt(0.75 * 0.25 / 4))


def test_log_loss_is_clipped_as_the_submission_is():
    redux = load("dogs-vs-cats-redux-kernels-edition")
    clip = redux.submission.clip
    expected = -np.log([0.9, 0.6, clip, 0.8]).mean()
    assert metrics.judge(redux, LABELS, SAID)["score"] == pytest.approx(expected)


def test_an_unknown_metric_names_the_nearest():
    with pytest.raises(DataError, match="did you mean 'log_loss'"):
        metrics.metric("logloss")
