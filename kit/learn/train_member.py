"""One member of a run: the recipe's fit on one fold from one seed, and what it predicts of rows it never saw."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kit import metrics, predictions
from kit.files import hold_lock, write_json, write_text
from kit.learn import device
from kit.learn.member import Member
from kit.learn.recipe import Predictor
from kit.progress import say
from kit.runs import Run


def train(member: Member, run: Run) -> None:
    """Trains it, unless it is trained, and predicts the rows that it is judged on and the test rows.

    Raises KitError where another process is at it.
    """
    with hold_lock(run.member_lock(member.fold, member.number), f"{member.label} of {run.id} is already being trained"):
        if run.is_trained(member.fold, member.number):
            return
        member.folder.mkdir(exist_ok=True)
        with device.training_scope(member.config):
            trained = member.recipe.fit(member)
        history = [{"epoch": number, **record} for number, record in enumerate(trained, 1)]
        _write_history(member.folder / "history.csv", history)
        if epochs_text := _epochs(history, sum(member.recipe.epochs(member.config))):
            say(f"{member.label}: {epochs_text}; each of them in {member.folder / 'history.csv'}")
        predict(member, member.folder)
        for leftover in (*member.folder.glob("epoch-*.weights.h5"), *member.folder.glob("best-*.npz")):
            leftover.unlink()


def predict(member: Member, out: Path, validation: np.ndarray | None = None) -> None:
    """Writes oof.npz, test.npz and, last, metrics.json of a member into `out`.

    judged: the probabilities of the judged rows, float32 (len(member.validation_rows), C), where they are known already.
    """
    predictor = member.recipe.predictor(member)
    data, target, tta = member.data, member.competition.target, member.config.tta
    prior = target.tell(data.train.labels[member.train_rows]).mean(0, dtype=np.float64).tolist()
    if validation is None:
        validation = predictor(data.train, member.validation_rows, tta, f"{member.label}: out of fold")
    oof = predictions.make(data.train.ids[member.validation_rows], validation, target)
    test = predictions.make(data.test.ids, test_probabilities(member, predictor, prior), target)
    predictions.save(out / "oof.npz", oof)
    predictions.save(out / "test.npz", test)
    score = metrics.evaluate(member.competition, data.train.labels[member.validation_rows], oof.values)
    write_json(out / "metrics.json", {"fold": member.fold, "seed": member.number, **score, "class_prior": prior})
    result = f"{member.competition.metric} {score['score']:.5f} ±{score['error']:.5f}"
    say(f"{member.label}: {result} on {score['rows']} unseen images")


def test_probabilities(member: Member, predictor: Predictor, prior: Sequence[float]) -> np.ndarray:
    """float32 (N, C) for all test images. One that cannot be read keeps its row and gets `prior`, the mean of what the member
    was told of the images that it learned from.
    """
    test = member.data.test
    out = np.tile(np.asarray(prior, np.float32), (len(test.ids), 1))
    readable = np.flatnonzero(test.readable)
    out[readable] = predictor(test, readable, member.config.tta, f"{member.label}: test")
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
    scored = [record for record in history if np.isfinite(record.get("stopping_loss", np.nan))]
    took = f"{history[-1]['epoch']} of {planned} epochs"
    return f"{took}, kept epoch {min(scored, key=lambda one: one['stopping_loss'])['epoch']}" if scored else took
