"""`kit diff`: counts against a truth made by hand, tests against scipy's, intervals against simulated boards."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from kit import metrics
from kit.compare import diff, effect
from kit.compare import pair as rows
from kit.errors import DataError
from kit.report.render import pictures
from kit.stats.paired import Paired
from kit.targets.links import softmax
from tests.compare.conftest import sure, wrong


@pytest.mark.parametrize(("one", "other"), [(0, 0), (0, 1), (3, 9), (9, 3), (40, 41), (500, 600)])
def test_mcnemar_is_the_binomial_test_of_the_rows_that_one_alone_has_right(one, other):
    known = binomtest(one, one + other, 0.5).pvalue if one + other else 1.0
    assert diff.mcnemar(one, other) == pytest.approx(known, rel=1e-9)


@pytest.fixture
def pair(field):
    """a is wrong out of fold on rows 0 to 9, b on 8 and 9 and on 20; they decide 3 test rows otherwise."""
    a = field.make("a", wrong(field.labels, range(10)), field.test)
    b = field.make("b", wrong(field.labels, [8, 9, 20]), wrong(field.test, [4, 7, 10]))
    return a, b


def test_two_runs(here, field, pair):
    a, b = pair
    done = here("diff", a.id, b.id, "--json", "--ids", "2")
    found = json.loads(done.stdout)
    judged, test = found["out_of_fold"], found["test"]
    assert (judged["rows"], judged["differ"], judged["only_a_right"], judged["only_b_right"]) == (90, 9, 1, 8)
    assert judged["mcnemar_p"] == pytest.approx(binomtest(1, 9, 0.5).pvalue)
    assert judged["gain"]["gain"] == pytest.approx(7 / 90)
    assert sum(part["b_right"] for part in judged["pairs"]) == 8
    assert (test["rows"], test["differ"], test["best"], test["worst"]) == (30, 3, 0.1, -0.1)
    changed = field.test[[4, 7, 10]]
    assert {(part["from"], part["to"]) for part in test["pairs"]} == {
        (field.competition.target.columns[was], field.competition.target.columns[(was + 1) % 3]) for was in changed
    }
    assert len(found["ids"]) == 2 and {row["id"] for row in found["ids"]} <= {"5", "8", "11"}
    low, high = test["expected"]["interval"]
    assert -0.1 < low < test["expected"]["gain"] < high < 0.1 + 1e-9
    assert f"report {b.id}" in done.stderr
    back = json.loads(here("diff", b.id, a.id, "--json").stdout)
    assert back["out_of_fold"]["gain"]["gain"] == pytest.approx(-7 / 90)
    assert back["test"]["expected"]["gain"] == pytest.approx(-test["expected"]["gain"])


def test_what_people_read(here, pair, tmp_path):
    sheet = tmp_path / "sheet.png"
    text = here("diff", pair[0].id, pair[1].id, "--sheet", str(sheet)).stdout
    assert "9 of 90 rows are decided otherwise (10.00%); A alone is right on 1, B alone on 8" in text
    assert "McNemar        p = 0.0391: one is right more often" in text
    assert "at best        +0.10000; at worst -0.10000" in text
    assert sheet.read_bytes().startswith(b"\x89PNG")


def test_files_say_the_same_of_the_test_rows_as_their_runs(here, pair, tmp_path):
    for run in pair:
        here("submit", "tiny-stripes", run.id)
    a, b = (run.folder / "submission.csv" for run in pair)
    shuffled = tmp_path / "b.csv"
    head, *lines = b.read_text().splitlines()
    shuffled.write_text("\n".join([head, *reversed(lines)]))
    found = json.loads(here("diff", str(a), str(shuffled), "--slug", "tiny-stripes", "--json").stdout)
    of_runs = json.loads(here("diff", pair[0].id, pair[1].id, "--json").stdout)
    assert found["out_of_fold"] is None and found["test"]["expected"] is None
    for key in ("rows", "differ", "pairs", "best", "worst"):
        assert found["test"][key] == of_runs["test"][key]
    refused = here("diff", str(a), str(b), check=False)
    assert refused.returncode == 2 and "add --slug SLUG" in refused.stderr


def test_the_sheet_shows_test_images_alone_each_under_its_own_title(cli, field, tmp_path, monkeypatch):
    """A file may hold ids that are no test image's, here the first one; they are listed, and cannot be drawn."""
    drawn = []
    monkeypatch.setattr(pictures, "sheet", lambda images, titles: drawn.append((images, titles)) or b"picture")
    a, b, sheet = (tmp_path / name for name in ("a.csv", "b.csv", "sheet.png"))
    a.write_text("Id,Label\n999,0\n5,0\n11,1\n")
    b.write_text("Id,Label\n999,1\n5,1\n11,2\n")
    words = "diff", str(a), str(b), "--slug", "tiny-stripes", "--json", "--sheet", str(sheet)
    assert json.loads(cli(*words).stdout)["sheet"] == str(sheet)
    ((images, titles),) = drawn
    assert titles == ["id 5\nflat > steep", "id 11\nsteep > none"]
    np.testing.assert_array_equal(images, field.data.test.images[[4, 10]])
    for path, label in ((a, 0), (b, 1)):
        path.write_text(f"Id,Label\n999,{label}\n")
    assert json.loads(cli(*words).stdout)["sheet"] is None and len(drawn) == 1


