"""What a finished run or ensemble says of images, for a member that is judged on a fold: never by a model that saw it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kit import predictions, runs
from kit.competition import Competition
from kit.config import Config
from kit.data import cache, corrections, folds
from kit.errors import ConfigError, DataError
from kit.learn.member import Member
from kit.learn.recipes import scratch
from kit.runs import Run, provenance
from kit.runs.scores import read_scores

if TYPE_CHECKING:  # what joins runs needs SciPy, which a command that merely knows the recipes does not wait for
    from kit.ensemble.method import Method, Parameters


def resolve(competition: Competition, config: Config) -> Config:
    """With the teacher's whole id, since the run may be trained on later, or elsewhere."""
    return replace(scratch.resolve(competition, config), teacher=find_teacher(competition, config).id)


def predict_test(member: Member) -> np.ndarray:
    """float32 (N, C): probabilities of all test images, by the teacher's members of this fold."""
    ids = member.data.test.ids

    def one(run: Run) -> np.ndarray:
        return np.mean(
            [predictions.load(run.member(*each) / "test.npz").select(ids) for each in run.members(member.fold)], axis=0
        )

    return _blend(member, one)


def predict_training(member: Member, rows: np.ndarray) -> np.ndarray:
    """float32 (len(rows), C): of training images outside the fold, by the teacher's members of this fold, which learned from
    them too.
    """
    from kit.learn import device

    def one(run: Run) -> np.ndarray:
        provenance.check_data(run, {"data_fingerprint": member.data.fingerprint})  # which it sees again
        by_member = []
        for fold, number in run.members(member.fold):
            of_teacher = replace(member, config=run.config, folder=run.member(fold, number), number=number)
            with device.float32_scope():
                predictor = of_teacher.recipe.predictor(of_teacher)
                by_member.append(predictor(member.data.train, rows, run.config.tta, f"{member.label}: {run.id}"))
        return np.mean(by_member, axis=0)

    return _blend(member, one)


def find_surest(member: Member) -> float:
    """The most confidence (Target.confidence) that its trainings let the teacher have: less than 1 where they learned smoothed
    labels, and more again of an ensemble whose weights undo that. A solved head is told labels as they are.
    """

    def one(run: Run) -> np.ndarray:
        uses_smoothing = member.recipes[run.config.recipe].uses("label_smoothing")
        smoothing = run.config.label_smoothing if uses_smoothing else 0.0
        return target.surest(smoothing)

    target = member.competition.target
    return float(target.confidence(_blend(member, one)).max())


def _blend(member: Member, one: Callable[[Run], np.ndarray]) -> np.ndarray:
    """A single run's word, or the pool of an ensemble's parts, with weights fitted on rows outside the fold."""
    fold_of = folds.read(member.data_folders.folds, member.data.train.ids)
    trainings = list_trainings(_find_matching(member, fold_of))
    method, parameters = _fit(member, fold_of, trainings)
    return method.apply(np.stack([one(run) for run in trainings]), parameters)


def find_teacher(competition: Competition, config: Config) -> Run:
    """The teacher that the settings name. Raises ConfigError or DataError unless it is finished, of this competition, and has
    members of each fold.
    """
    if not config.teacher:
        raise ConfigError(f"recipe {config.recipe} requires --set teacher=RUN", do="name a finished run or an ensemble")
    run = runs.find(config.teacher)
    if run.slug != competition.slug or run.status() != "finished":
        raise DataError(
            f"{run.id} cannot be used as a teacher",
            received=f"{run.slug}, {run.status()}",
            expected=f"{competition.slug}, finished",
        )
    list_trainings(run)  # which raises for one that is not here
    if config.folds > run.config.folds:
        raise ConfigError(
            f"{run.id} has no member of fold {run.config.folds}",
            received=f"{run.config.folds} folds",
            do="use as many --folds",
        )
    return run


def _find_matching(member: Member, fold_of: np.ndarray) -> Run:
    run = find_teacher(member.competition, member.config)
    provenance.check_rows(run, folds.fingerprints(member.data, fold_of))
    return run


def list_trainings(run: Run) -> list[Run]:
    """The trainings that an ensemble, perhaps of ensembles, was made of; with their own views, since those that `kit predict`
    takes may have been chosen with the rows of the fold.
    """
    if run.kind == "import":
        raise DataError(f"{run.id} cannot be used as a teacher", received="predictions made elsewhere, without models")
    if run.kind != "ensemble":
        trained = runs.training_of(run)
        provenance.check_not_stacked(trained, "as a teacher")
        return [trained]
    named = [run["run"] for run in read_scores(run)["parts"]]
    return list({run.id: run for name in named for run in list_trainings(runs.find(name))}.values())


def _fit(member: Member, fold_of: np.ndarray, trainings: list[Run]) -> "tuple[Method, Parameters]":
    """The pool of least loss on judged rows outside the fold; equal weights where there are none, or no pool."""
    from kit.ensemble import methods

    loaded = [predictions.load(run.oof).before_finish() for run in trainings]
    for one in loaded:
        predictions.check_whole(one, "a teacher")
    known = methods.available(member.competition.target, loaded[0].values)
    outside = member.data.train.rows[fold_of != member.fold]
    ids = np.intersect1d(corrections.select_clean(member.data, loaded[0].ids), outside)
    method = known["geometric mean"] if len(trainings) == 1 or not len(ids) else known.get("pool", known["mean"])
    labels = cache.labels_of(member.data.train, ids)
    stack, judge = np.stack([run.select(ids) for run in loaded]), methods.better(member.competition, labels)
    return method, method.fit(stack, labels, judge)
