"""Wrong labels: found from out-of-fold predictions, decided on by people, honoured by training, their effect measured."""

import csv
import json

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from kit import paths, predictions, runs
from kit.config import Config
from kit.data import cache
from kit.ensemble.build import ensemble
from kit.errors import DataError
from kit.files import write_csv
from kit.json_files import read_json
from kit.learn import train
from kit.review import apply_corrections
from kit.review.labels import suspects


def _rows(path):
    with open(path, newline="") as handle:
        return list(csv.DictReader(handle))


def _decided(path, *rows):
    write_csv(path, ("id", "action", "label"), rows)
    return path


def test_flipped_digits_are_found_out_of_fold():
    images, labels = load_digits(return_X_y=True)
    draw = np.random.default_rng(0)
    flipped = draw.choice(len(labels), 40, replace=False)
    given = labels.copy()
    given[flipped] = (labels[flipped] + draw.integers(1, 10, 40)) % 10
    model = LogisticRegression(C=1, max_iter=100, tol=1e-2)
    said = cross_val_predict(model, images / 16, given, cv=3, method="predict_proba")
    found = suspects(given, said)
    assert np.isin(flipped, found).sum() >= 34 and len(found) <= 70  # the model itself is wrong on 182 others
    assert np.isin(found[:20], flipped).sum() >= 15
    assert (np.diff(said[found, given[found]]) >= 0).all()  # the least probable label first


def test_what_a_person_fills_in_is_taken_and_not_asked_again(here, mislabelled, prepared, said):
    run = said(0.9, "first")
    found = json.loads(here("review", "labels", run.id, "--json").stdout)
    assert {row["id"]: (row["given"], row["label"]) for row in found} == mislabelled
    assert all(row["probability"] == 0.9 and row["action"] == "" for row in found)
    assert (run.folder / "review" / "labels.png").read_bytes().startswith(b"\x89PNG")
    path = run.folder / "review" / "corrections.csv"
    rows = _rows(path)
    rows[0]["action"] = "keep"
    write_csv(path, list(rows[0]), [row.values() for row in rows])
    again = here("review", "labels", run.id, "--action", "relabel").stdout  # as if another look was taken
    assert rows[0]["id"] + " " not in again and _rows(path)[0]["action"] == "keep" and len(_rows(path)) == 3
    done = here("review", "apply", "tiny-stripes", str(path))
    assert "0 drop, 2 relabel, 1 keep" in done.stdout and "train tiny-stripes" in done.stderr
    assert json.loads(here("review", "labels", said(0.9, "second").id, "--json").stdout) == []


def test_training_learns_from_corrected_rows_and_is_judged_on_none(mislabelled, prepared, said, home):
    apply_corrections.apply(
        prepared, _decided(home / "one.csv", ("7", "relabel", "flat"), ("20", "drop", ""), ("42", "keep", ""))
    )
    data, fold_of = train.load(prepared)
    run = said(0.9, "with")
    for fold in range(3):
        member = train.member_of(run, prepared, data, fold_of, fold, 0)
        learned, judged = data.train.ids[member.train_rows], data.train.ids[member.validation_rows]
        assert "20" not in learned and not {"7", "20"} & set(judged)
        assert ("7" in learned) == (fold_of[6] != fold) and ("42" in judged) == (fold_of[41] == fold)
    assert data.train.labels[6] == 0 and cache.load(prepared, paths.data("tiny-stripes")).train.labels[6] == 1


def test_members_of_one_run_learn_from_the_same_corrections(prepared, home):
    config = Config(backbone="cnn", width=4, epochs=1, folds=1, workers=0)
    run = train.create(prepared, config, {})
    apply_corrections.apply(prepared, _decided(home / "one.csv", ("20", "drop", "")))
    with pytest.raises(DataError, match="the corrections here differ from what"):
        train.resume(run, prepared)


def test_the_effect_is_measured_on_the_rows_that_no_correction_touches(here, mislabelled, prepared, said, home):
    without = said(0.9, "without")
    wrong = [(name, "relabel", right) for name, (_, right) in mislabelled.items()]
    apply_corrections.apply(prepared, _decided(home / "all.csv", *wrong))
    corrected = said(0.9, "with")
    assert len(predictions.load(without.oof).ids) == 90 and len(predictions.load(corrected.oof).ids) == 87
    found = json.loads(here("review", "compare", without.id, corrected.id, "--json").stdout)
    assert [row["score"] for row in found["runs"]] == [1.0, 1.0] and found["gain"] == 0 and found["rows"] == 87
    marks = [row["corrections"] for row in found["runs"]]
    assert marks[0] is None and marks[1] == read_json(corrected.folder / "environment.json")["corrections_fingerprint"]


def test_runs_with_and_without_corrections_join_on_the_clean_rows(prepared, said, home):
    without = said(0.6, "without")
    apply_corrections.apply(prepared, _decided(home / "one.csv", ("20", "drop", ""), ("7", "keep", "")))
    joined = ensemble(prepared, [without, said(0.8, "with")])
    assert sorted(predictions.load(joined.oof).ids.tolist()) == sorted(str(n) for n in range(1, 91) if n != 20)
    assert read_json(joined.metrics)["rows"] == 89


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("7", "drop", ""), ("700", "drop", "")], "line 3: no training row has the id '700'"),
        ([("7", "drop", ""), ("7", "keep", "")], "line 3: id '7' comes twice"),
        ([("7", "remove", "")], "line 2: unknown action 'remove'; expected drop, relabel, keep"),
        ([("7", "relabel", "step")], "line 2: unknown class 'step'; did you mean 'steep'?"),
        ([("7", "relabel", "flat")], "line 2: '7' is relabelled as what it is; received 'flat'; use keep"),
        ([("7", "", "")], "nothing is decided"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(prepared, home, rows, message):
    with pytest.raises(DataError) as caught:
        apply_corrections.apply(prepared, _decided(home / "bad.csv", *rows))
    assert message in str(caught.value) and not paths.data("tiny-stripes").corrections.exists()


def test_corrections_of_other_labels_are_refused(prepared, home):
    write_csv(home / "old.csv", ("id", "given", "action", "label"), [("7", "none", "drop", "")])
    with pytest.raises(DataError, match="line 2: the label of '7' is another now; received 'none'; expected 'flat'"):
        apply_corrections.apply(prepared, home / "old.csv")


def test_a_later_decision_replaces_an_earlier_one(prepared, home):
    apply_corrections.apply(prepared, _decided(home / "one.csv", ("7", "drop", ""), ("20", "drop", "")))
    assert apply_corrections.apply(prepared, _decided(home / "two.csv", ("7", "keep", ""))) == {
        "drop": 1,
        "relabel": 0,
        "keep": 1,
    }
    assert runs.list_runs() == [] and len(_rows(paths.data("tiny-stripes").corrections)) == 2
