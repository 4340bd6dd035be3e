import re

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from kit.report import subject
from kit.report.sections import classes


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy():
    sure = np.tile([0.95, 0.05], (100, 1))
    bins, error = classes.measure_calibration(np.arange(100) % 2, sure)
    assert error == pytest.approx(0.45) and [one.rows for one in bins] == [100]
    assert bins[0].accuracy == 0.5 and 0.04 < bins[0].error < 0.06


def test_figures_by_class_are_scikit_learn_s(prepared, make_run):
    about = subject.load(make_run(0.7), prepared)
    expected = precision_recall_fscore_support(about.labels, about.predicted)
    body = classes.class_table(about)
    rows = [re.findall(r">([^<>]+)</td>", row) for row in body.split("<tr>")[2:]]
    assert [row[0] for row in rows] == list(prepared.target.columns)
    for number, row in enumerate(rows):
        assert row[1:5] == [*(f"{expected[n][number]:.3f}" for n in range(3)), str(expected[3][number])]
    table = confusion_matrix(about.labels, about.predicted)
    assert np.array_equal(classes.counts(about.labels, about.predicted, 3), table)
    assert [int(n) for n in re.findall(r"<td[^>]*>(\d+)</td>", classes.confusion(about))] == table[table > 0].tolist()


def test_mistakes_come_worst_first(prepared, make_run):
    about = subject.load(make_run(0.7), prepared)
    said = about.values.copy()
    said[about.wrong[3]] = [0.98, 0.01, 0.01] if about.labels[about.wrong[3]] else [0.01, 0.98, 0.01]
    worst = about.wrong[3]
    changed = subject.Subject(**{**vars(about), "values": said, "unfinished": said})
    assert changed.wrong[0] == worst and len(changed.wrong) == len(about.wrong)
    first = re.search(r"id (\d+)", classes.mistakes(changed))
    assert first and first[1] == about.data.train.ids[about.rows[worst]]
