"""Recipes through the CLI, and what makes their scores honest."""

import shutil
import warnings
from dataclasses import replace

import keras
import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.config import FIELDS, Config
from kit.data import cache, folds
from kit.data.prepare import prepare
from kit.ensemble.class_methods import METHODS
from kit.errors import ConfigError, DataError, KaggleError
from kit.files import write_json
from kit.learn import recipes, train
from kit.learn.member import Member, split_early_stopping
from kit.learn.networks import pretrained
from kit.learn.predict.extract_features import compute
from kit.learn.recipe import COMMON
from kit.learn.recipes import distill, features, finetune, pseudo, scratch, teacher
from kit.runs import trash
from kit.targets import Classes
from kit.targets.links import softmax


def _member(prepared, home, fold=0, **settings):
    where = paths.data("tiny-stripes")
    data = cache.load(prepared, where)
    fold_of = folds.read(where.folds, data.train.ids)
    outside, judged = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
    return Member(prepared, Config(**settings), data, where, fold, outside, judged, home, recipes=recipes.RECIPES)


def _epochs(run):
    rows = (run.member(0) / "history.csv").read_text().splitlines()
    return [row.split(",")[0] for row in rows[1:]]


def _trained(kit, *words):
    return runs.find(kit("train", "tiny-stripes", *words).stdout.splitlines()[-1])


def test_finetuning_in_two_stages_leaves_members_that_predict_again(kit, prepared):
    run = _trained(
        kit, "--recipe", "finetune", "--backbone", "mobilenet_0.25", "--folds", "1", "--set", "image_size=32",
        "--set", "epochs=1", "--set", "unfreeze=0.2,1.0", "--set", "learning_rate=0.001",
    )  # fmt: skip
    assert run.config.optimizer == "adamw" and _epochs(run) == ["0", "1", "2"], "0: the head alone"
    again = runs.find(kit("predict", run.id, "--tta", "identity,hflip").stdout.splitlines()[-1])
    assert np.allclose(predictions.load(run.oof).values, predictions.load(again.oof).values, atol=1e-5)


def test_finetuning_that_only_harms_keeps_the_head_that_it_began_with(kit, prepared, home):
    ready = ("--folds", "1", "--backbone", "mobilenet_0.25", "--set", "image_size=32")
    told = kit(
        "train", "tiny-stripes", "--recipe", "finetune", *ready, "--set", "learning_rate=10", "--set", "patience=1",
        "--set", "epochs=3", "--set", "unfreeze=1.0", "--set", "tta=identity",
    )  # fmt: skip
    run = runs.find(told.stdout.splitlines()[-1])
    assert _epochs(run) == ["0", "1"] and "fold 0: 1 of 3 epochs, kept epoch 0; each of them in" in told.stderr
    member = replace(_member(prepared, home), config=run.config, folder=home)
    learned, _ = split_early_stopping(member)
    [seen] = compute(member, ("train",), ("identity",)).values()
    kernel, bias, _ = features.solve(replace(member, train_rows=learned), [seen])
    expected = softmax(seen[member.validation_rows] @ kernel + bias)
    kept = predictions.load(run.oof).select(member.data.train.ids[member.validation_rows])
    assert np.allclose(kept, expected, atol=1e-4)


@pytest.mark.parametrize("weights", ["imagenet", "none"])
def test_stages_unfreeze_the_end_first_and_early_layers_learn_more_slowly(prepared, home, weights):
    settings = {"recipe": "finetune", "backbone": "mobilenet_0.25", "weights": weights}
    member = _member(prepared, home, **settings, image_size=32, rate_decay=0.5)
    model = finetune.network(member)
    learning = []
    for stage in finetune.stages(member):
        stage.freeze(model)
        learning.append({variable.path for variable in model.trainable_variables})
    assert learning[0] < learning[1]
    assert any("bn" in path for path in learning[1]) == (weights == "none"), "no statistics to keep of random weights"
    rates = [stage.factors(model)(variable) for variable in model.trainable_variables]
    assert rates == sorted(rates) and rates[0] == 0.5**4 and rates[-1] == 1.0 and rates[-3] == 0.5


