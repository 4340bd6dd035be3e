"""Recipes through the CLI, and what makes their scores honest."""

from dataclasses import replace

import numpy as np
import pytest

from kit import places, predictions, runs
from kit.config import Config
from kit.data import cache, folds
from kit.data.prepare import prepare
from kit.learn import teacher
from kit.learn.recipes import distill, finetune, pseudo, scratch
from kit.learn.task import Task


def _task(prepared, home, fold=0, **settings):
    where = places.data("tiny-stripes")
    data = cache.load(prepared, where)
    fold_of = folds.read(where.folds, data.train.ids)
    outside, judged = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
    return Task(prepared, Config(**settings), data, where, fold, outside, judged, home)


def _trained(kit, *words):
    return runs.find(kit("train", "tiny-stripes", *words).stdout.splitlines()[-1])


def test_finetuning_in_two_stages_leaves_members_that_predict_again(kit, prepared):
    run = _trained(
        kit, "--recipe", "finetune", "--backbone", "mobilenet_0.25", "--folds", "1", "--set", "image_size=32",
        "--set", "epochs=1", "--set", "unfreeze=0.2,1.0", "--set", "learning_rate=0.001",
    )  # fmt: skip
    assert run.config.optimizer == "adamw" and (run.member(0) / "history.csv").read_text().count("\n") == 3
    again = runs.find(kit("predict", run.id, "--tta", "identity,hflip").stdout.splitlines()[-1])
    assert np.allclose(predictions.load(run.oof).probabilities, predictions.load(again.oof).probabilities, atol=1e-5)


def test_stages_unfreeze_the_end_first_and_early_layers_learn_more_slowly(prepared, home):
    task = _task(prepared, home, recipe="finetune", backbone="mobilenet_0.25", image_size=32, rate_decay=0.5)
    model = finetune.network(task)
    learning = []
    for stage in finetune.stages(task):
        stage.begin(model)
        learning.append({variable.path for variable in model.trainable_variables})
    assert learning[0] < learning[1] and all("bn" not in path for path in learning[1])
    rates = [stage.factors(model)(variable) for variable in model.trainable_variables]
    assert rates == sorted(rates) and rates[0] == 0.5**4 and rates[-1] == 1.0 and rates[-3] == 0.5


def test_held_out_images_are_no_test_images_to_learn_from(prepared, home, monkeypatch):
    prepare(prepared, places.data("tiny-stripes"), folds=3, held_out=0.3)
    task = _task(prepared, home, pseudo_confidence=0.0)
    monkeypatch.setattr(teacher, "of_test", lambda task: np.full((len(task.data.test.ids), 3), 1 / 3, np.float32))
    lesson = pseudo.lesson(task, task.learn_rows, task.learn_rows[:0])
    assert len(task.data.test.ids) == 57
    assert lesson.rows.tolist() == [*task.learn_rows, *range(63, 93)], "the competition's own 30 behind the 63 of train"


def test_a_member_is_taught_only_by_members_that_never_saw_its_fold(kit, prepared, home):
    run = _trained(kit, "--folds", "2", "--set", "epochs=6")
    task = _task(prepared, home, teacher=run.id, pseudo_confidence=0.0, teacher_share=1.0, teacher_temperature=1.0)
    said = teacher.of_test(task)
    assert np.allclose(said, predictions.load(run.member(0) / "test.npz").at(task.data.test.ids), atol=1e-6)

    lesson = pseudo.lesson(task, task.learn_rows, task.learn_rows[:0])
    assert len(lesson.rows) == len(task.learn_rows) + 30 and not set(lesson.rows) & set(task.judged_rows)
    assert np.allclose(lesson.targets[90:], said)

    targets = distill.targets(replace(task, config=replace(task.config)), task.learn_rows)
    assert np.array_equal(targets[task.judged_rows], scratch.one_hot(task)[task.judged_rows])
    taught = targets[task.learn_rows]
    assert np.allclose(taught.sum(1), 1, atol=1e-5) and (taught.max(1) < 1).any()

    for recipe in ("pseudo", "distill"):
        student = _trained(kit, "--folds", "2", "--recipe", recipe, "--set", f"teacher={run.id}")
        assert student.status() == "finished"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--recipe", "pseudo"), "wants a teacher"),
        (("--recipe", "progressive", "--set", "stage_sizes=4,8"), "stages do not fit together"),
    ],
)
def test_what_a_recipe_lacks_is_one_line_and_leaves_nothing(kit, prepared, home, words, message):
    done = kit("train", "tiny-stripes", "--folds", "1", *words, check=False)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert not list((home / "runs").glob("*"))
