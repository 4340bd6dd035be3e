"""A run: one recipe, one backbone, a member per fold and seed; out-of-fold and test probabilities of them all."""

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kit import metrics, places, predictions, runs
from kit.competition import Competition
from kit.config import Config
from kit.data import cache, corrections, folds
from kit.data.cache import Dataset
from kit.errors import ConfigError, DataError, KitError
from kit.files import locked, read_json, write_json, write_text
from kit.learn import augment, device, recipes, views
from kit.learn.predict import Predictor
from kit.learn.recipes import recipe
from kit.learn.task import Task
from kit.predictions import Predictions
from kit.progress import say
from kit.runs import Run, environment


def train(competition: Competition, config: Config, origin: Mapping[str, str], *, name: str | None = None) -> Run:
    """Trains a new run to its end. Raises KitError for settings or data that do not fit; an interruption can be resumed."""
    run, data, fold_of = _begin(competition, config, origin, name)
    try:
        _go(run, competition, data, fold_of)
    except KitError:
        if not any(run.folder.glob("fold-*/*")):  # nothing learned yet: nothing worth keeping
            shutil.rmtree(run.folder)
        raise
    return run


def create(competition: Competition, config: Config, origin: Mapping[str, str], *, name: str | None = None) -> Run:
    """A new run that is not trained yet. Raises KitError for settings or data that do not fit."""
    return _begin(competition, config, origin, name)[0]


def _begin(
    competition: Competition, config: Config, origin: Mapping[str, str], name: str | None
) -> tuple[Run, Dataset, np.ndarray]:
    """The new run, its data and their folds."""
    config = checked(competition, config)
    if config.deterministic:
        device.make_deterministic()
    if not config.batch_size:
        config, origin = device.settled(config), {**origin, "batch_size": "auto", "learning_rate": "auto"}
    data, fold_of = load(competition)
    prints = corrections.fingerprints(data, fold_of)
    run = runs.create(competition.slug, "train", config, origin, name=name, fingerprints=prints)
    say(f"run {run.id}")
    return run, data, fold_of


def checked(competition: Competition, config: Config) -> Config:
    """The configuration with the whole path of its weights. Raises ConfigError for what this competition cannot be trained
    with: unknown recipes, backbones or views, and more folds than folds.csv has, if there is one here.
    """
    recipes.check(config)
    augment.check(competition, config)
    if config.weights not in ("imagenet", "none"):  # a resume may start in another folder
        config = replace(config, weights=str(Path(config.weights).expanduser().resolve()))
    views.check(config.tta, competition.tta)
    there = places.data(competition.slug).folds
    if there.exists() and config.folds > (most := folds.count(there)):
        raise ConfigError(
            "--folds asks for more than folds.csv has",
            received=config.folds,
            expected=f"1 to {most}",
            do=f"kit prepare {competition.slug} --folds {config.folds} --reset-folds",
        )
    return config


def rehearsal(competition: Competition, config: Config, folder: Path) -> Task:
    """Fold 0's first member for trying out settings: its rows to learn from, without the rows that are judged.

    Raises ConfigError for settings that do not fit, and for a recipe that learns in no epochs.
    """
    config = device.settled(checked(competition, replace(config, folds=1, seeds=1)))
    if not recipe(config.recipe).seeded:
        raise ConfigError(
            f"recipe {config.recipe} has nothing to try out: its head has one optimum, of a cross-validated strength"
        )
    data, fold_of = load(competition)
    learn = learned(data, fold_of, 0)
    return Task(competition, config, data, places.data(competition.slug), 0, learn, learn[:0], folder)


def resume(run: Run, competition: Competition, *, fold: int | None = None) -> Run:
    """Goes on with an interrupted run: finished members are kept, an unfinished one continues after its last whole epoch.

    fold: train only its members and join nothing, so that several machines can work on one run.
    """
    if run.kind != "train":
        raise DataError(f"{run.id} is not a training", received=run.kind, expected="a run of kit train")
    if fold is not None and not 0 <= fold < run.config.folds:
        raise ConfigError(f"{run.id} has no such fold", received=fold, expected=f"0 to {run.config.folds - 1}")
    if run.config.deterministic:
        device.make_deterministic()
    data, fold_of = load(competition)
    environment.check_data(run, corrections.fingerprints(data, fold_of))
    if fold is None:
        _go(run, competition, data, fold_of)
    else:
        _members(run, competition, data, fold_of, fold)
    return run


def load(competition: Competition) -> tuple[Dataset, np.ndarray]:
    """The prepared data, labels corrected, and the fold of each training row."""
    where = places.data(competition.slug)
    data = corrections.load(competition, where)
    return data, folds.read(where.folds, data.train.ids)


def learned(data: Dataset, fold_of: np.ndarray, fold: int) -> np.ndarray:
    """int64: the rows of the other folds, but for those that a correction drops."""
    return np.setdiff1d(np.flatnonzero(fold_of != fold), data.dropped)


def _go(run: Run, competition: Competition, data: Dataset, fold_of: np.ndarray) -> None:
    with locked(run.lock, f"{run.id} is already being trained"):
        _members(run, competition, data, fold_of)
        join(run, competition, data)


def _members(run: Run, competition: Competition, data: Dataset, fold_of: np.ndarray, fold: int | None = None) -> None:
    environment.note_device(run, device.chosen(run.config))
    say(device.described(run.config))
    for member in run.members(fold):
        _member(task_of(run, competition, data, fold_of, *member), run)