def test_held_out_images_are_no_test_images_to_learn_from(prepared, home, monkeypatch):
    prepare(prepared, paths.data("tiny-stripes"), folds=3, held_out=0.3)
    member = _member(prepared, home, pseudo_confidence=0.0, patience=0)
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


def test_a_teacher_of_smoothed_labels_can_be_sure(kit, prepared, home, monkeypatch):
    run = _trained(kit, "--folds", "2", "--set", "label_smoothing=0.3")  # so it says 0.8 at most
    member = _member(prepared, home, folds=2, teacher=run.id, pseudo_confidence=0.9)
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


def test_a_member_is_taught_only_by_members_that_never_saw_its_fold(kit, prepared, home):
    run = _trained(kit, "--folds", "2", "--set", "epochs=6", "--name", "first")
    sure = {"pseudo_confidence": 0.0, "teacher_share": 1.0, "teacher_temperature": 1.0}
    member = _member(prepared, home, folds=2, teacher=run.id, patience=0, **sure)
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
        student = _trained(kit, *words)
        assert student.status() == "finished" and student.config.teacher == run.id
        trash.delete([student], lambda run: [])
    words = ("--recipe", "distill", "--set", f"teacher={run.id}", "--folds", "3")
    done = kit("train", "tiny-stripes", *words, check=False)
    assert done.returncode == 2 and f"{run.id} has no member of fold 2" in done.stderr and runs.list_runs() == [run]


def test_the_weights_of_a_teacher_s_parts_know_no_label_of_the_fold(kit, prepared, home):
    first = _trained(kit, "--folds", "2", "--set", "epochs=2")
    second = _trained(kit, "--folds", "2", "--set", "epochs=9", "--seed", "1")
    member = _member(prepared, home)
    fold_of = folds.read(member.data_folders.folds, member.data.train.ids)

    def weights(wrong):
        labels = member.data.train.labels.copy()
        labels[wrong] = (labels[wrong] + 1) % 3
        data = replace(member.data, train=replace(member.data.train, labels=labels))
        return teacher._fit(replace(member, data=data), fold_of, [first, second])[1]["weights"]

    right = weights([])
    assert np.array_equal(weights(member.validation_rows), right) and not np.allclose(weights(member.train_rows), right)


@pytest.mark.parametrize("outside", ["judged", "stopping"])
def test_a_head_learns_of_no_row_but_its_own(prepared, home, monkeypatch, outside):
    member = _member(prepared, home, backbone="mobilenet_0.25", image_size=32, patience=2, unfreeze=(1.0,), epochs=1)
    _, stopping = split_early_stopping(member)
    solve, found = features.solve, []

    def solved(member, views):
        wrong = member.data.train.labels.copy()
        wrong[member.validation_rows if outside == "judged" else stopping] = 0
        other = replace(member, data=replace(member.data, train=replace(member.data.train, labels=wrong)))
        noise = [np.where(np.isin(np.arange(90), member.train_rows)[:, None], view, 9.0) for view in views]
        found.extend([solve(member, views), solve(other, noise)])
        return found[0]

    monkeypatch.setattr(features, "solve", solved)
    finetune.fit(replace(member, train_fn=lambda *words: [{}]))
    (kernel, bias, strength), (again, other, same) = found
    assert np.array_equal(kernel, again) and np.array_equal(bias, other) and strength == same and np.ptp(kernel) > 0


def test_a_feature_that_slept_in_training_has_no_say_when_it_wakes(prepared, home):
    member = _member(prepared, home, recipe="features", head_strength=0.1)
    seen = np.random.default_rng(0).normal(size=(90, 8)).astype(np.float32)
    seen[:, 7] = 1e-6 * member.data.train.labels
    kernel, _, _ = features.solve(member, [seen])
    assert np.abs(kernel[:7]).max() > 1e-3 and np.abs(kernel[7]).max() < 1e-3
    seen[:] = 1
    assert np.isfinite(features.solve(member, [seen])[0]).all()


