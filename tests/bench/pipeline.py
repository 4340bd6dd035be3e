"""What the input pipeline costs: training on augmented batches against training on one batch held in memory.

python -m tests.bench.pipeline SLUG|PIXELS [SECONDS]: a competition with its own network and augmentation, or the photos of
dogs-vs-cats at that size with a MobileNetV2 (0.35) and the augmentation of tests/bench/photos; for these also what the
first epoch takes, with its decoding. Alternates three times and prints the ratios of the rates.
"""

import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kit import paths
from kit.config import Config
from kit.data import cache
from kit.learn import device, networks
from kit.learn.fit import loop
from kit.learn.fit.callback import take_average
from kit.learn.input import loader
from kit.learn.input.augmenter import Source
from kit.learn.input.samples import samples
from kit.learn.networks import pretrained
from kit.learn.settings import resolve_settings
from kit.plugins import load
from kit.targets import Classes
from tests.bench.decoded import decode, photos
from tests.bench.ratios import alternated, ratio, spread, timed

PHOTOS = Path(__file__).parent / "photos"
COUNT = 512
TIMES = 3
WARMUP = 5  # batches


def _rate(model: keras.Model, batches: Iterator[Any], batch: int, seconds: float) -> float:
    """Images per second of fit, the first batches not counted."""
    clock = _Clock(seconds)
    model.fit(batches, steps_per_epoch=1_000_000, shuffle=False, verbose=0, callbacks=[clock])
    if model.optimizer.use_ema:
        take_average(model)  # or the next fit finds one array in two variables
    return clock.batches * batch / clock.took


class _Clock(keras.callbacks.Callback):
    """Ends a fit after some seconds. Looks before a batch: if asked after one, Keras would wait until it is computed."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.batches, self.took = seconds, -WARMUP, 0.0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.batches += 1
        if self.batches == 1:
            self.started = time.monotonic()
        self.model.stop_training = self.batches > 0 and time.monotonic() - self.started > self.seconds

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.took = time.monotonic() - self.started


def flow(loaded: loader.Loader, labels: np.ndarray, batch: int) -> Iterator[Any]:
    """Augmented images and one-hot labels, epoch after epoch."""
    one_hot = np.eye(labels.max() + 1, dtype=np.float32)
    rng = np.random.default_rng(0)
    full = len(labels) // batch * batch
    orders = ((epoch, rng.permutation(len(labels))[:full]) for epoch in itertools.count())
    jobs, ahead = itertools.tee((epoch, rows) for epoch, order in orders for rows in order.reshape(-1, batch))
    loading = loaded.stream((epoch, samples("train", rows)) for epoch, rows in ahead)
    for (_, rows), images in zip(jobs, loading, strict=True):
        yield images, one_hot[labels[rows]]


def _measure(
    model: keras.Model, source: Source, labels: np.ndarray, config: Config, seconds: float, **also: Any
) -> dict[str, list[float]]:
    with loader.open_loader(source, config.workers) as loaded:
        flowing = flow(loaded, labels, config.batch_size)
        first = next(flowing)
        kinds = {"real": flowing, "held": (first for _ in itertools.count())}
        rates = {kind: partial(_rate, model, batches, config.batch_size, seconds) for kind, batches in kinds.items()}
        return alternated(rates | also, TIMES)


def competition(slug: str, seconds: float) -> None:
    plugin = load(slug)
    config, _ = resolve_settings(plugin, {}, {}, ())
    where = paths.data(slug)
    train = cache.load(plugin, where).train
    with device.training_scope(config):
        model = networks.NETWORKS[config.backbone].build(plugin.image_shape, len(plugin.target.columns), config)
    loop.compile_model(model, plugin.target, config, 10_000, loop.Stage(1, config.batch_size))
    rates = _measure(model, Source({"train": train.images}, plugin.folder, config, 0), train.labels, config, seconds)
    _print(f"{slug}, {plugin.image_shape[0]} px, {config.backbone}", rates)


def trainable(base: keras.Model, config: Config) -> keras.Model:
    """A backbone for images 0 to 255 with a head for two classes, compiled."""
    rescaling = keras.layers.Rescaling(1 / 127.5, -1.0)
    model = keras.Sequential([keras.Input(base.input_shape[1:]), rescaling, base, keras.layers.Dense(2)])
    loop.compile_model(model, Classes(("cat", "dog")), config, 10_000, loop.Stage(1, config.batch_size))
    return model


def photographs(size: int, seconds: float) -> None:
    paths = photos(COUNT)
    config = replace(Config(), batch_size=32, learning_rate=0.01)
    base = pretrained.build("mobilenet_v2_0.35", "none", size)
    base.trainable = True
    model = trainable(base, config)
    with tempfile.TemporaryDirectory() as folder:
        pixels = Path(folder) / "train.npy"
        decoding = timed(lambda: decode(paths, size, pixels))
        decoding()
        source = Source({"train": np.load(pixels, mmap_mode="r")}, PHOTOS, config, 0)
        labels = np.arange(len(paths)) % 2
        rates = _measure(model, source, labels, config, seconds, decoding=decoding)
    name = f"photos, {size} px, MobileNetV2 0.35"
    _print(name, rates)
    first = [1 + real / decoded for real, decoded in zip(rates["real"], rates["decoding"], strict=True)]
    print(f"first epoch ÷ later ones, {name}: {spread(first)}; decoded {spread(rates['decoding'], '.0f')} images/s")


def _print(name: str, rates: dict[str, list[float]]) -> None:
    pairs = " ".join(f"{a:.0f}/{b:.0f}" for a, b in zip(rates["real"], rates["held"], strict=True))
    print(f"pipeline ÷ memory, {name}: {ratio(rates['real'], rates['held'])}; images/s {pairs}")


if __name__ == "__main__":
    kind, *rest = sys.argv[1:]
    pace = float(rest[0]) if rest else 20.0
    photographs(int(kind), pace) if kind.isdigit() else competition(kind, pace)
