"""The times of a plan, by doing a little of the work: the recipe itself, on some of the images, for two epochs."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kit import paths
from kit.competition import Competition
from kit.config import Config
from kit.data import cache, folds
from kit.data.cache import CachedSplit, Dataset
from kit.errors import ConfigError
from kit.learn import device, recipes
from kit.learn.cost.plan import Times, Work, extrapolate
from kit.learn.fit.batches import count_drawn
from kit.learn.member import Member
from kit.learn.networks import backbones, pretrained, weights
from kit.learn.predict import extract_features
from kit.paths import DataFolders
from kit.targets import Target

BATCHES = (8, 64)  # of an epoch; the longer one only where the shorter is over too soon to be timed well
ENOUGH_S = 2.0  # seconds
JUDGED = 256  # images that are predicted: one batch
MAX_BYTES = 1 << 29  # bytes of images


def work(competition: Competition, config: Config) -> Work:
    """What a run of these settings is asked for."""
    recipe = recipes.find(competition, config)
    return Work(config.folds, config.seeds, len(config.tta), recipe.epochs(config))


def measure(competition: Competition, config: Config) -> Times:
    """Times of fold 0. Raises DataError if the data is not prepared.

    Of a recipe with a teacher only the student is timed, that of pseudo as if it learned from every readable test image: an
    upper bound. What learns on features of a frozen backbone, in seconds or minutes, is not.
    """
    recipe = recipes.find(competition, config)
    if recipe.reads == "table" and not recipe.epochs(config):
        raise ConfigError(f"recipe {config.recipe} takes seconds or minutes: nothing to plan", do="train it")
    where = paths.data(competition.slug)
    data = cache.load(competition, where)
    fold_of = folds.read(where.folds, data.train.ids)
    validation, test = int((fold_of == 0).sum()), int(data.test.readable.sum())
    image = _feature_seconds(data, config) if recipe.pretrained else 0.0
    if recipe.frozen or not recipe.seeded:
        return Times(once_per_view=image * (len(fold_of) + test))
    share = config.stopping_share if config.patience else 0
    drawn = count_drawn(competition.target.strata(data.train.labels[fold_of != 0]), config.max_imbalance)
    aside, learn = round((len(fold_of) - validation) * share), drawn - round(drawn * share)
    epochs, start, view = _epochs(competition, config, data, learn, test if recipe.taught_on == "test" else 0, image)
    epochs = tuple(seconds + aside * view for seconds in epochs)
    return Times(epochs, start, (validation + test) * view, once=image * len(fold_of))


def _epochs(
    competition: Competition, config: Config, data: Dataset, learn: int, test: int, feature: float
) -> tuple[tuple[float, ...], float, float]:
    """Seconds of an epoch of each stage over `learn` rows and `test` images of the test part; of a member's start, without
    the features that all members share, `feature` of an image; of an image under a view.
    """
    batch = max(config.batch_size, *config.stage_batches, 1)
    most = min(learn, max(batch, MAX_BYTES // max(1, data.train.images[0].nbytes)))
    timed: list[tuple[int, list[float]]] = []
    for batches in BATCHES:
        rows = min(batches * batch, most)
        seconds, start, view = _probe(competition, config, data, rows)
        start = max(0.0, start - feature * min(rows + JUDGED, len(data.train.ids)))
        timed.append((rows, seconds))
        if sum(seconds) > ENOUGH_S or rows == most:
            break
    stages = range(len(timed[0][1]))
    epochs = tuple(extrapolate(learn + test, [(rows, seconds[stage]) for rows, seconds in timed]) for stage in stages)
    return epochs, start, view


def _probe(competition: Competition, config: Config, data: Dataset, count: int) -> tuple[list[float], float, float]:
    """Of two epochs of `count` images per stage: seconds of the second ones, of the start, of an image under a view."""
    short = replace(config, epochs=2, stage_epochs=(2,) * len(config.stage_epochs), patience=0, max_imbalance=0)
    short = replace(short, accumulate=min(config.accumulate, BATCHES[0]))
    recipe = recipes.find(competition, config)
    if recipe.untaught:
        short = replace(short, recipe=recipe.untaught)
    with tempfile.TemporaryDirectory() as folder:
        where = DataFolders(Path(folder))
        if recipe.pretrained and config.weights != "none":
            short = replace(short, weights=_random_weights(config, where.root))
        split = _some(data, competition.target, count + JUDGED, where)
        rows = np.arange(len(split.ids))
        small = Dataset(
            split, data.test, "timing", data.levels
        )  # of another name: no feature of these rows is taken for one of all
        member = Member(
            competition,
            short,
            small,
            where,
            0,
            rows[:count],
            rows[count:],
            where.root,
            recipes=recipes.available(competition),
        )
        with device.training_scope(short):
            whole, history = _time_call(lambda: member.recipe.fit(member))
        predictor = member.recipe.predictor(member)
        validation = rows[-JUDGED:]
        first, _ = _time_call(lambda: predictor(split, validation, ("identity",), "one view"))
        again, _ = _time_call(lambda: predictor(split, validation, ("identity",), "one view"))
    seconds = [record["seconds"] for record in history[1::2]]
    return seconds, max(0.0, whole - 2 * sum(seconds)) + max(0.0, first - again), again / len(validation)


def _random_weights(config: Config, folder: Path) -> str:
    """A file of weights, since those of the run may yet have to be downloaded. With a file, as with them, normalisations are
    not learned, which is faster.
    """
    path = folder / "random.weights.h5"
    size = backbones.size_of(config)
    weights.save(pretrained.build(config.backbone, "none", size), path)
    return str(path)


def _some(data: Dataset, target: Target, count: int, where: DataFolders) -> CachedSplit:
    """Rows of the training part, of all classes alike, in a cache of their own, since the loader maps files."""
    strata = target.strata(data.train.labels)
    order = np.random.default_rng(0).permutation(len(strata))
    turn = np.empty(len(order), np.int64)  # first one of each class, then another of each
    for label in np.unique(strata):
        turn[strata[order] == label] = np.arange((strata == label).sum())
    rows = order[np.argsort(turn, kind="stable")][:count]
    train = data.train
    where.cache.mkdir()
    np.save(where.cache / "train.npy", train.images[rows])
    images = np.load(where.cache / "train.npy", mmap_mode="r")
    return cache.select_rows(train, rows, images)


def _feature_seconds(data: Dataset, config: Config) -> float:
    """Of one image. Random weights are as fast as trained ones."""
    size = backbones.size_of(config)
    images = data.train.images[: extract_features.BATCH]
    model = pretrained.extractor(config.backbone, "none", backbones.sides_of(config, images.shape[1:]))

    def batch() -> None:
        model.predict_on_batch(pretrained.prepare(images, config.backbone, size))

    batch()  # compiles
    return min(_time_call(batch)[0] for _ in range(3)) / len(images)


def _time_call(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the call, and what it returned."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result