def test_a_loss_that_is_no_number_ends_the_training(prepared, home):
    member = _member(prepared, home, backbone="cnn", workers=0)
    training_set = scratch.training_set(member)
    training_set = replace(training_set, targets=np.full_like(training_set.targets, np.nan))
    with pytest.raises(ConfigError, match="the loss of epoch 1 is not a number; try a lower --set learning_rate"):
        scratch.learn(member, training_set, [scratch.stage(member)])


def test_views_that_were_chosen_with_a_fold_do_not_teach_it(kit, prepared, home):
    """`--tta auto` keeps what helps on all rows, those that the pupil is judged on among them."""
    run = _trained(kit, "--folds", "2", "--set", "tta=identity,hflip")
    again = runs.find(kit("predict", run.id, "--tta", "identity").stdout.splitlines()[-1])
    own, others = (predictions.load(one.member(0) / "test.npz").values for one in (run, again))
    said = teacher.predict_test(_member(prepared, home, folds=2, teacher=again.id))
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
    write_json(run.metrics, {})
    predictions.save(run.oof, predictions.make(data.train.ids, np.full((90, 3), 1 / 3), prepared.target))
    known = {**recipes.RECIPES, "scratch": replace(scratch.RECIPE, predictor=opened)}
    member = replace(_member(prepared, home, teacher=run.id, folds=2), recipes=known)
    with device.training_scope(config):
        teacher.predict_training(member, member.train_rows)
    assert policies == ["float32"]


def test_the_head_s_strength_is_found_where_a_class_is_too_rare_for_every_split(prepared, home):
    draw = np.random.default_rng(0)
    member = _member(prepared, home, recipe="features", backbone="mobilenet_0.25")
    labels = np.repeat(np.arange(30), 3)
    rare = replace(member.data.train, labels=labels, groups=np.arange(90))
    member = replace(
        member,
        competition=replace(prepared, target=Classes(tuple(map(str, range(30))))),
        data=replace(member.data, train=rare),
    )
    kernel, _, strength = features.solve(member, [(draw.normal(size=(90, 8)) + labels[:, None]).astype(np.float32)])
    assert strength in features.STRENGTHS and kernel.shape == (8, 30) and np.isfinite(kernel).all()


