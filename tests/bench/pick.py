"""Is `kit pick` better than the two best public scores? On labelled data, split again and again into CV, public, private.

Of dozens of cheap models whose out-of-fold predictions are known for every row, twenty are entered in a season: one part of
the rows plays cross-validation, one the public board, one the private board, which nobody looks at before choosing. Told is
the private score of the better one of the two chosen, and the paired difference with its standard error over the seasons; then
how often the forecast's 80 % interval holds that of the kit's two, and by how many of its errors the forecast is above it.
The seasons share their rows and models, so the error is that of the splits, not that of other data.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kit import metrics
from kit.competition import Competition, Submission
from kit.leaderboard import final_two, private_board
from kit.plugins import load
from tests.bench.jobs import three_backbones
from tests.bench.place import Place
from tests.bench.seasons import tell_difference, tell_forecasts

ENTERED, SEASONS = 20, 300
SHARES = ((0.5, 0.15, 0.35), (0.2, 0.25, 0.55), (0.25, 0.05, 0.7))  # of the rows: CV, public, private
WAYS = ("two best public", "two best CV", "kit pick")


def pick(place: Place, seed: int) -> str:
    lines = ["private score of the better of two, by how they were chosen"]
    for slug, (labels, stack) in (("sklearn-digits", digits(seed)), ("dogs-vs-cats", dogs(place, seed))):
        for metric in ("accuracy", "log_loss"):
            competition = enter(load(slug), metric)
            lines += [told(competition, labels, stack, shares, seed) for shares in SHARES]
    return "\n".join(lines)


def enter(competition: Competition, metric: str) -> Competition:
    """Judged by a metric on what it judges: a class, or a probability of each."""
    kind = "label" if metric == "accuracy" else "probability"
    columns = ("label",) if kind == "label" else competition.target.columns
    return replace(competition, metric=metric, submission=Submission("id", columns, kind))


def told(competition: Competition, labels: np.ndarray, stack: np.ndarray, shares: tuple, seed: int) -> str:
    *private, off = np.array(list(seasons(competition, labels, stack, shares, seed))).T
    sizes = "/".join(str(round(share * len(labels))) for share in shares)
    parts = [f"{way} {scores.mean():.5f}" for way, scores in zip(WAYS, private, strict=True)]
    sign = 1 if metrics.find(competition).greater_is_better else -1
    for place, way in enumerate(WAYS[:2]):
        parts.append(f"pick over {way} {tell_difference(sign * (private[2] - private[place]))}")
    parts.append(tell_forecasts(off))
    return f"  {competition.slug}, {competition.metric}, {sizes} rows: " + "; ".join(parts)


def seasons(
    competition: Competition, labels: np.ndarray, stack: np.ndarray, shares: tuple, seed: int
) -> Iterator[list[float]]:
    """Of each season the private score of the better of two, by WAYS, and what the forecast of the last is off."""
    metric, generator = metrics.find(competition), np.random.default_rng(seed)
    sign = 1 if metric.greater_is_better else -1
    ends = np.cumsum([round(share * len(labels)) for share in shares])[:2]
    for _ in range(SEASONS):
        entered = stack[generator.choice(len(stack), ENTERED, replace=False)]
        known, public, private = np.split(generator.permutation(len(labels)), ends)
        cv, board, end = (
            sign * np.array([metric.score(labels[rows], one[rows]) for one in entered])
            for rows in (known, public, private)
        )
        forecast = private_board.forecast(
            competition, labels[known], entered[:, known], sign * board, len(public), len(private)
        )
        pairs = (final_two.two_best(board), final_two.two_best(cv), final_two.best_pair(forecast))
        got = [float(end[list(pair)].max()) for pair in pairs]
        expected, error = (float(each[pairs[-1]]) for each in final_two.expect_maximum(forecast))
        yield [*(sign * score for score in got), (expected - got[-1]) / error]


def digits(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(labels, out-of-fold probabilities (48, 1797, 10)) of models of four families, each on some of the pixels."""
    inputs, labels = load_digits(return_X_y=True)
    generator = np.random.default_rng(seed)
    makers = (
        lambda: KNeighborsClassifier(int(generator.integers(2, 12)), weights="distance"),
        lambda: LinearDiscriminantAnalysis(solver="lsqr", shrinkage=generator.uniform(0.01, 0.5)),
        lambda: ExtraTreesClassifier(int(generator.integers(10, 60)), random_state=int(generator.integers(1000))),
        lambda: make_pipeline(StandardScaler(), LogisticRegression(C=10 ** generator.uniform(-2, 1), tol=1e-2)),
    )
    chosen = [generator.choice(64, generator.integers(24, 60), replace=False) for _ in range(48)]
    return labels, np.stack([_out_of_fold(makers[n % 4](), inputs[:, some], labels) for n, some in enumerate(chosen)])


def dogs(place: Place, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(labels, out-of-fold probabilities (48, N, 2)) of linear heads on some of the features of three backbones."""
    from kit.data import cache
    from kit.paths import DataFolders

    place.fetched("dogs-vs-cats")
    three_backbones(place, seed)
    folders = DataFolders(place.home / "data" / "dogs-vs-cats")
    labels = cache.load(load("dogs-vs-cats"), folders).train.labels
    return labels, heads([np.load(path) for path in sorted(folders.features.glob("*-train-*.npy"))], labels, seed)


def heads(features: list[np.ndarray], labels: np.ndarray, seed: int) -> np.ndarray:
    """float32 (48, N, 2), out of fold: each on a random third of one array (N, D) of features, of another strength."""
    generator, said = np.random.default_rng(seed), []
    for number in range(48):
        inputs = features[number % len(features)]
        some = generator.choice(inputs.shape[1], inputs.shape[1] // 3, replace=False)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=10 ** generator.uniform(-4, 0), tol=1e-2))
        said.append(_out_of_fold(model, inputs[:, some], labels))
    return np.stack(said)


def _out_of_fold(model: object, inputs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    classes = labels.max() + 1
    out = np.empty((len(labels), classes), np.float32)
    for learn, judge in StratifiedKFold(5, shuffle=True, random_state=0).split(labels, labels):
        out[judge] = model.fit(inputs[learn], labels[learn]).predict_proba(inputs[judge])
    return 0.99 * out + 0.01 / classes  # no model is sure: else the log loss of a season hangs on single rows
