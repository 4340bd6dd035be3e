"""A finished run predicted again, under other TTA views; nothing is trained."""

import shutil
from dataclasses import replace
from typing import Any

import numpy as np

from kit import predictions, runs
from kit.competition import Competition
from kit.config import Config
from kit.data import folds
from kit.data.cache import Dataset
from kit.errors import DataError
from kit.learn import join, train, train_member
from kit.learn.input import views
from kit.learn.member import Member
from kit.learn.predict import choose_views
from kit.runs import Run, provenance

AUTO = ("auto",)
LONGEST = 56  # letters of the name of a run that its views have in theirs


def predict_again(run: Run, competition: Competition, names: tuple[str, ...], *, name: str | None = None) -> Run:
    """A new run that holds the predictions of `run`'s members under the views `names`.

    AUTO: those of the competition's views that help out of fold. What judges a fold was then chosen on the others.
    """
    trained = find_training(run)
    if names != AUTO:
        views.check(names, competition)
    data, fold_of = train.load(competition)
    prints = folds.fingerprints(data, fold_of)
    provenance.check_data(trained, prints)
    prints |= provenance.corrections_of([trained])
    members = [train.member_of(trained, competition, data, fold_of, *each) for each in trained.members()]
    if names == AUTO:
        predictions.check_whole(predictions.load(run.oof), "a choice of views")
        config, validation, report = _choose_views(members, data, fold_of)
    else:
        config, validation, report = replace(run.config, tta=names), [None] * len(members), {}
    origin = dict.fromkeys(("tta", "average"), "out of fold") if names == AUTO else {"tta": "command line"}
    label = name or f"{runs.label_of(run).removesuffix('-tta')[:LONGEST]}-tta"
    again = runs.create(run.slug, "predict", config, origin, name=label, fingerprints=prints, parents=(trained.id,))
    try:
        for member, known in zip(members, validation, strict=True):
            train_member.predict(replace(member, config=config), again.member(member.fold, member.number), known)
        join.join(again, competition, data, fold_of, report)
    except BaseException:
        shutil.rmtree(again.folder)  # it is quickly made again, and there is nothing to resume
        raise
    return again


def find_training(run: Run) -> Run:
    """The training that `run` goes back to. Raises DataError if there is none, or none that is finished."""
    run = runs.training_of(run)
    if run.kind != "train" or run.status() != "finished":
        raise DataError(
            f"{run.id} has no members to predict with",
            received=f"{run.kind}, {run.status()}",
            expected="a finished train run",
        )
    return run


def _choose_views(
    members: list[Member], data: Dataset, fold_of: np.ndarray
) -> tuple[Config, list[np.ndarray | None], dict[str, Any]]:
    """(the configuration with the views that help, each member's honest out-of-fold probabilities, the report)."""
    competition = members[0].competition
    names = sorted(competition.tta, key=lambda view: view != "identity")  # that one first: it is always kept
    by_member = [_predict_by_view(member, names) for member in members]
    first = [member for member in members if member.number == 0]  # of the members of each fold, which are averaged
    means = [
        np.mean([s for s, of in zip(by_member, members, strict=True) if of.fold == one.fold], axis=0) for one in first
    ]
    rows = np.concatenate([member.validation_rows for member in first])
    parts = np.zeros(len(fold_of), np.int64)
    parts[rows] = folds.cross_fit_folds(data, fold_of, rows)
    stack, train = np.concatenate(means, axis=1), data.train
    choice = choose_views.choose(competition, names, stack, train.labels[rows], parts[rows], train.groups[rows])
    config = replace(members[0].config, tta=choice.views, average=choice.average)
    honest = [
        choose_views.cross_fit(competition.target, choice.by_fold, s, parts[of.validation_rows])
        for s, of in zip(by_member, members, strict=True)
    ]
    return config, [*honest], {"tta": choice.report}


def _predict_by_view(member: Member, names: list[str]) -> np.ndarray:
    """float32 (V, N, C): the member's probabilities of the rows that it is judged on, by each view."""
    predictor = member.recipe.predictor(member)
    by_member = [
        predictor(member.data.train, member.validation_rows, (name,), f"{member.label}: {name}") for name in names
    ]
    return np.stack(by_member)
