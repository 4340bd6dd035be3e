"""Do training and test images come from the same place? Adversarial validation: a classifier tries to tell them apart."""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from kit.data import holdout
from kit.data.cache import CachedSplit, Dataset
from kit.data.deal_groups import deal_groups
from kit.errors import DataError
from kit.learn.input.resize import resize
from kit.metrics import METRICS
from kit.metrics.standard_errors import standard_error
from kit.report.render import html, images
from kit.targets import Classes

MAX_IMAGES = 4000  # images of each part, drawn at random
FOLDS = 5
SIDE = 8
NOTICEABLE = 0.55
MIN_IMAGES = 50
SHOWN = 12


@dataclass(frozen=True)
class Shift:
    """auc: area under the ROC curve of telling test from train, cross-validated: 0.5 if they cannot be told apart, 1 if always.
    error: its standard error. rows: int64 (M,), rows of train; likeness: float (M,), their probability to be test images.
    """

    auc: float
    error: float
    rows: np.ndarray
    likeness: np.ndarray

    @property
    def noticeable(self) -> bool:
        return self.auc - 2 * self.error > 0.5 and self.auc > NOTICEABLE


def features(pictures: np.ndarray) -> np.ndarray:
    """float32 (N, D) of uint8 (N, H, W, C): the image at 8x8 pixels, and of each channel mean, deviation and sharpness."""
    rows = []
    for image in pictures:
        small = resize(image[None], SIDE).ravel()
        pixels = image.reshape(-1, image.shape[2]).astype(np.float32)
        steps = np.abs(np.diff(image.astype(np.float32), axis=1)).mean((0, 1))
        rows.append(np.concatenate([small, pixels.mean(0), pixels.std(0), steps]))
    return np.asarray(rows, np.float32)


def measure(data: Dataset) -> Shift:
    """Identical images are taken once; unreadable ones and held-out training images (kit.data.holdout) not at all.

    Raises DataError for fewer than 50 images of a part. The error is that of Hanley and McNeil 1982 ("The meaning and use of
    the area under a ROC curve"). Groups are kept whole by the folds, and the error is then one over groups.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    own = ~holdout.is_held_out(data.test.ids)
    train, test = _sample_rows(data.train, data.train.readable), _sample_rows(data.test, data.test.readable & own)
    if min(len(train), len(test)) < MIN_IMAGES:
        raise DataError(
            f"too few different {'images' if data.train.images.size else 'rows'} to compare train and test",
            received=f"{len(train)} and {len(test)}",
            expected=f"{MIN_IMAGES} of each",
        )
    values = np.concatenate([_describe(data.train, train), _describe(data.test, test)])
    is_test = np.repeat([0, 1], [len(train), len(test)])
    linear_model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300, tol=1e-3))
    model = linear_model if data.train.images.size else HistGradientBoostingClassifier(max_iter=50, random_state=0)
    units = np.concatenate([data.train.groups[train], data.test.groups[test] + data.train.groups.max() + 1])
    alone = len(np.unique(units)) == len(units)
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=0) if alone else _split_groups(units, is_test)
    with threadpool_limits(1):
        probabilities = cross_val_predict(model, values, is_test, cv=splits, method="predict_proba")[:, 1]
    auc = float(roc_auc_score(is_test, probabilities))
    error = _error(auc, len(train), len(test))
    if not alone:
        error = standard_error(METRICS["auc"], is_test, np.stack([1 - probabilities, probabilities], axis=1), units)
    return Shift(auc, error, train, probabilities[: len(train)])


def _split_groups(units: np.ndarray, is_test: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    fold = deal_groups(units, Classes(("train", "test")), is_test, [1 / FOLDS] * FOLDS, 0)
    return [(np.flatnonzero(fold != one), np.flatnonzero(fold == one)) for one in np.unique(fold)]


def _describe(split: CachedSplit, rows: np.ndarray) -> np.ndarray:
    """float32 (len(rows), D): what is told apart, images by simple features, rows without them by their columns."""
    return features(split.images[rows]) if split.images.size else split.table[rows]


def _sample_rows(split: CachedSplit, allowed: np.ndarray) -> np.ndarray:
    """Rows, sorted: at most MOST of those `allowed` (bool), no two with the same pixels."""
    rows = np.flatnonzero(allowed)
    first = rows[np.unique(split.same_pixels[rows], return_index=True)[1]]
    return np.sort(np.random.default_rng(0).permutation(first)[:MAX_IMAGES])


def _error(auc: float, negative: int, positive: int) -> float:
    pairs = (positive - 1) * (auc / (2 - auc) - auc**2) + (negative - 1) * (2 * auc**2 / (1 + auc) - auc**2)
    return float(np.sqrt(max(auc * (1 - auc) + pairs, 0) / (negative * positive)))


def section(data: Dataset) -> str:
    measured = measure(data)
    if measured.noticeable:
        verdict = "They can: scores out of fold may not carry over to the test data."
    else:
        verdict = "They cannot, by what this sees."
    images_seen = bool(data.train.images.size)
    named, tried = (
        ("images", "A logistic regression on 8x8 pixels, colour and sharpness")
        if images_seen
        else ("rows", "Gradient boosting on the columns")
    )
    words = (
        f"Can train and test {named} be told apart? {tried} tries it, "
        f"cross-validated on {len(measured.rows):,} training {named} and as many test {named} or fewer. "
    )
    card = [("AUC", f"{measured.auc:.3f}", f"± {measured.error:.3f}, chance 0.5")]
    alike = _alike(data, measured) if measured.noticeable and images_seen else ""
    return html.paragraph(words + verdict) + html.cards(card) + alike


def _alike(data: Dataset, shift: Shift) -> str:
    order = np.argsort(-shift.likeness, kind="stable")
    sheets = []
    for title, chosen in (("Most like the test images", order[:SHOWN]), ("Least like them", order[::-1][:SHOWN])):
        tiles = []
        for place in chosen:
            row, sure = shift.rows[place], shift.likeness[place]
            name = data.train.ids[row]
            tiles.append(images.tile(data.train.images[row], f"{sure:.2f}<br>id {html.text(name)}", f"id {name}"))
        sheets.append(f"<h3>{title}</h3>" + images.grid(tiles, 5.5))
    return "".join(sheets)
