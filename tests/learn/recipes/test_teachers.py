"""Students of other runs: what they are taught, and by whom, so that their scores are honest."""

import shutil
from dataclasses import replace

import keras
import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.config import Config
from kit.data import cache, folds
from kit.data.prepare import prepare
from kit.ensemble.class_methods import METHODS
from kit.errors import DataError
from kit.json_files import write_json
from kit.learn import recipes
from kit.learn.recipes import distill, pseudo, scratch, teacher
from kit.runs import trash
from tests.learn.recipes.conftest import make_member, train_run


def test_held_out_images_are_no_test_images_to_learn_from(prepared, home, monkeypatch):
    prepare(prepared, paths.data("tiny-stripes"), folds=3, held_out=0.3)
    member = make_member(prepared, home, pseudo_confidence=0.0, patience=0)
    monkeypatch.setattr(
        teacher, "predict_test", lambda member: np.full((len(member.data.test.ids), 3), 1 / 3, np.float32)
    )
    monkeypatch.setattr(teacher, "find_surest", lambda member: 1.0)
    training_set = pseudo.training_set(member)
    assert len(member.data.test.ids) == 57
    assert training_set.samples.tolist() == [
        *(("train", row) for row in member.train_rows),
        *(("test", row) for row in range(30)),
    ], "of the test images the competition's own 30"


def test_a_teacher_of_smoothed_labels_can_be_sure(here, prepared, home, monkeypatch):
    run = train_run(here, "--folds", "2", "--set", "label_smoothing=0.3")  # so it says 0.8 at most
    member = make_member(prepared, home, folds=2, teacher=run.id, pseudo_confidence=0.9)
    said = np.full((30, 3), 1 / 3, np.float32)
    said[:10], said[10:20] = (0.75, 0.15, 0.1), (0.7, 0.2, 0.1)
    monkeypatch.setattr(teacher, "predict_test", lambda member: said)
    training_set = pseudo.training_set(member)
    taught = training_set.samples[training_set.samples["split"] == "test"]
    assert taught["row"].tolist() == list(range(10)), "0.72 is 0.9 of what it can say"
    assert teacher.find_surest(member) == pytest.approx(0.8)
    sharpening = METHODS["pool"], {"weights": [3.0]}  # as of an ensemble
    monkeypatch.setattr(teacher, "_fit", lambda member, fold_of, parts: sharpening)
    assert teacher.find_surest(member) == pytest.approx(0.8**3 / (0.8**3 + 2 * 0.1**3))


def test_a_member_is_taught_only_by_members_that_never_saw_its_fold(here, prepared, home):
    run = train_run(here, "--folds", "2", "--set", "epochs=6", "--name", "first")
    sure = {"pseudo_confidence": 0.0, "teacher_share": 1.0, "teacher_temperature": 1.0}
    member = make_member(prepared, home, folds=2, teacher=run.id, patience=0, **sure)
    said = teacher.predict_test(member)
    assert np.allclose(said, predictions.load(run.member(0) / "test.npz").select(member.data.test.ids), atol=1e-6)

    training_set = pseudo.training_set(member)
    assert training_set.samples[: -len(said)].tolist() == [("train", row) for row in member.train_rows]
    assert np.allclose(training_set.targets[-len(said) :], said)

    taught = distill.targets(member, member.train_rows)
    assert np.allclose(taught.sum(1), 1, atol=1e-5) and (taught.max(1) < 1).any()
    heard = [
        scratch.predictor(replace(member, config=run.config, folder=run.member(fold)))(
            member.data.train, member.train_rows, run.config.tta, ""
        )
        for fold in (0, 1)
    ]
    assert np.allclose(taught, heard[0], atol=1e-5) and not np.allclose(taught, heard[1], atol=1e-2)

    for recipe in ("pseudo", "distill"):  # named such that the reference fits the student, too
        words = ("--folds", "2", "--recipe", recipe, "--set", "teacher=tiny-stripes-first", "--name", "first-taught")
        student = train_run(here, *words)
        assert student.status() == "finished" and student.config.teacher == run.id
        trash.delete([student], lambda run: [])
    words = ("--recipe", "distill", "--set", f"teacher={run.id}", "--folds", "3")
    done = here("train", "tiny-stripes", *words, check=False)
    assert done.returncode == 2 and f"{run.id} has no member of fold 2" in done.stderr and runs.list_runs() == [run]


def test_the_weights_of_a_teacher_s_parts_know_no_label_of_the_fold(here, prepared, home):
    first = train_run(here, "--folds", "2", "--set", "epochs=2")
    second = train_run(here, "--folds", "2", "--set", "epochs=9", "--seed", "1")
    member = make_member(prepared, home)
    fold_of = folds.read(member.data_folders.folds, member.data.train.ids)

    def weights(wrong):
        labels = member.data.train.labels.copy()
        labels[wrong] = (labels[wrong] + 1) % 3
        data = replace(member.data, train=replace(member.data.train, labels=labels))
        return teacher._fit(replace(member, data=data), fold_of, [first, second])[1]["weights"]

    right = weights([])
    assert np.array_equal(weights(member.validation_rows), right) and not np.allclose(weights(member.train_rows), right)


def test_views_that_were_chosen_with_a_fold_do_not_teach_it(here, prepared, home):
    """`--tta auto` keeps what helps on all rows, those that the pupil is judged on among them."""
    run = train_run(here, "--folds", "2", "--set", "tta=identity,hflip")
    again = runs.find(here("predict", run.id, "--tta", "identity").stdout.splitlines()[-1])
    own, others = (predictions.load(one.member(0) / "test.npz").values for one in (run, again))
    said = teacher.predict_test(make_member(prepared, home, folds=2, teacher=again.id))
    assert np.allclose(said, own, atol=1e-6) and not np.allclose(said, others, atol=1e-6)
    shutil.rmtree(run.folder)  # as of a run that came from a teammate alone
    with pytest.raises(DataError, match=f"no run '{run.id}'"):
        teacher.find_teacher(prepared, Config(folds=2, teacher=again.id))


def test_a_teacher_is_heard_in_float32_whatever_its_pupil_learns_in(prepared, home):
    from kit.learn import device

    config = Config(folds=2, backbone="cnn", width=4, precision="mixed_bfloat16")
    policies = []

    def opened(of_teacher):
        policies.append(keras.config.dtype_policy().name)
        return lambda part, rows, views, label: np.full((len(rows), 3), 1 / 3)

    where = paths.data("tiny-stripes")
    data = cache.load(prepared, where)
    prints = folds.fingerprints(data, folds.read(where.folds, data.train.ids))
    run = runs.create("tiny-stripes", "train", config, {}, name="t", fingerprints=prints)
    write_json(run.metrics, {"metric": "accuracy", "score": 0.3, "error": 0.05, "rows": 90, "members": []})
    predictions.save(run.oof, predictions.make(data.train.ids, np.full((90, 3), 1 / 3), prepared.target))
    known = {**recipes.RECIPES, "scratch": replace(scratch.RECIPE, predictor=opened)}
    member = replace(make_member(prepared, home, teacher=run.id, folds=2), recipes=known)
    with device.training_scope(config):
        teacher.predict_training(member, member.train_rows)
    assert policies == ["float32"]
