"""One member of a run: the recipe's fit on one fold from one seed, and what it predicts of rows it never saw."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kit import metrics, predictions, top_k
from kit.data import image_rows
from kit.data.cache import CachedSplit
from kit.ensemble import join_images
from kit.errors import TrainingError
from kit.files import hold_lock, sha256, write_text
from kit.json_files import write_json
from kit.learn import device, finite, memory
from kit.learn.member import WEIGHTS, Member
from kit.learn.recipe import Predictor
from kit.progress import bar, say
from kit.runs import Run
from kit.runs.run import remove_checkpoints
from kit.targets import Target


def train(member: Member, run: Run) -> None:
    """Trains it, unless it is trained, and predicts the rows that it is judged on and the test rows.

    Raises KitError where another process is at it.
    """
    with hold_lock(run.member_lock(member.fold, member.number), f"{member.label} of {run.id} is already being trained"):
        if run.is_trained(member.fold, member.number):
            remove_checkpoints(member.folder)  # of one that was killed while it removed them
            return
        member.folder.mkdir(exist_ok=True)
        with _note_failure(run.failure(member.fold, member.number)), memory.explain(member):
            _fit(member)
            predict(member, member.folder)
        remove_checkpoints(member.folder)


@contextmanager
def _note_failure(path: Path) -> Iterator[None]:
    """A training that cannot go on as it is leaves its reason there, and all that it had; one that is resumed removes it."""
    path.unlink(missing_ok=True)
    try:
        yield
    except TrainingError as error:
        write_json(path, {"error": str(error)})
        raise


def _fit(member: Member) -> None:
    with device.training_scope(member.config):
        trained = member.recipe.fit(member)
    history = [{"epoch": number, **record} for number, record in enumerate(trained, 1)]
    for record in history:
        for key in {"loss", "stopping_loss"} & record.keys():
            finite.check(member, f"{key.replace('_', ' ')} of epoch {record['epoch']}", record[key])
    _write_history(member.folder / "history.csv", history)
    if epochs_text := _epochs(history, sum(member.recipe.epochs(member.config))):
        say(f"{member.label}: {epochs_text}; each of them in {member.folder / 'history.csv'}")


def predict(member: Member, out: Path, validation: np.ndarray | None = None) -> None:
    """Writes oof.npz, test.npz and, last, metrics.json of a member into `out`.

    judged: the probabilities of the judged rows, float32 (len(member.validation_rows), C), where they are known already.
    """
    predictor = member.recipe.predictor(member)
    data, target = member.data, member.competition.target
    prior = _class_prior(target, data.train.labels[member.train_rows])
    if validation is None:
        validation = predict_rows(member, predictor, data.train, member.validation_rows, "out of fold")
    oof = predictions.make(data.train.ids[member.validation_rows], validation, target)
    test = predictions.make(data.test.ids, test_probabilities(member, predictor, prior), target)
    predictions.save(out / "oof.npz", oof)
    predictions.save(out / "test.npz", test)
    score = _score(member, oof.values)
    record = {"fold": member.fold, "seed": member.number, **score, "class_prior": prior}
    if (out / WEIGHTS).exists():  # not of predictions under other views, whose models are another run's
        record["weights_sha256"] = sha256(out / WEIGHTS)
    write_json(out / "metrics.json", record)
    result = f"{member.competition.metric} {score['score']:.5f} ±{score['error']:.5f}"
    say(f"{member.label}: {result} on {score['rows']} unseen {member.competition.rows_name}")


def _score(member: Member, values: np.ndarray) -> dict[str, Any]:
    """Of the validation rows; where several images answer for one row of the submission, of their means."""
    train, images = member.data.train, member.validation_rows
    answered = train.rows[images]
    first = image_rows.first_images(train.rows, image_rows.number_rows(answered)[0])
    joined = join_images.join(member.competition.target, values, answered, "mean")
    return metrics.evaluate(member.competition, train.labels[first], joined, train.groups[first])


def test_probabilities(member: Member, predictor: Predictor, prior: Sequence[float]) -> np.ndarray:
    """float32 (N, C), or records of kit.top_k, for all test images. One that cannot be read keeps its row and gets `prior`, the
    mean of what the member was told of the images that it learned from.
    """
    test = member.data.test
    readable = np.flatnonzero(test.readable)
    predicted = predict_rows(member, predictor, test, readable, "test")
    instead = np.asarray(prior, np.float32)[None]
    out = np.repeat(top_k.keep(instead) if top_k.is_top_k(predicted) else instead, len(test.ids), axis=0)
    out[readable] = predicted
    return out


def predict_rows(member: Member, predictor: Predictor, split: CachedSplit, rows: np.ndarray, label: str) -> np.ndarray:
    """float32 (len(rows), C); where all would not fit into memory, the records of kit.top_k, made block by block."""
    label = f"{member.label}: {label}"
    if not predictions.keeps_top_k(member.competition, len(member.data.train.ids) + len(member.data.test.ids)):
        return _predict(member, predictor, split, rows, label)
    size = max(1, top_k.BLOCK_BYTES // (4 * len(member.competition.target.columns)))

    def predict_block(block: np.ndarray) -> np.ndarray:
        return top_k.keep(_predict(member, predictor, split, block, label))

    blocks = [rows[start : start + size] for start in range(0, len(rows), size)]
    with bar(blocks, label=label, unit="block") as shown:
        return np.concatenate([predict_block(block) for block in shown])


def _predict(member: Member, predictor: Predictor, split: CachedSplit, rows: np.ndarray, label: str) -> np.ndarray:
    values = predictor(split, rows, member.config.tta, label)
    finite.check(member, f"a prediction of {split.split} {member.competition.rows_name}", values)
    return values


def _class_prior(target: Target, labels: np.ndarray) -> list[float]:
    """The mean of what was told of each row, summed block by block: a row of 32,000 classes is 128 KB."""
    size = max(1, top_k.BLOCK_BYTES // (4 * len(target.columns)))
    told = (target.tell(labels[start : start + size]) for start in range(0, len(labels), size))
    mean = sum(block.sum(0, dtype=np.float64) for block in told) / len(labels)
    return (target.activate(mean) if target.has_units else mean).tolist()


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
