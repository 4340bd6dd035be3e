"""The kit's figures a second time, from the files alone: NumPy, the csv module, and nothing of the kit."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np


def read_values(path: Path) -> dict[str, np.ndarray]:
    """id -> probabilities (K,), of a file of predictions."""
    with np.load(path, allow_pickle=False) as held:
        return dict(zip(held["ids"].tolist(), held["probabilities"].astype(np.float64), strict=True))


def read_labels(archive_csv: Path) -> dict[str, int]:
    """id -> digit, of the training table."""
    with archive_csv.open() as handle:
        return {f"train-{row}": int(line["label"]) for row, line in enumerate(csv.DictReader(handle))}


def hits(run: Path, labels: dict[str, int]) -> dict[str, bool]:
    """Which of the rows judged out of fold a run says rightly."""
    return {name: int(values.argmax()) == labels[name] for name, values in read_values(run / "oof.npz").items()}


def accuracy(run: Path, labels: dict[str, int]) -> tuple[float, float]:
    """(share of right rows out of fold, its standard error)."""
    right = np.array(list(hits(run, labels).values()))
    share = float(right.mean())
    return share, float(np.sqrt(share * (1 - share) / len(right)))


def count_differences(a: Path, b: Path, labels: dict[str, int]) -> tuple[int, int, float]:
    """(rows that a alone is right on, b alone, two-sided exact p of McNemar's test)."""
    left, right = hits(a, labels), hits(b, labels)
    only_a = sum(left[name] and not right[name] for name in left)
    only_b = sum(right[name] and not left[name] for name in left)
    several, fewest = only_a + only_b, min(only_a, only_b)
    tail = sum(math.comb(several, count) for count in range(fewest + 1)) / 2**several
    return only_a, only_b, min(1.0, 2 * tail)


def score_file(path: Path, truth: dict[str, int], rows: set[str]) -> float:
    """Share of the given rows that a submission file says rightly."""
    with path.open() as handle:
        said = {line["Id"]: int(line["Label"]) for line in csv.DictReader(handle)}
    return sum(said[name] == truth[name] for name in rows) / len(rows)


@dataclass(frozen=True)
class Sent:
    """Of a run: which rows it says rightly out of fold, bool (N,), and its public score, None if it was not sent."""

    right: np.ndarray
    public: float | None


def forecast(runs: list[Sent], public_rows: int, private_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """(expected private scores (R,), their standard errors (R,)) by conditioning one joint Gaussian of all scores.

    Each score is a quality, the shift of the test rows, in proportion to what a run's rows deviate, and luck; qualities are
    spread, and the shift is as large, as what the scores vary more than luck explains.
    """
    right = np.stack([run.right for run in runs]).astype(np.float64)
    cv, count, rows = right.mean(1), len(right), right.shape[1]
    of_row = np.cov(right, bias=True).reshape(count, count)
    sent = [place for place, run in enumerate(runs) if run.public is not None]
    public = np.array([runs[place].public for place in sent])
    deviation = math.sqrt(np.trace(of_row) / count)
    centre = np.eye(count) - 1 / count
    spread = (np.sum((centre @ cv) ** 2) - np.trace(centre @ of_row) / rows) / max(1, count - 1)
    spread = max((0.01 * deviation) ** 2, spread)
    each = np.sqrt(of_row.diagonal()) / np.sqrt(of_row.diagonal()).mean()
    luck = (of_row * (1 / rows + 1 / public_rows) / np.outer(each, each))[np.ix_(sent, sent)]
    shift = ((public - cv[sent]) / each[sent]).mean() ** 2 - luck.mean() if sent else 0.0
    shift = max((0.05 * deviation) ** 2, shift)
    quality = spread * np.eye(count) + deviation**2
    tested = quality + shift * np.outer(each, each)
    # the joint covariance of scores out of fold, public scores of those sent, and private scores
    joint = np.block(
        [
            [quality + of_row / rows, quality[:, sent], quality],
            [quality[sent], tested[np.ix_(sent, sent)] + of_row[np.ix_(sent, sent)] / public_rows, tested[sent]],
            [quality, tested[:, sent], tested + of_row / private_rows],
        ]
    )
    known = count + len(sent)
    gain = joint[known:, :known] @ np.linalg.inv(joint[:known, :known])
    mean = cv.mean() + gain @ (np.concatenate([cv, public]) - cv.mean())
    left = joint[known:, known:] - gain @ joint[:known, known:]
    return mean, np.sqrt(left.diagonal())
