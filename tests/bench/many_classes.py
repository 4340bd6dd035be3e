"""Very many classes: made features from an archive to a scored file, each step by the CLI, with its time and memory.

A class is a normal distribution around a mean of its own, all of one covariance. Beside the kit stands the nearest class mean
of the same features.
"""

import csv
import io
import resource
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kit import metrics, top_k
from kit.metrics.standard_errors import standard_error
from kit.plugins import load
from kit.predictions import find_rows
from kit.submission.read_back import read_back
from kit.targets import Classes
from tests.bench.place import Place

HERE = Path(__file__).parent
SHAPE = (8, 16, 1)
NETWORKS = ("first", "last")  # of the folder: each sees other features
APART = 0.4  # deviation of the classes' means, in those of the rows around them


@dataclass(frozen=True)
class Rows:
    """images: uint8 (N, *SHAPE). labels: (N,), each class at least once among the first C."""

    images: np.ndarray
    labels: np.ndarray


def draw_rows(classes: int, count: int, seed: int) -> Rows:
    """Features that vary together, 0 to 255."""
    draw, dimensions = np.random.default_rng(seed), int(np.prod(SHAPE))
    labels = np.concatenate([np.arange(classes), draw.integers(0, classes, count - classes)])
    means = draw.normal(0, APART, (classes, dimensions)).astype(np.float32)
    mixing = draw.normal(0, 1 / np.sqrt(dimensions), (dimensions, dimensions)).astype(np.float32)
    noise = draw.standard_normal((count, dimensions), np.float32) @ mixing
    return Rows(np.clip(128 + 32 * (means[labels] + noise), 0, 255).astype(np.uint8).reshape(-1, *SHAPE), labels)


def name_classes(labels: np.ndarray) -> list[str]:
    """Names whose order is that of the labels."""
    return np.char.zfill(labels.astype(str), 5).tolist()


def write(path: Path, rows: Rows, learned: int) -> None:
    """The archive: the first `learned` rows are the training rows."""
    ids, names = np.arange(len(rows.labels)), name_classes(rows.labels)
    train, sample = zip(ids[:learned], names[:learned], strict=True), ((row, names[0]) for row in ids[learned:])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, table in (("train.csv", train), ("sample_submission.csv", sample)):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([("id", "class"), *table])
            archive.writestr(name, text.getvalue())
        for name, images in (("train.npy", rows.images[:learned]), ("test.npy", rows.images[learned:])):
            with archive.open(name, "w", force_zip64=True) as file:
                np.save(file, images)


def many(place: Place, seed: int, classes: int = 32_000, count: int = 300_000) -> str:
    """Two runs that see different features, on one fold, and their ensemble."""
    rows, learned = draw_rows(classes, count, seed), count - count // 5
    archive, steps = place.home / "many.zip", []
    write(archive, rows, learned)

    def kit(verb: str, *words: str) -> str:
        """The last line that it prints."""
        before = _cpu_seconds()
        out, seconds, peak = place.kit("--competitions", str(HERE), verb, "many", *words)
        steps.append((verb, seconds, _cpu_seconds() - before, peak))
        return out[-1]

    kit("download", "--from", str(archive))
    kit("prepare")
    runs = [kit("train", "--folds", "1", "--backbone", seen) for seen in NETWORKS]
    runs.append(kit("ensemble", *runs))
    for run in runs:
        kit("submit", run)
    files = [place.home / "runs" / run / "submission.csv" for run in runs]
    return "\n".join(
        [f"many: {classes:,} classes, {count:,} rows", *_write_scores(files, rows, learned), *_costs(steps)]
    )


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _costs(steps: list[tuple[str, float, float, int]]) -> list[str]:
    """(verb, seconds, CPU seconds, peak MiB) of each step in words, and of all together."""
    _, seconds, cpu_seconds, peaks = zip(*steps, strict=True)
    steps = [*steps, ("all together", sum(seconds), sum(cpu_seconds), max(peaks))]
    return [
        f"  {name}: {took / 60:.1f} min, {cpu / 60:.1f} min of CPU, {peak:,} MiB" for name, took, cpu, peak in steps
    ]


def _write_scores(files: list[Path], rows: Rows, learned: int) -> list[str]:
    return [f"  {name}: MAP@5 {score:.4f} ± {error:.4f}" for name, score, error in scores(files, rows, learned)]


def scores(files: list[Path], rows: Rows, learned: int) -> list[tuple[str, float, float]]:
    """(name, MAP@5, its standard error) of the submissions of two runs and an ensemble, and of the nearest class mean, on the
    rows after the first `learned`.
    """
    aside, names = rows.labels[learned:], tuple(name_classes(np.arange(rows.labels.max() + 1)))
    competition, ids = replace(load("many", [HERE]), target=Classes(names)), np.arange(learned, len(rows.labels))
    listed = []
    for file in files:
        given, values = read_back(competition, file)
        listed.append(values[find_rows(given, ids.astype(str))])
    listed.append(metrics.prepare_for_scoring(competition, find_nearest(rows, learned)))
    judge = metrics.find(competition)
    told = [(judge.score(aside, values), standard_error(judge, aside, values)) for values in listed]
    whose = (*(f"features {seen}" for seen in NETWORKS), "both", "nearest class mean")
    return [(name, *figures) for name, figures in zip(whose, told, strict=True)]


def find_nearest(rows: Rows, learned: int) -> np.ndarray:
    """The records of kit.top_k (N, 5) of the rows after the first `learned`: the classes of the nearest means."""
    inputs, labels = rows.images.reshape(len(rows.images), -1).astype(np.float32), rows.labels[:learned]
    order, sizes = np.argsort(labels, kind="stable"), np.bincount(labels)
    means = np.add.reduceat(inputs[:learned][order], np.cumsum(sizes) - sizes) / sizes[:, None].astype(np.float32)
    half = (means**2).sum(1) / 2
    blocks = (inputs[start : start + 1000] @ means.T - half for start in range(learned, len(inputs), 1000))
    return np.concatenate([top_k.keep(block, 5) for block in blocks])
