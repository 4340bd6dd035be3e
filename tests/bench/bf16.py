"""What oneDNN's bfloat16 mathematics does to features on a CPU: python -m tests.bench.bf16 BACKBONE WEIGHTS ...

Two processes, one of them with TF_SET_ONEDNN_FPMATH_MODE=BF16, compute the features of dogs-vs-cats chunk by chunk in turn.
Heads are fitted on the float32 features of four folds and judge the fifth, by the features of either process.
"""

import os
import sys
import tempfile
import time

import numpy as np

from kit import linear, paths
from kit.data import cache, folds
from kit.plugins import load
from kit.targets.links import softmax
from tests.bench.ratios import alternated, ratio, spread
from tests.bench.serving import Served, serve

SIZE, BATCH, CHUNK = 256, 32, 256
MODES = {"float32": {}, "bfloat16": {"TF_SET_ONEDNN_FPMATH_MODE": "BF16"}}
STRENGTHS = (0.003, 0.01, 0.03, 0.1)


def side(backbone: str, weights: str, out: str) -> None:
    """Computes the next chunk for each line of stdin and answers with the images per second; writes all when it ends."""
    from kit.learn.networks import pretrained

    images = cache.load(load("dogs-vs-cats"), paths.data("dogs-vs-cats")).train.images
    model = pretrained.extractor(backbone, weights, SIZE)
    model.predict_on_batch(pretrained.prepare(images[:BATCH], backbone, SIZE))
    found: list[np.ndarray] = []

    def chunk(start: str) -> float:
        rows = np.arange(int(start), min(int(start) + CHUNK, len(images)))
        started = time.monotonic()
        for chosen in np.array_split(rows, range(BATCH, len(rows), BATCH)):
            padded = np.resize(chosen, BATCH)  # one shape, one compiled graph
            batch = pretrained.prepare(images[padded], backbone, SIZE)
            found.append(np.asarray(model.predict_on_batch(batch))[: len(chosen)])
        return len(rows) / (time.monotonic() - started)

    serve(chunk)
    np.save(out, np.concatenate(found))


def compared(backbone: str, weights: str, rows: int) -> tuple[dict[str, list[float]], dict[str, np.ndarray]]:
    """(images per second, features float32 (rows, D)) of both modes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.bf16", "--serve", backbone, weights]
        sides = {
            mode: Served([*command, f"{folder}/{mode}.npy"], env={**os.environ, **extra})
            for mode, extra in MODES.items()
        }
        starts = range(0, rows, CHUNK)
        waiting = {mode: iter(starts) for mode in sides}
        asked = {mode: lambda mode=mode: sides[mode].ask(str(next(waiting[mode]))) for mode in sides}
        rates = alternated(asked, len(starts))
        for side in sides.values():
            side.close()
        return rates, {mode: np.load(f"{folder}/{mode}.npy") for mode in sides}


def _judged(
    plain: np.ndarray, fast: np.ndarray, labels: np.ndarray, dealt: np.ndarray, strength: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Out-of-fold probabilities (N, 2): float32; bfloat16 through the heads of float32; heads and features of bfloat16."""
    out = np.empty((3, len(labels), 2))
    for fold in np.unique(dealt):
        learn, judged = dealt != fold, dealt == fold
        for place, (fitted, shown) in enumerate(((plain, plain), (plain, fast), (fast, fast))):
            mean, scale = fitted[learn].mean(0), fitted[learn].std(0) + 1e-9
            kernel, bias = linear.fit((fitted[learn] - mean) / scale, labels[learn], 2, strength=strength)
            out[place, judged] = softmax((shown[judged] - mean) / scale @ kernel + bias)
    return tuple(out)


def _loss(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float(-np.log(probabilities[np.arange(len(labels)), labels].clip(1e-6)).mean())


def _print(name: str, judged: list[np.ndarray], labels: np.ndarray) -> None:
    plain, *others = judged
    for way, other in zip(("same heads", "own heads"), others, strict=True):
        gap = np.abs(plain - other)[:, 0]
        print(
            f"bf16 {name}, {way}: difference in probabilities max {gap.max():.1e}, mean {gap.mean():.1e}, "
            f"{(gap > 1e-3).mean():.1%} of {len(labels)} rows over 1e-3; log loss {_loss(plain, labels):.4f} -> "
            f"{_loss(other, labels):.4f}, {(plain.argmax(1) != other.argmax(1)).sum()} other answers"
        )


def main(words: list[str]) -> None:
    where = paths.data("dogs-vs-cats")
    train = cache.load(load("dogs-vs-cats"), where).train
    dealt, kept = folds.read(where.folds, train.ids), []
    for backbone, weights in zip(words[::2], words[1::2], strict=True):
        rates, found = compared(backbone, weights, len(train.labels))
        both = found["float32"], found["bfloat16"], train.labels, dealt
        kept.append(min((_judged(*both, strength) for strength in STRENGTHS), key=lambda p: _loss(p[0], train.labels)))
        print(
            f"bf16 {backbone}, {SIZE} px: rate ÷ float32 {ratio(rates['bfloat16'], rates['float32'])}; "
            f"images/s {spread(rates['bfloat16'], '.0f')} and {spread(rates['float32'], '.0f')}"
        )
        _print(backbone, kept[-1], train.labels)
    _print("mean of all", list(np.mean(kept, axis=0)), train.labels)


if __name__ == "__main__":
    side(*sys.argv[2:]) if sys.argv[1] == "--serve" else main(sys.argv[1:])
