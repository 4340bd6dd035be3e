"""One member of a run: the recipe's fit on one fold from one seed, and what it predicts of rows it never saw."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kit import metrics, predictions
from kit.files import locked, write_json, write_text
from kit.learn import device
from kit.learn.member import Task
from kit.learn.predict.forward import Predictor
from kit.learn.recipes import recipe
from kit.progress import say
from kit.runs import Run


def train(task: Task, run: Run) -> None:
    """Trains it, unless it is trained, and predicts the rows that it is judged on and the test rows.

    Raises KitError where another process is at it.
    """
    with locked(run.member_lock(task.fold, task.number), f"{task.label} of {run.id} is already being trained"):
        if run.trained(task.fold, task.number):
            return
        task.folder.mkdir(exist_ok=True)
        with device.training(task.config):
            trained = recipe(task.config.recipe).fit(task)
        history = [{"epoch": number, **record} for number, record in enumerate(trained, 1)]
        _write_history(task.folder / "history.csv", history)
        if told := _epochs(history, sum(recipe(task.config.recipe).epochs(task.config))):
            say(f"{task.label}: {told}; each of them in {task.folder / 'history.csv'}")
        predict(task, task.folder)
        for leftover in (*task.folder.glob("epoch-*.weights.h5"), *task.folder.glob("best-*.npz")):
            leftover.unlink()


def predict(task: Task, out: Path, judged: np.ndarray | None = None) -> None:
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


def _write_history(path: Path, history: list[dict[str, float]]) -> None:
    text = io.StringIO()
    keys = dict.fromkeys(["epoch", *history[-1]])  # an epoch 0 has fewer of them
    table = csv.DictWriter(text, keys, lineterminator="\n")
    table.writeheader()
    table.writerows(history)
    write_text(path, text.getvalue())


def _epochs(history: list[dict[str, float]], planned: int) -> str:
    """How many a training took and whose weights it kept; nothing of a recipe without epochs."""
    if not planned:
        return ""
    judged = [record for record in history if np.isfinite(record.get("stopping_loss", np.nan))]
    took = f"{history[-1]['epoch']} of {planned} epochs"
    return f"{took}, kept epoch {min(judged, key=lambda one: one['stopping_loss'])['epoch']}" if judged else took
