"""What the input pipeline costs: training on augmented batches against training on one batch held in memory.

python -m tests.bench.pipeline SLUG [SECONDS]: alternates both three times and prints the ratio of the rates.
"""

import itertools
import statistics
import sys
import time

import numpy as np

from kit import places
from kit.cli.train import resolved
from kit.competition import load
from kit.data import cache
from kit.learn import loader, networks, training


def _rate(model, batches, seconds: float) -> float:
    """Images per second of train_on_batch, the first batches not counted."""
    for _ in range(3):
        model.train_on_batch(*next(batches))
    started, images = time.monotonic(), 0
    while time.monotonic() - started < seconds:
        x, y = next(batches)
        model.train_on_batch(x, y)
        images += len(x)
    return images / (time.monotonic() - started)


def main(slug: str, seconds: float = 20.0) -> None:
    competition = load(slug)
    config, _ = resolved(competition, {}, {}, ())
    where = places.data(slug)
    data = cache.load(competition, where)
    model = networks.build(competition.image_shape, len(competition.classes), config)
    training.compile_model(model, config, 10_000, training.Stage(1, config.batch_size))
    rng = np.random.default_rng(0)
    one_hot = np.eye(len(competition.classes), dtype=np.float32)
    source = loader.Source((where.cache / "train.npy",), competition.folder, config, 0)
    with loader.loader(source, config.workers) as loaded:

        def real():
            for epoch in itertools.count():
                order = rng.permutation(len(data.train.labels))
                rows = np.array_split(order, len(order) // config.batch_size)
                rows = [piece[: config.batch_size] for piece in rows]
                for piece, images in zip(rows, loaded.batches(epoch, rows), strict=True):
                    yield images, one_hot[data.train.labels[piece]]

        flowing = real()
        held = itertools.repeat(next(flowing))
        pairs = [(_rate(model, flowing, seconds), _rate(model, held, seconds)) for _ in range(3)]
    ratios = sorted(a / b for a, b in pairs)
    rates = " ".join(f"{a:.0f}/{b:.0f}" for a, b in pairs)
    print(f"pipeline {slug}: {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f}); images/s {rates}")


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:]))
