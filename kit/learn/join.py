"""The members' predictions joined into the run's: each out-of-fold row from the fold that never saw it, test rows averaged."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kit import metrics, predictions
from kit.competition import Competition
from kit.data import folds
from kit.data.cache import Dataset
from kit.data.image_rows import first_images, number_rows
from kit.ensemble import finish, join_images
from kit.json_files import read_json, write_json
from kit.predictions import Predictions
from kit.progress import say
from kit.runs import Run


def join(
    run: Run,
    competition: Competition,
    data: Dataset,
    fold_of: np.ndarray,
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Joins the members' predictions, and writes metrics.json last, with what `extra` has to say. Where several images answer
    for one row of the submission, their predictions are joined, too (kit.ensemble.join_images): all that follows is of rows.
    """
    singles = [_out_of_fold(run, competition, seed) for seed in range(run.config.seeds)]
    images, target = singles[0].ids, competition.target
    answered = data.train.rows[predictions.find_rows(data.train.ids, images)]
    ids = number_rows(answered)[0]
    first = first_images(data.train.rows, ids)
    labels, groups = data.train.labels[first], data.train.groups[first]
    parts = folds.cross_fit_folds(data, fold_of, first)
    by_seed = [single.select(images) for single in singles]
    values, method = join_images.choose(target, predictions.average(by_seed), answered, labels, parts)
    honest, finished = finish.decide(competition, values, labels, parts, groups)
    test_ids, test = join_images.join_test(target, data.test, _test(run, data), method)
    predictions.save(run.oof, finish.keep(target, ids, honest, values, finished))
    predictions.save(run.test, finish.finish_test(target, test_ids, test, finished))
    result: dict[str, Any] = {
        "metric": competition.metric,
        **metrics.evaluate(competition, labels, honest, groups),
    }
    if finished:
        result["finish"] = finished
    if len(ids) < len(images):
        result["images_joined_by"] = method
    if len(singles) > 1:
        of_rows = [join_images.choose(target, single, answered, labels, parts)[0] for single in by_seed]
        one_by_one = [finish.decide(competition, single, labels, parts)[0] for single in of_rows]
        result["one_seed"] = _one_seed(competition, labels, one_by_one)
    write_json(run.metrics, result | _describe_members(run, data) | dict(extra or {}))


def _test(run: Run, data: Dataset) -> np.ndarray:
    """The mean of the members, (N, K), of the test images."""
    members = [run.member(*member) for member in run.members()]
    return predictions.average([predictions.load(member / "test.npz").select(data.test.ids) for member in members])


def _describe_members(run: Run, data: Dataset) -> dict[str, Any]:
    result: dict[str, Any] = {
        "members": [  # one from before there were seeds does not say its own
            {"fold": fold, "seed": seed, **read_json(run.member(fold, seed) / "metrics.json")}
            for fold, seed in run.members()
        ]
    }
    if unreadable := int((~data.test.readable).sum()):
        result["test_images_given_the_class_prior"] = unreadable
        say(f"warning: {unreadable} test images cannot be read; their rows hold the class prior")
    return result


def _out_of_fold(run: Run, competition: Competition, seed: int) -> Predictions:
    """Of the members from that seed alone, fold after fold."""
    by_fold = [predictions.load(run.member(fold, seed) / "oof.npz") for fold in range(run.config.folds)]
    ids = np.concatenate([one.ids for one in by_fold])
    values = np.concatenate([one.values for one in by_fold])
    return predictions.make(ids, values, competition.target)


def _one_seed(competition: Competition, labels: np.ndarray, singles: list[np.ndarray]) -> dict[str, Any]:
    """What the run would score with one seed alone, on all judged rows. deviation: of the sample of seeds (n - 1)."""
    scores = [metrics.evaluate(competition, labels, single)["score"] for single in singles]
    return {"scores": scores, "mean": float(np.mean(scores)), "deviation": float(np.std(scores, ddof=1))}
