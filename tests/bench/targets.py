"""Other kinds of targets on photographs of CIFAR-10: several labels, a number, a ranking, each from an archive to a file.

tests/bench/arrange.py makes the archive, all else is done by the CLI. Scored is what the written submission says of rows that
were set aside before. Another seed arranges other photographs together, and sets others aside.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kit import metrics, predictions
from kit.competition import Competition, Submission
from kit.data import cache
from kit.data.cache import Dataset
from kit.linear import one_thread
from kit.metrics.standard_errors import paired_gain, standard_error
from kit.paths import DataFolders
from kit.plugins import load
from kit.predictions import Predictions
from kit.submission import build
from kit.submission.read_back import read_back
from kit.submission.sample import Sample
from tests.bench import arrange
from tests.bench.place import BACKBONES, Place

HERE = Path(__file__).parent
BACKBONE = "mobilenet_v2_0.35"  # the fastest of those whose weights lie here
SIZE = "image_size=96"
TUNED = ("unfreeze=1", "epochs=6", "learning_rate=0.002", "rate_decay=0.7", "batch_size=64")
FEATURES = ("--recipe", "features")
FINETUNE = ("--recipe", "finetune", "--folds", "1", *(word for one in TUNED for word in ("--set", one)))
LONGER = ("--set", "epochs=10", "--set", "patience=0")  # ImageNet knows no angles: the first epochs may gain nothing


@dataclass(frozen=True)
class Task:
    """A prepared competition. aside: what is known of data.test, as the target has it."""

    place: Place
    competition: Competition
    data: Dataset
    aside: np.ndarray
    seed: int

    def kit(self, verb: str, *words: str) -> tuple[list[str], float]:
        """(lines of stdout, seconds)."""
        return self.place.kit("--competitions", str(HERE), verb, *words)[:2]

    def train(self, *words: str) -> tuple[str, float]:
        """(a run, its seconds)."""
        words = (*words, "--backbone", BACKBONE, "--weights", str(self.place.weights / BACKBONES[BACKBONE]))
        out, seconds = self.kit("train", self.competition.slug, *words, "--set", SIZE, "--seed", str(self.seed))
        return out[-1], seconds

    def submit(self, run: str) -> np.ndarray:
        """What the file says of the rows aside, float64 (N, K)."""
        self.kit("submit", self.competition.slug, run)
        return self._read(self.competition, self.place.home / "runs" / run / "submission.csv")

    def read_other(self, competition: Competition, given: Predictions) -> np.ndarray:
        """What a file of another form, or of other predictions, says."""
        path, columns = self.place.home / "other.csv", ("id", *competition.submission.target_columns)
        build.write(path, competition, given, Sample(columns, tuple(self.data.test.ids.tolist())))
        return self._read(competition, path)

    def _read(self, competition: Competition, path: Path) -> np.ndarray:
        ids, values = read_back(competition, path)
        return values[predictions.find_rows(ids, self.data.test.ids)]

    def score(self, metric: str, values: np.ndarray) -> str:
        judge = metrics.metric(metric)
        return f"{metric} {judge.score(self.aside, values):.4f} ± {standard_error(judge, self.aside, values):.4f}"


def mosaics(place: Place, seed: int) -> str:
    """Which classes are in four photographs: column AUC of probabilities, F2 of labels above 0.5 and above thresholds."""
    task = make(place, "mosaics", arrange.mosaics, seed, rows=5000, aside=1000)
    return "\n".join(["mosaics", *_labels(task, "features", FEATURES), *_labels(task, "finetune, one fold", FINETUNE)])


def _labels(task: Task, name: str, words: tuple[str, ...]) -> list[str]:
    run, seconds = task.train(*words)
    fitted, before = task.submit(run), predictions.load(task.place.home / "runs" / run / "test.npz").before_finish()
    form = Submission("id", task.competition.target.columns, kind="probability")
    chances = task.read_other(replace(task.competition, metric="auc", submission=form), before)
    half = task.read_other(task.competition, before)
    gain, error = paired_gain(metrics.find(task.competition), task.aside, fitted, half)
    both = ("row_f2", "micro_f2")
    return [
        f"  {name}: {task.score('auc', chances)}, {seconds:.0f} s",
        f"    above 0.5: {', '.join(task.score(metric, half) for metric in both)}",
        f"    above thresholds: {', '.join(task.score(metric, fitted) for metric in both)}, gain {gain:+.4f} ± {error:.4f}",
    ]


def turned(place: Place, seed: int) -> str:
    """By how many degrees a photograph was turned, at most 45 either way."""
    task = make(place, "turned", arrange.turned, seed, rows=10000, aside=2000)
    middle = np.full_like(task.aside, np.median(task.data.train.labels))
    return "\n".join([f"turned: {task.score('mae', middle)} of the median alone", *_beside(task, _ridge, LONGER)])


def _ridge(inputs: np.ndarray, labels: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    return make_pipeline(StandardScaler(), RidgeCV(np.logspace(0, 5, 11))).fit(inputs, labels).predict(unseen)


def pairs(place: Place, seed: int) -> str:
    """Of which two of ten classes two photographs are, in their order: the five most probable of 100."""
    task = make(place, "pairs", arrange.pairs, seed, rows=10000, aside=2000)
    return "\n".join(["pairs", *_beside(task, _logistic)])


def _logistic(inputs: np.ndarray, labels: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    return model.fit(inputs, labels).predict_proba(unseen)


def _beside(
    task: Task, baseline: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray], more: tuple[str, ...] = ()
) -> list[str]:
    """features and finetune, the latter with `more` words, and a model of scikit-learn that learns from the same features."""
    metric, lines = task.competition.metric, []
    for name, words in (("features", FEATURES), ("finetune, one fold", FINETUNE + more)):
        run, seconds = task.train(*words)
        lines.append(f"  {name}: {task.score(metric, task.submit(run))}, {seconds:.0f} s")
    folder, started = DataFolders(task.place.home / "data" / task.competition.slug).features, time.monotonic()
    inputs, unseen = (np.load(next(folder.glob(f"*-{part}-identity-*.npy"))) for part in ("train", "test"))
    with one_thread():
        values = baseline(inputs, task.data.train.labels, unseen)
    score = task.score(metric, metrics.prepare_for_scoring(task.competition, values))
    return [
        *lines,
        f"  scikit-learn{baseline.__name__.replace('_', ', ')}: {score}, {time.monotonic() - started:.0f} s",
    ]


def make(
    place: Place,
    slug: str,
    arrangement: Callable[..., tuple[np.ndarray, list[Any]]],
    seed: int,
    *,
    rows: int,
    aside: int,
) -> Task:
    """A task made of the photographs of CIFAR-10, prepared. rows: how many images, of which the last `aside` are the test."""
    place.fetched("cifar-10")
    given = load("cifar-10")
    photographs = cache.load(given, DataFolders(place.home / "data" / "cifar-10")).train
    names = given.target.write(photographs.labels)
    images, known = arrangement(photographs.images, names, np.random.default_rng(seed))
    competition, archive = load(slug, [HERE]), place.home / f"{slug}.zip"
    arrange.write(archive, competition, images[:rows], known[:rows], aside)
    place.kit("--competitions", str(HERE), "download", slug, "--from", str(archive))
    place.kit("--competitions", str(HERE), "prepare", slug)
    data = cache.load(competition, DataFolders(place.home / "data" / slug))
    return Task(place, competition, data, competition.target.encode(known[rows - aside : rows]), seed)
