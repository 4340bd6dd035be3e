"""A run: one recipe, one backbone, a member per fold and seed; out-of-fold and test probabilities of them all."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from kit import paths, runs
from kit.competition import Competition
from kit.config import Config
from kit.data import corrections, folds, keep_folds
from kit.data.cache import Dataset
from kit.errors import ConfigError, DataError, KitError
from kit.files import hold_lock, sha256
from kit.learn import device, join, recipes, train_member
from kit.learn.input import augment, views
from kit.learn.member import Member
from kit.learn.networks import backbones, pretrained
from kit.learn.recipes import stacked_on
from kit.progress import say
from kit.runs import Run, provenance


def train(competition: Competition, config: Config, origin: Mapping[str, str], *, name: str | None = None) -> Run:
    """Trains a new run to its end: a member per fold and seed, and the probabilities that they say out of fold and of the test
    images, in run.oof and run.test. An interruption can be resumed.

    config, origin: of kit.learn.settings.resolve_settings. name: goes into the run's id. Raises ConfigError for settings that
    do not fit, DataError for data that are not prepared and for an unreadable weights file.
    """
    run, data, fold_of = _create_run(competition, config, origin, name)
    try:
        _train_and_join(run, competition, data, fold_of)
    except KitError:
        if not any(run.folder.glob("fold-*/*")):  # nothing learned yet: nothing worth keeping
            shutil.rmtree(run.folder)
        raise
    return run


def create(competition: Competition, config: Config, origin: Mapping[str, str], *, name: str | None = None) -> Run:
    """A new run that is not trained yet. Raises KitError for settings or data that do not fit, and for ImageNet weights that
    cannot be fetched: here there may be internet, on the nodes that train it often is none.
    """
    if recipes.find(competition, config).pretrained and config.weights == "imagenet":
        pretrained.build(config.backbone, "imagenet", backbones.size_of(config))
    return _create_run(competition, config, origin, name)[0]


def _create_run(
    competition: Competition, config: Config, origin: Mapping[str, str], name: str | None
) -> tuple[Run, Dataset, np.ndarray]:
    """The new run, its data and their folds."""
    config = check_config(competition, config)
    if config.deterministic:
        device.make_deterministic()
    device.check_wanted()
    if not config.batch_size:
        config, origin = device.resolve_auto_batch(config), {**origin, "batch_size": "auto", "learning_rate": "auto"}
    data, fold_of = load(competition)
    keep_folds.mention_parted(paths.data(competition.slug).folds, data.train, fold_of)
    prints, recipe = corrections.fingerprints(data, fold_of), recipes.find(competition, config)
    if recipe.pretrained and config.weights not in ("imagenet", "none"):
        pretrained.check_file(Path(config.weights), config.backbone)
        prints["weights_sha256"] = sha256(Path(config.weights))  # by which it is known wherever it is moved
    if sources := _find_sources(competition, config, data, fold_of):
        prints["stacked_on_sha256"] = provenance.hash_predictions(sources)
    of = competition.folder
    run = runs.create(
        competition.slug, "train", config, origin, name=name, fingerprints=prints, parents=sources, competition=of
    )
    say(f"run {run.id}")
    typed = [key for key, layer in origin.items() if layer == "the command line"]
    for remark in recipes.remarks(recipe, config, typed):
        say(remark)
    return run, data, fold_of


def _find_sources(competition: Competition, config: Config, data: Dataset, fold_of: np.ndarray) -> tuple[str, ...]:
    """Ids of the runs that a training is stacked on. Raises DataError for one that does not fit these rows and folds."""
    sources = config.stacked_on if recipes.find(competition, config).uses("stacked_on") else ()
    stacked_on.check(competition, sources, data, fold_of)
    return sources


def check_config(competition: Competition, config: Config) -> Config:
    """The configuration with the whole path of its weights, since it may be trained on later, or elsewhere, and with what its
    recipe left open.

    Raises ConfigError for what this competition cannot be trained with: unknown recipes, backbones or views, images too small
    for the network, and more folds than folds.csv has, if there is one here; DataError for a run that cannot
    be used as a teacher, or to stack on.
    """
    recipes.check(competition, config)
    augment.check(competition, config)
    config = recipes.find(competition, config).resolve(competition, config)
    if config.weights not in ("imagenet", "none"):
        config = replace(config, weights=str(paths.expand_home(config.weights).resolve()))
    views.check(config.tta, competition)
    there = paths.data(competition.slug).folds
    if there.exists() and config.folds > (most := folds.count(there)):
        raise ConfigError(
            "--folds asks for more than folds.csv has",
            received=config.folds,
            expected=f"1 to {most}",
            do=f"kit prepare {competition.slug} --folds {config.folds} --reset-folds",
        )
    return config


def rehearsal(competition: Competition, config: Config, folder: Path) -> Member:
    """Fold 0's first member for trying out settings: its rows to learn from, without the rows that are judged.

    Raises ConfigError for settings that do not fit, and for a recipe that learns in no epochs.
    """
    device.check_wanted()
    config = device.resolve_auto_batch(check_config(competition, replace(config, folds=1, seeds=1)))
    known = recipes.available(competition)
    if not known[config.recipe].seeded:
        raise ConfigError(f"recipe {config.recipe} has a closed-form (convex) head: nothing to tune")
    data, fold_of = load(competition)
    _find_sources(competition, config, data, fold_of)
    learn = training_rows(data, fold_of, 0)
    return Member(competition, config, data, paths.data(competition.slug), 0, learn, learn[:0], folder, recipes=known)


def resume(run: Run, competition: Competition, *, fold: int | None = None) -> Run:
    """Goes on with an interrupted run: finished members are kept, an unfinished one continues after its last checkpoint.

    fold: train only its members and join nothing, so that several machines can work on one run.
    """
    if run.kind != "train":
        raise DataError(f"{run.id} is not a training", received=run.kind, expected="a run of kit train")
    if fold is not None and not 0 <= fold < run.config.folds:
        raise ConfigError(f"{run.id} has no such fold", received=fold, expected=f"0 to {run.config.folds - 1}")
    provenance.check_plugin(run, competition.folder)
    augment.check(competition, run.config)  # of a run of an older kit
    if run.config.deterministic:
        device.make_deterministic()
    device.check_wanted()
    data, fold_of = load(competition)
    provenance.check_data(run, corrections.fingerprints(data, fold_of))
    if fold is None:
        _train_and_join(run, competition, data, fold_of)
    else:
        _train_members(run, competition, data, fold_of, fold)
    return run


def load(competition: Competition) -> tuple[Dataset, np.ndarray]:
    """The prepared data, labels corrected, and the fold of each training row."""
    where = paths.data(competition.slug)
    data = corrections.load(competition, where)
    return data, folds.read(where.folds, data.train.ids)


def training_rows(data: Dataset, fold_of: np.ndarray, fold: int) -> np.ndarray:
    """int64: the rows of the other folds, but for those that a correction drops."""
    return np.setdiff1d(np.flatnonzero(fold_of != fold), data.dropped)


def _train_and_join(run: Run, competition: Competition, data: Dataset, fold_of: np.ndarray) -> None:
    with hold_lock(run.lock, f"{run.id} is already being trained"):
        _train_members(run, competition, data, fold_of)
        join.join(run, competition, data, fold_of)


def _train_members(
    run: Run, competition: Competition, data: Dataset, fold_of: np.ndarray, fold: int | None = None
) -> None:
    provenance.note_device(run, device.resolve_auto(run.config))
    recipe = recipes.find(competition, run.config)
    if recipe.reads == "images" or recipe.epochs(run.config):
        say(device.describe(run.config))
    for each in run.members(fold):
        train_member.train(member_of(run, competition, data, fold_of, *each), run)


def member_of(run: Run, competition: Competition, data: Dataset, fold_of: np.ndarray, fold: int, seed: int) -> Member:
    validation = np.setdiff1d(np.flatnonzero(fold_of == fold), data.corrected)
    learn = training_rows(data, fold_of, fold)
    folder = run.member(fold, seed)
    known = recipes.available(competition)
    return Member(
        competition, run.config, data, paths.data(run.slug), fold, learn, validation, folder, seed, recipes=known
    )
