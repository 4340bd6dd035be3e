"""What is predicted of images, in pieces that fit in memory, averaged over TTA views."""

from collections.abc import Sequence

import keras
import numpy as np

from kit.competition import View
from kit.data.cache import CachedSplit
from kit.learn.input.resize import resize, scale_sides
from kit.learn.input.views import available
from kit.learn.member import Member
from kit.learn.networks import columns, weights
from kit.learn.networks.batchnorm import fold_batchnorm
from kit.learn.predict import tta
from kit.learn.recipe import Predictor
from kit.progress import bar
from kit.targets import Target

# Pixels of a batch that is predicted: 256 images up to 90 pixels wide, 32 of 256. MobileNetV2 takes 0.6 GiB for it.
PIXELS_PER_BATCH = 2**21


def predictor(model: keras.Model, member: Member, size: int) -> Predictor:
    """A function (part, rows, views, label of the bar) -> probabilities, float32 (len(rows), C), by the trained member.

    model: its network; size: the pixels per side that it wants, 0 for as they are cached.
    """
    weights.load(model, member.folder / weights.WEIGHTS)
    fold_batchnorm(model)

    def run(split: CachedSplit, rows: np.ndarray, views: tuple[str, ...], label: str) -> np.ndarray:
        seen, average = [available(member.competition)[name] for name in views], member.config.average
        target = member.competition.target
        return predict(model, target, split, rows, seen, average=average, size=size, label=label)

    return run


def logits(
    model: keras.Model, split: CachedSplit, rows: np.ndarray, view: View, batch_size: int, size: int = 0
) -> np.ndarray:
    """float32 (len(rows), classes), those rows seen by one view. size: pixels per side of what the model sees; 0: as cached."""
    pieces = []
    for start in range(0, len(rows), batch_size):
        piece = rows[start : start + batch_size]

        def see(piece: np.ndarray = piece) -> np.ndarray:
            return _fill(resize(view(split.images[piece]), size), batch_size)

        seen = columns.gather(model, _fill(split.table[piece], batch_size), see)
        pieces.append(np.asarray(model.predict_on_batch(seen))[: len(piece)])
    return np.concatenate(pieces)


def _fill(batch: np.ndarray, size: int) -> np.ndarray:
    """With zeros at its end: one batch shape, so one compiled graph."""
    missing = size - len(batch)
    return np.concatenate([batch, np.zeros((missing, *batch.shape[1:]), batch.dtype)]) if missing else batch


def predict(
    model: keras.Model,
    target: Target,
    split: CachedSplit,
    rows: np.ndarray,
    views: Sequence[View],
    *,
    average: str,
    size: int = 0,
    label: str,
) -> np.ndarray:
    """Averaged over views as kit.learn.predict.tta.average does, float32 (len(rows), K)."""
    height, width = scale_sides(split.images.shape[1], split.images.shape[2], size)
    batch_size = choose_batch_size(height * width)
    out = np.empty((len(rows), model.output_shape[-1]), dtype=np.float32)
    with bar(total=len(rows) * len(views), label=label, unit="row") as shown:
        for start in range(0, len(rows), 16 * batch_size):
            piece = rows[start : start + 16 * batch_size]
            by_view = []
            for view in views:
                by_view.append(target.activate(logits(model, split, piece, view, batch_size, size)))
                shown.update(len(piece))
            out[start : start + len(piece)] = tta.average(target, np.stack(by_view), average)
    return out


def choose_batch_size(pixels: int) -> int:
    """How many images of so many pixels are predicted in one batch: a network's memory grows with both."""
    return int(2 ** np.clip(np.floor(np.log2(PIXELS_PER_BATCH / max(pixels, 1))), 3, 8))