def test_a_sheet_wants_a_title_for_each_image():
    with pytest.raises(ValueError, match="zip"):
        pictures.sheet(np.zeros((2, 8, 8, 1), np.uint8), ["one"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Id,Label\n1,0\n1,1\n", "holds an id twice; received '1'"),
        ("Id,Klass\n1,0\n", "lacks a column 'Label'; received Id, Klass"),
        ("Id,Label\n1,0\n2,7\n", "row 2 says nothing that can be scored; received '7', none of 0, 1, 2"),
        ("Id,Label\n1,0\n2\n", "row 2 says nothing that can be scored; received '', none of"),
        ("", "cannot read"),
    ],
)
def test_a_file_that_is_no_submission(stripes, tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        rows.side(stripes, str(path))


def test_probabilities_of_a_file_and_what_is_no_number(stripes, tmp_path):
    form = replace(stripes.submission, target_columns=("p",), kind="probability", of=("steep",), values=())
    asked = replace(stripes, submission=form)
    path = tmp_path / "p.csv"
    path.write_text("Id,p\n7,0.5\n8,1\n")
    said = rows.read_file(asked, path)
    assert said.ids.tolist() == ["7", "8"]
    np.testing.assert_allclose(said.values, [[0.25, 0.5, 0.25], [0, 1, 0]])
    path.write_text("Id,p\n7,half\n")
    with pytest.raises(DataError, match="row 1 says nothing that can be scored; received could not convert"):
        rows.read_file(asked, path)


@pytest.mark.parametrize("metric", ["accuracy", "log_loss", "map@3"])
def test_bounds_are_those_of_the_best_and_the_worst_truth(stripes, metric):
    competition, generator = replace(stripes, metric=metric), np.random.default_rng(0)
    a, b = (softmax(generator.normal(size=(4, 3)).astype(np.float32)) for _ in range(2))
    a[0] = b[0]
    truths = np.stack(np.meshgrid(*[range(3)] * 4), -1).reshape(-1, 4)
    gains = [metrics.gain(competition, truth, b, a)[0] for truth in truths]
    found = effect.bounds(competition, a, b)
    assert (found["best"], found["worst"]) == pytest.approx((max(gains), min(gains)))


def paired_rows(competition, labels, a, b, groups=None):
    return Paired(labels, b, a, *metrics.gain(competition, labels, b, a, groups), groups)


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_the_expected_effect_and_its_interval_hold_on_unseen_rows(stripes, metric):
    """Of two models on one population: what 95 % intervals from 400 rows promise of 600 other rows."""
    competition, generator = replace(stripes, metric=metric), np.random.default_rng(1)
    errors, hits = [], []
    for _ in range(150):
        labels = generator.integers(0, 3, 1000)
        common = generator.normal(size=(1000, 3)) + 2 * np.eye(3)[labels]
        a, b = (softmax((common + skill * generator.normal(size=(1000, 3))).astype(np.float32)) for skill in (1, 0.5))
        test = a[400:], b[400:]
        told = effect.estimate_gain(competition, paired_rows(competition, labels[:400], a[:400], b[:400]), test)
        true = metrics.gain(competition, labels[400:], test[1], test[0])[0]
        errors.append(told["gain"] - true)
        hits.append(told["interval"][0] <= true <= told["interval"][1])
    assert 0.90 <= np.mean(hits) <= 0.99
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(len(errors))


def test_a_metric_that_is_no_mean_tells_its_paired_gain(stripes):
    competition, labels = replace(stripes, metric="macro_f1"), np.arange(60) % 3
    a, b = sure(wrong(labels, range(6))), sure(labels)
    told = effect.estimate_gain(competition, paired_rows(competition, labels, a, b), (a, b))
    assert told["from"] == "paired gain out of fold"
    assert (told["gain"], told["error"]) == metrics.gain(competition, labels, b, a)
    assert effect.bounds(competition, a, b) == {"best": None, "worst": None}


def test_rows_that_depend_on_each_other_tell_their_paired_gain_over_groups(stripes):
    labels = np.arange(60) % 3
    a, b, groups = sure(wrong(labels, range(6))), sure(labels), np.arange(60) // 6
    told = effect.estimate_gain(stripes, paired_rows(stripes, labels, a, b, groups), (a, b))
    assert (told["gain"], told["error"]) == metrics.gain(stripes, labels, b, a, groups)
    assert told["error"] > 1.5 * metrics.gain(stripes, labels, b, a)[1]
