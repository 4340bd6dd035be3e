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
    """Of a run: which rows it says rightly out of fold, bool (N,), and its public score, None if it was not sent. Of one that
    only the list knows right is None, and its score out of fold with its error may be None, too.
    """

    right: np.ndarray | None
    public: float | None
    cv: float | None = None
    error: float | None = None


def forecast(runs: list[Sent], public_rows: int, private_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """(expected private scores (R,), their standard errors (R,)) by conditioning one joint Gaussian of all scores.

    Each score is a quality, the shift of the test rows, in proportion to what a run's rows deviate, and luck; qualities are
    spread, and the shift is as large, as what the scores vary more than luck explains. What is four standard errors off the
    median has a shift of its own.
    """
    right = np.stack([run.right for run in runs if run.right is not None]).astype(np.float64)
    listed, rows = runs[len(right) :], right.shape[1]
    of_row = _assume(np.cov(right, bias=True).reshape(len(right), len(right)), listed, rows)
    cv = np.array([*right.mean(1), *(np.nan if run.cv is None else run.cv for run in listed)])
    count, judged = len(runs), [place for place, score in enumerate(cv) if not math.isnan(score)]
    sent = [place for place, run in enumerate(runs) if run.public is not None]
    public = np.array([runs[place].public for place in sent])
    deviation = math.sqrt(np.trace(of_row) / count)
    centre = np.eye(len(judged)) - 1 / len(judged)
    more = np.sum((centre @ cv[judged]) ** 2) - np.trace(centre @ of_row[np.ix_(judged, judged)]) / rows
    spread = more / max(1, len(judged) - 1)
    spread = max((0.01 * deviation) ** 2, spread)
    each = np.sqrt(of_row.diagonal()) / np.sqrt(of_row.diagonal()).mean()
    luck = of_row * (1 / rows + 1 / public_rows) / np.outer(each, each)
    above = {place: (runs[place].public - cv[place]) / each[place] for place in judged if place in sent}
    own, usual = np.zeros(count), np.median(list(above.values())) if above else 0.0
    for place in sent:
        far = (runs[place].public - (cv[place] if place in judged else cv[judged].mean())) / each[place] - usual
        if far**2 > 16 * (luck[place, place] + (place not in judged) * spread / each[place] ** 2):
            own[place] = far**2
            above.pop(place, None)
    both = list(above)
    shift = np.mean(list(above.values())) ** 2 - luck[np.ix_(both, both)].mean() if both else 0.0
    shift = max((0.05 * deviation) ** 2, shift)
    quality = spread * np.eye(count) + deviation**2
    tested = quality + shift * np.outer(each, each) + np.diag(own * each**2)
    # the joint covariance of scores out of fold, public scores of those sent, and private scores
    joint = np.block(
        [
            [(quality + of_row / rows)[np.ix_(judged, judged)], quality[np.ix_(judged, sent)], quality[judged]],
            [
                quality[np.ix_(sent, judged)],
                tested[np.ix_(sent, sent)] + of_row[np.ix_(sent, sent)] / public_rows,
                tested[sent],
            ],
            [quality[:, judged], tested[:, sent], tested + of_row / private_rows],
        ]
    )
    known = len(judged) + len(sent)
    gain = joint[known:, :known] @ np.linalg.inv(joint[:known, :known])
    mean = cv[judged].mean() + gain @ (np.concatenate([cv[judged], public]) - cv[judged].mean())
    left = joint[known:, known:] - gain @ joint[:known, known:]
    return mean, np.sqrt(left.diagonal())


def _assume(of_row: np.ndarray, listed: list[Sent], rows: int) -> np.ndarray:
    """With runs of which no row is known: the luck of the mean run, and as much of their own as makes their variance."""
    own, count = np.sqrt(of_row.diagonal()), len(of_row)
    alike = of_row / np.outer(own, own)
    pairs = alike[np.triu_indices(count, 1)]
    mean = max(0.0, float(pairs.mean())) if len(pairs) else 0.5
    for number, run in enumerate(listed):
        across = alike[:count, :count].mean(1) * mean / alike[:count, :count].mean()
        column = np.append(across, np.full(number, mean))
        alike = np.block([[alike, column[:, None]], [column[None], np.ones((1, 1))]])
        own = np.append(own, math.sqrt(of_row.diagonal().mean()) if run.error is None else run.error * math.sqrt(rows))
    return alike * np.outer(own, own)