def task_of(run: Run, competition: Competition, data: Dataset, fold_of: np.ndarray, fold: int, seed: int) -> Task:
    judged = np.setdiff1d(np.flatnonzero(fold_of == fold), data.corrected)
    learn = learned(data, fold_of, fold)
    folder = run.member(fold, seed)
    return Task(competition, run.config, data, places.data(run.slug), fold, learn, judged, folder, seed)


def _member(task: Task, run: Run) -> None:
    with locked(run.member_lock(task.fold, task.number), f"{task.label} of {run.id} is already being trained"):
        if run.trained(task.fold, task.number):
            return
        task.folder.mkdir(exist_ok=True)
        with device.training(task.config):
            history = recipe(task.config.recipe).fit(task)
        _write_history(task.folder / "history.csv", history)
        predict_member(task, task.folder)
        for leftover in (*task.folder.glob("epoch-*.weights.h5"), *task.folder.glob("best-*.npz")):
            leftover.unlink()


def predict_member(task: Task, out: Path, judged: np.ndarray | None = None) -> None:
    """Writes oof.npz, test.npz and, last, metrics.json of a member into `out`.

    judged: the probabilities of the judged rows, float32 (len(task.judged_rows), C), where they are known already.
    """
    predictor = recipe(task.config.recipe).predictor(task)
    data, classes, tta = task.data, task.competition.classes, task.config.tta
    labels = data.train.labels[task.learn_rows]
    prior = (np.bincount(labels, minlength=len(classes)) / len(labels)).tolist()
    if judged is None:
        judged = predictor(data.train, task.judged_rows, tta, f"{task.label}: out of fold")
    oof = predictions.of(data.train.ids[task.judged_rows], judged, classes)
    test = predictions.of(data.test.ids, test_probabilities(task, predictor, prior), classes)
    predictions.save(out / "oof.npz", oof)
    predictions.save(out / "test.npz", test)
    score = metrics.judge(task.competition, data.train.labels[task.judged_rows], oof.probabilities)
    write_json(out / "metrics.json", {"fold": task.fold, "seed": task.number, **score, "class_prior": prior})
    result = f"{task.competition.metric} {score['score']:.5f} ±{score['error']:.5f}"
    say(f"{task.label}: {result} on {score['rows']} unseen images")


def test_probabilities(task: Task, predictor: Predictor, prior: Sequence[float]) -> np.ndarray:
    """float32 (N, C) for all test images. One that cannot be read keeps its row and gets `prior`, the share of each class
    among the images that the member learned from.
    """
    test = task.data.test
    out = np.tile(np.asarray(prior, np.float32), (len(test.ids), 1))
    readable = np.flatnonzero(test.readable)
    out[readable] = predictor(test, readable, task.config.tta, f"{task.label}: test")
    return out


def join(run: Run, competition: Competition, data: Dataset, extra: Mapping[str, Any] | None = None) -> None:
    """Joins the members' predictions, and writes metrics.json last, with what `extra` has to say."""
    singles = [_out_of_fold(run, competition, seed) for seed in range(run.config.seeds)]
    ids = singles[0].ids
    oof = predictions.of(ids, np.mean([single.at(ids) for single in singles], axis=0), competition.classes)
    members = [run.member(*member) for member in run.members()]
    test = np.mean([predictions.load(member / "test.npz").at(data.test.ids) for member in members], axis=0)
    predictions.save(run.oof, oof)
    predictions.save(run.test, predictions.of(data.test.ids, test, competition.classes))
    labels = cache.labels_of(data.train, ids)
    result: dict[str, Any] = {
        "metric": competition.metric,
        **metrics.judge(competition, labels, oof.probabilities),
    }
    if len(singles) > 1:
        result["one_seed"] = _one_seed(competition, labels, [single.at(ids) for single in singles])
    result["members"] = [  # one from before there were seeds does not say its own
        {"fold": fold, "seed": seed, **read_json(run.member(fold, seed) / "metrics.json")}
        for fold, seed in run.members()
    ]
    if unreadable := int((~data.test.readable).sum()):
        result["test_images_given_the_class_prior"] = unreadable
        say(f"warning: {unreadable} test images cannot be read; their rows hold the class prior")
    write_json(run.metrics, result | dict(extra or {}))


def _out_of_fold(run: Run, competition: Competition, seed: int) -> Predictions:
    """Of the members from that seed alone, fold after fold."""
    parts = [predictions.load(run.member(fold, seed) / "oof.npz") for fold in range(run.config.folds)]
    ids, values = np.concatenate([part.ids for part in parts]), np.concatenate([part.probabilities for part in parts])
    return predictions.of(ids, values, competition.classes)


def _one_seed(competition: Competition, labels: np.ndarray, singles: list[np.ndarray]) -> dict[str, Any]:
    """What the run would score with one seed alone, on all judged rows. deviation: of the sample of seeds (n - 1)."""
    scores = [metrics.judge(competition, labels, single)["score"] for single in singles]
    return {"scores": scores, "mean": float(np.mean(scores)), "deviation": float(np.std(scores, ddof=1))}


def _write_history(path: Path, history: list[dict[str, float]]) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, ["epoch", *(key for key in history[0] if key != "epoch")], lineterminator="\n")
    table.writeheader()
    table.writerows({"epoch": number, **record} for number, record in enumerate(history, 1))
    write_text(path, text.getvalue())