def test_the_head_is_solved_for_without_a_warning(prepared, home):
    member = _member(prepared, home, recipe="features", backbone="mobilenet_0.25")
    seen = np.random.default_rng(0).normal(size=(90, 8)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        features.solve(member, [seen])


def test_a_class_of_one_image_is_learned_from_not_stopped_by(prepared, home):
    member = _member(prepared, home, patience=3, stopping_share=0.2)
    lonely = member.train_rows[0]
    labels = np.where(member.data.train.labels == 2, 1, member.data.train.labels)
    labels[lonely] = 2
    member = replace(member, data=replace(member.data, train=replace(member.data.train, labels=labels)))
    learn, stopping = split_early_stopping(member)
    assert lonely in learn and len(stopping) >= 2 and not set(learn) & set(stopping)


@pytest.mark.parametrize(
    ("recipe", "epochs"),
    [("scratch", (12,)), ("pseudo", (12,)), ("progressive", (30, 18, 20)), ("finetune", (12, 12)), ("features", ())],
)
def test_stages_that_a_competition_sets_are_of_progressive_alone(recipe, epochs):
    assert recipes.RECIPES[recipe].epochs(Config(epochs=12, stage_epochs=(30, 18, 20), unfreeze=(0.3, 1.0))) == epochs


def test_settings_without_a_meaning_and_random_weights_are_told(kit, prepared):
    words = ("--recipe", "features", "--backbone", "mobilenet_0.25", "--set", "image_size=32", "--set", "mixup=0.2")
    told = kit("train", "tiny-stripes", "--folds", "1", "--create", *words, "--set", "epochs=3", "--seed", "1").stderr
    assert "\nrecipe features ignores epochs, mixup\n" in told
    assert "\nmobilenet_0.25 has random weights: --weights imagenet, or the path of a file, for trained ones\n" in told
    told = kit("train", "tiny-stripes", "--folds", "1", "--create", "--set", "width=4", "--set", "patience=0").stderr
    assert "no use" not in told and "weights" not in told


def test_making_a_run_fetches_what_nodes_without_internet_cannot(prepared, home, monkeypatch):
    asked = Config(recipe="features", backbone="mobilenet_0.25", weights="imagenet", folds=1)
    fetched = []
    monkeypatch.setattr(pretrained, "build", lambda *words: fetched.append(words))
    train.create(prepared, asked, {})
    assert fetched == [("mobilenet_0.25", "imagenet", 224)] and len(runs.list_runs()) == 1

    def offline(*words):
        raise KaggleError("no ImageNet weights")

    monkeypatch.setattr(pretrained, "build", offline)
    with pytest.raises(KaggleError):
        train.create(prepared, asked, {})
    assert len(runs.list_runs()) == 1


def test_every_setting_has_a_meaning_for_some_recipe():
    used = {name for one in recipes.RECIPES.values() for name in one.settings}
    assert used.isdisjoint(COMMON) and used | set(COMMON) == set(FIELDS)
    assert all(set(one.defaults) <= {*one.settings, *COMMON} for one in recipes.RECIPES.values())


def test_progressive_stages_end_at_the_size_of_the_images(kit, prepared):
    run = _trained(kit, "--recipe", "progressive", "--folds", "1", "--set", "stage_epochs=1,1,1")
    assert run.config.stage_sizes == (5, 6, 8)
    assert _trained(kit, "--recipe", "progressive", "--folds", "1", "--set", "stage_epochs=1").config.stage_sizes == (
        8,
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--set", "accumulate=512"), "accumulate is larger than the number of batches; received accumulate=512 of "),
        (("--recipe", "progressive", "--create", "--set", "stage_sizes=8,8"), "stages do not fit together"),
        (("--create", "--set", "optimizer=lamb"), "unknown optimizer 'lamb'"),
        (("--recipe", "finetune"), "recipe finetune has no backbone 'cnn'; --backbone, one of mobilenet_0.25, "),
        (("--recipe", "finetune", "--backbone", "resnet49"), "'resnet49'; did you mean 'resnet"),
        (("--folds", "0"), "setting folds is out of range; received 0"),
        (("--seeds", "0"), "setting seeds is out of range; received 0"),
        (("--recipe", "pseudo"), "requires --set teacher=RUN"),
        (("--recipe", "progressive", "--set", "stage_sizes=4,8"), "stages do not fit together"),
        (("--backbone", "resnet9", "--set", "image_size=4"), "the images are too small for resnet9; received 4"),
        (("--backbone", "airbench", "--set", "image_size=8"), "the images are too small for airbench; received 8"),
        (
            ("--recipe", "features", "--backbone", "inception_v3", "--weights", "none", "--set", "image_size=64"),
            "at least 75",
        ),
        (("--recipe", "finetune", "--backbone", "mobilenet_0.25", "--set", "unfreeze="), "unfreeze is out of range"),
        (
            ("--recipe", "finetune", "--backbone", "mobilenet_0.25", "--set", "unfreeze=0.2,2"),
            "unfreeze is out of range",
        ),
    ],
)
def test_what_a_recipe_lacks_is_one_line_and_leaves_nothing(kit, prepared, home, words, message):
    done = kit("train", "tiny-stripes", "--folds", "1", *words, check=False)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert not list((home / "runs").glob("*"))
