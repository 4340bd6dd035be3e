"""A score is the score of the file: for every target, form and metric that fit, the written file scores what is reported."""

from dataclasses import replace

import numpy as np
import pytest

from kit import metrics, predictions
from kit.competition import Submission
from kit.errors import DataError
from kit.forms import FORMS
from kit.metrics import METRICS
from kit.plugins import load
from kit.submission.build import build
from kit.submission.read_back import read_back
from kit.submission.sample import Sample
from kit.submission.validate import validate
from kit.targets import Classes, Grades, Labels, Numbers, Votes

NAMES = ("a", "b", "c", "d", "e", "f", "g")
TARGETS = [
    Classes(NAMES),
    Classes(NAMES[:2]),
    Grades(NAMES),
    Votes(NAMES),
    Labels(NAMES),
    Numbers(NAMES[:2], low=0, high=9),
]
IDS = tuple(f"row {n}" for n in range(300))
COLUMNS = {"label": 1, "ranking": 1, "labels": 1, "probability": 9, "value": 9}  # target columns at most, of each form


def rows(target):
    """(labels, values) of 300 rows; some values are quite sure."""
    draw = np.random.default_rng(0)
    count, columns = len(IDS), len(target.columns)
    if target.kind == "numbers":
        labels = draw.uniform(0, 9, (count, columns)).astype(np.float32)
        return labels, (labels + draw.normal(size=labels.shape)).astype(np.float32)
    if target.kind == "labels":
        labels = (draw.random((count, columns)) < 0.3).astype(np.uint8)
        return labels, target.activate(3 * draw.normal(size=labels.shape) + 2 * labels)
    shares = draw.dirichlet(np.full(columns, 0.3), count).astype(np.float32)
    labels = shares if target.kind == "votes" else draw.permuted(shares.argmax(1))
    values = draw.dirichlet(np.full(columns, 0.3), count) + 1.5 * draw.random((count, 1)) * target.tell(labels)
    return labels, (values / values.sum(1, keepdims=True)).astype(np.float32)


def competition(target, kind, metric, **more):
    columns = ("answer",) if COLUMNS[kind] == 1 else target.columns
    return replace(
        load("digit-recognizer"), target=target, metric=metric, submission=Submission("id", columns, kind, **more)
    )


def fitting():
    for target in TARGETS:
        for kind, form in FORMS.items():
            for name, metric in METRICS.items():
                if target.kind in form.kinds and kind in metric.forms and target.kind in metric.targets:
                    yield pytest.param(target, kind, name, id=f"{target.kind} {len(target.columns)}, {kind}, {name}")


def score_of_file(made, target, labels, values):
    sample = Sample(("id", *made.submission.target_columns), IDS)
    data = build(made, predictions.make(IDS, values, target), sample)
    assert validate(data, made, sample).rows == len(IDS)
    ids, said = read_back(made, data)
    assert ids.tolist() == list(IDS)
    return metrics.find(made).score(labels, said)


@pytest.mark.parametrize(("target", "kind", "metric"), [*fitting()])
def test_the_file_scores_what_is_reported(target, kind, metric):
    made, (labels, values) = competition(target, kind, metric), rows(target)
    reported = metrics.evaluate(made, labels, values)
    assert score_of_file(made, target, labels, values) == pytest.approx(reported["score"], rel=1e-6)
    assert reported["error"] > 0


def test_a_column_less_than_classes_says_of_the_others_what_is_left():
    target, (labels, values) = Classes(NAMES[:3]), rows(Classes(NAMES[:3]))
    made = replace(
        competition(target, "probability", "log_loss"), submission=Submission("id", ("x",), "probability", of=("b",))
    )
    reported = metrics.evaluate(made, labels, values)["score"]
    assert score_of_file(made, target, labels, values) == pytest.approx(reported, rel=1e-6)
    assert reported != pytest.approx(metrics.METRICS["log_loss"].score(labels, values), rel=0.01)


def test_labels_may_have_a_column_of_0_and_1_each():
    target, (labels, values) = Labels(NAMES), rows(Labels(NAMES))
    made = replace(competition(target, "labels", "row_f2"), submission=Submission("id", NAMES, "labels"))
    assert score_of_file(made, target, labels, values) == pytest.approx(metrics.evaluate(made, labels, values)["score"])


@pytest.mark.parametrize(
    ("kind", "target", "text"),
    [
        ("ranking", Classes(NAMES), "a b c d e f"),
        ("ranking", Classes(NAMES), "a a"),
        ("ranking", Classes(NAMES), "a z"),
        ("labels", Labels(NAMES), "a z"),
        ("value", Numbers(("x",)), "nine"),
        ("value", Numbers(("x",)), "inf"),
    ],
)
def test_a_text_that_the_form_does_not_have_is_refused_when_it_is_read(kind, target, text, tmp_path):
    made = replace(competition(target, kind, "accuracy"), submission=Submission("id", ("x",), kind))
    (tmp_path / "file.csv").write_text(f"id,x\n1,{text}\n")
    with pytest.raises(DataError, match="row 1 says nothing that can be scored"):
        read_back(made, tmp_path / "file.csv")
