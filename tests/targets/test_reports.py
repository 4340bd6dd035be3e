"""What a page says of each kind of target: what has a meaning for it, with scikit-learn's figures, and nothing else."""

import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score, mean_absolute_error, precision_score, r2_score, recall_score, roc_auc_score

from kit.data import check
from kit.plugins import load
from kit.report import page, subject
from kit.report.sections import by_kind, calibration, grades, labels, mistakes, numbers, sheets
from kit.targets import Labels, Numbers, Votes, count_columns

OWN = {
    "labels": ["by_label", "calibration", "mistakes"],
    "numbers": ["predicted", "residuals", "mistakes"],  # of a single number no table
    "grades": ["confusions", "classes", "calibration", "mistakes"],
    "votes": ["classes", "calibration", "mistakes"],
}
NOT_SAID = {  # of what is no class
    "labels": ("accuracy",),
    "numbers": ("accuracy", "log loss", "confidence", "calibration", "classes"),
    "votes": ("accuracy", "log loss", "confidence"),
}


def _cells(body: str) -> list[str]:
    return re.findall(r">([^<>]*)</td>", body)


@pytest.mark.parametrize("halves", OWN, indirect=True)
def test_a_page_has_the_sections_that_mean_something(halves, make_run):
    run = make_run("one", 1.0)
    kind, text = halves.target.kind, page.write(run, halves, quick=True).read_text()
    found = re.findall(r'<section id="(\w+)"', text)
    assert found == ["summary", *OWN[kind], "augmentation", "shift", "settings"]
    shown = text[text.index("<main>") : text.index('<section id="augmentation"')]
    assert [word for word in NOT_SAID.get(kind, ()) if word in shown] == []


@pytest.mark.parametrize("halves", ["labels"], indirect=True)
def test_figures_of_labels_are_scikit_learn_s(halves, make_run):
    about = subject.load(make_run("one", 1.5), halves)
    said = (about.values > 0.5).astype(int)
    for number, row in enumerate(labels.label_table(about).split("<tr>")[2:]):
        true, told = about.labels[:, number], said[:, number]
        area = roc_auc_score(true, about.values[:, number])
        name, *figures = _cells(row)
        assert name == halves.target.columns[number] and figures[0] == f"{area:.3f}"
        expected = [one(true, told) for one in (precision_score, recall_score, f1_score)]
        assert figures[2:5] == [f"{one:.3f}" for one in expected]
        assert figures[5:] == [str(true.sum()), str(told.sum())]
    figures = {name: value for name, value, _ in labels.cards(about)}
    assert figures["all labels right"] == f"{(said == about.labels).all(1).mean():.2%}"
    assert figures["mistakes"] == str((said != about.labels).sum())


@pytest.mark.parametrize("halves", ["labels"], indirect=True)
def test_the_surest_mistake_of_labels_comes_first(halves, make_run):
    about = subject.load(make_run("one", 1.5), halves)
    missed = (about.values > 0.5) != about.labels
    worst = np.unravel_index(np.argmax(np.where(missed, np.abs(about.values - about.labels), 0)), missed.shape)
    body = labels.mistakes(about)
    assert len(re.findall("<figure>", body)) == min(missed.sum(), mistakes.MAX_SHOWN)
    first = re.search(r"id (\d+)", body)
    assert first and first[1] == about.data.train.ids[about.rows[worst[0]]]
    right = subject.Subject(**{**vars(about), "values": about.labels.astype(np.float32)})
    assert "not a single one" in labels.mistakes(right)


@pytest.mark.parametrize("halves", ["labels"], indirect=True)
def test_decisions_are_those_of_the_thresholds_and_confidence_is_that_of_before(halves, make_run):
    plain = subject.load(make_run("one", 1.5), halves)
    decided = np.clip(plain.values + 0.3, 0, 1).astype(np.float32)
    finish = {"applied": True, "parameters": {"thresholds": [0.2, 0.2]}}
    about = subject.Subject(**{**vars(plain), "values": decided, "metrics": {**plain.metrics, "finish": finish}})
    assert labels.reliability(about) == labels.reliability(plain)
    row = _cells(labels.label_table(about).split("<tr>")[2])
    assert row[7:] == [str((decided[:, 0] > 0.5).sum()), "0.200"] and row[1] == _cells(labels.label_table(plain))[1]


@pytest.mark.parametrize("halves", ["numbers"], indirect=True)
def test_figures_of_numbers_are_scikit_learn_s(halves, make_run):
    about = subject.load(make_run("one", 1.0), halves)
    figures = {name: value for name, value, _ in numbers.cards(about)}
    told = about.predicted
    assert figures["mean absolute error"] == f"{mean_absolute_error(about.labels, told):.4g}"
    assert figures["R²"] == f"{r2_score(about.labels, told):.4g}"
    assert "root mean squared error" not in figures, "that is the metric, which stands first"
    first = re.search(r"id (\d+)", mistakes.show_farthest("", about))
    worst = np.abs(about.labels - told).argmax()
    assert first and first[1] == about.data.train.ids[about.rows[worst]]
    assert len(re.findall("<circle", numbers.predicted(about))) == len(about.rows)


@pytest.mark.parametrize("halves", ["grades"], indirect=True)
def test_mistakes_of_the_most_grades_come_first(halves, make_run):
    about = subject.load(make_run("one", 2.0), halves)
    off = np.abs(about.predicted - about.labels)
    shown = [about.data.train.ids.tolist().index(name) for name in re.findall(r"id (\d+)", grades.mistakes(about))]
    assert (
        len(shown) == (off > 0).sum() and (np.diff([off[about.rows.tolist().index(row)] for row in shown]) <= 0).all()
    )
    figures = {name: value for name, value, _ in grades.cards(about)}
    assert figures["grades off"] == f"{off.mean():.3f}"


def test_each_kind_has_its_sections_and_what_is_counted_is_named():
    assert by_kind.SECTIONS.keys() == by_kind.CARDS.keys()
    named = [count_columns(one) for one in (Numbers(("x",)), Labels(("a", "b")), Votes(("a", "b")))]
    assert named == ["1 number", "2 labels", "2 classes"]
    report = {
        "train": {"rows": 9, "classes": {"a": 4, "b": 0}, "unreadable": 0, "duplicates": 0, "conflicts": 0},
        "test": {"rows": 3, "unreadable": 0, "duplicates": 0},
        "twins": 0,
        "unreadable_listed": [],
    }
    told = check.text(replace(load("cifar-10"), target=Labels(("a", "b"))), report)
    assert (
        "2 labels" in told
        and "label sizes    0 to 4  (a label has no image)" in told
        and "class" not in told.splitlines()[1]
    )


def test_calibration_of_what_is_right_as_often_as_it_says():
    draw = np.random.default_rng(0)
    told = draw.random(20_000)
    bins, error = calibration.measure(told, draw.random(20_000) < told)
    assert error < 0.02 and sum(one.rows for one in bins) == 20_000


def test_samples_come_stratum_after_stratum():
    rows = sheets.sample_strata(np.array([0, 0, 0, 0, 1, 2]), 4, seed=0)
    assert set(rows[:3]) >= {4, 5} and len(set(rows)) == 4
