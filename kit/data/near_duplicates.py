"""Near-duplicates: the same picture once more, compressed, resized, cropped a little, brighter or darker.

Found in two steps. Each image's nearest neighbour is the one of largest cosine between thumbnails of 16x16 grey pixels, mean
removed: blind to size, brightness, contrast and compression, and a product of matrices, so 25,000 images against 37,500 take
seconds. Each such pair is then laid over each other (G. Evangelidis and E. Psarakis, "Parametric Image Alignment Using
Enhanced Correlation Coefficient Maximization", PAMI 2008) and their fine structure correlated, which two photographs of
similar things do not share.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from kit.data import groups, holdout
from kit.data.cache import CachedSplit, Dataset
from kit.data.readers import table
from kit.errors import DataError
from kit.files import write_csv
from kit.predictions import index_ids
from kit.progress import bar

COLUMNS = ("id", "other", "part", "similarity")
THUMBNAIL, FINE = 16, 64  # pixels per side
ALIKE = 0.8  # cosine of thumbnails from which on a pair is looked at more closely
SAME = 0.75  # correlation of fine structure: at least 0.9 of planted near-duplicates, at most 0.5 of different photos
BLOCK = 512  # images whose cosines with all others are in memory at a time
STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)  # of the alignment


@dataclass(frozen=True)
class Pair:
    """A training image, by its row, and one like it: a row of `part`. similarity: up to 1."""

    row: int
    other: int
    part: str
    similarity: float


def find(data: Dataset, least: float = SAME) -> list[Pair]:
    """Pairs within train, and of each test image with the training image most like it, most alike first.

    Each image names the one most like it: four alike may be two pairs. least: similarity from which on a pair is one. For
    drawings of a few strokes it must be higher than for photographs: any two written 1s lie over each other well.
    """
    train, test = _thumbnails(data.train, "train"), _thumbnails(data.test, "test")
    rows, cosines = _nearest(train, train, "alike in train", itself=False)
    pairs = {(min(row, other), max(row, other)) for row, other in enumerate(rows.tolist()) if cosines[row] >= ALIKE}
    within = [Pair(row, other, "train", 0) for row, other in sorted(pairs)]
    rows, cosines = _nearest(test, train, "alike in test", itself=True)
    across = [Pair(row, other, "test", 0) for other, row in enumerate(rows.tolist()) if cosines[other] >= ALIKE]
    looked_at = bar([*within, *across], label="look closely", unit="pair")
    measured = [replace(pair, similarity=_similarity(data, pair)) for pair in looked_at]
    return sorted((pair for pair in measured if pair.similarity >= least), key=lambda pair: -pair.similarity)


def _thumbnails(split: CachedSplit, name: str) -> np.ndarray:
    """float32 (N, 256), each of length 1; an image without any structure is all zeros, like nothing."""
    out = np.empty((len(split.ids), THUMBNAIL**2), np.float32)
    for row, image in enumerate(bar(split.images, total=len(out), label=f"shrink {name}", unit="image")):
        out[row] = _convert_to_gray(image, THUMBNAIL).ravel()
    out -= out.mean(1, keepdims=True)
    lengths = np.linalg.norm(out, axis=1, keepdims=True)
    return np.where(
        lengths > THUMBNAIL, out / np.maximum(lengths, 1e-6), 0
    )  # of less than a grey level per pixel: noise


def _convert_to_gray(image: np.ndarray, side: int) -> np.ndarray:
    """float32 (side, side), of uint8 (H, W, C): the mean of the channels where they are no colours."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.shape[-1] == 3 else image.mean(2).astype(np.uint8)
    return cv2.resize(gray, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)


def _nearest(queries: np.ndarray, among: np.ndarray, label: str, *, itself: bool) -> tuple[np.ndarray, np.ndarray]:
    """(the place in `among` of the one most like each query, their cosine). itself: whether it may be at the same place."""
    places, cosines = np.zeros(len(queries), np.int64), np.zeros(len(queries), np.float32)
    for rows in _blocks(len(queries), label):
        product = queries[rows] @ among.T
        if not itself:
            product[np.arange(len(product)), np.arange(rows.start, rows.stop)] = -1
        places[rows] = product.argmax(1)
        cosines[rows] = product.max(1)
    return places, cosines


def _blocks(count: int, label: str) -> Iterator[slice]:
    for start in bar(range(0, count, BLOCK), label=label, unit="block"):
        yield slice(start, min(start + BLOCK, count))


def _similarity(data: Dataset, pair: Pair) -> float:
    """Correlation of the fine structure of two images, as they are or one laid over the other, whichever is larger."""
    other_split = data.get_split(pair.part)
    image, other = data.train.images[pair.row], other_split.images[pair.other]
    side = min(FINE, *image.shape[:2])
    a, b = _convert_to_gray(image, side), _convert_to_gray(other, side)
    return max(_correlation(a, one) for one in (b, _align(a, b)))


def _align(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """b, moved and turned to where it looks most like a; as it is if no way is found."""
    try:
        _, warp = cv2.findTransformECC(a, b, np.eye(2, 3, dtype=np.float32), cv2.MOTION_AFFINE, STEPS)
    except cv2.error:
        return b
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(b, warp, a.shape, flags=flags, borderMode=cv2.BORDER_REFLECT)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    inner = slice(max(1, len(a) // 16), -max(1, len(a) // 16))  # without the border, which one of the two may lack
    x, y = _fine(a)[inner, inner].ravel(), _fine(b)[inner, inner].ravel()
    return float(x @ y / max(float(np.linalg.norm(x) * np.linalg.norm(y)), 1e-6))


def _fine(gray: np.ndarray) -> np.ndarray:
    """Without what is blurred away."""
    detail = gray - cv2.GaussianBlur(gray, (0, 0), len(gray) / 16)
    return np.asarray(detail - detail.mean())


def write(path: Path, data: Dataset, pairs: Sequence[Pair]) -> None:
    ids = {"train": data.train.ids, "test": data.test.ids}
    rows = ((ids["train"][one.row], ids[one.part][one.other], one.part, f"{one.similarity:.4f}") for one in pairs)
    write_csv(path, COLUMNS, rows)


def read(path: Path, data: Dataset) -> list[Pair]:
    """Without pairs of training images of which one was held out since. Raises DataError for a file that is missing or of
    other data.
    """
    held = holdout.training_ids(data.test.ids)
    row_of = {"train": index_ids(data.train.ids), "test": index_ids(data.test.ids)}
    try:
        return [
            Pair(row_of["train"][row["id"]], row_of[row["part"]][row["other"]], row["part"], float(row["similarity"]))
            for row in table(path, COLUMNS)
            if row["id"] not in held and not (row["part"] == "train" and row["other"] in held)
        ]
    except (KeyError, ValueError) as error:
        raise DataError(f"{path} is not of these images", received=error, do="kit review twins SLUG") from None


def group_pairs(data: Dataset, pairs: Sequence[Pair]) -> Dataset:
    """With a group, and so a fold, for all training images that are linked by pairs or identical."""
    links = [(data.train.groups[one.row], data.train.groups[one.other]) for one in pairs if one.part == "train"]
    if not links:
        return data
    own = data.train.groups
    joined = groups.number_linked(*np.concatenate([np.array(links).T, [own, own]], axis=1))
    return replace(data, train=replace(data.train, groups=joined[own]))
