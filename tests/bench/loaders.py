"""How fast augmented images arrive: python -m tests.bench.loaders WORKERS ... [--peers].

The same augmentation at 32 and at 224 pixels by kit.learn.input.loader, with each number of workers. --peers: with the last
of them also by keras.utils.PyDataset with processes, and by grain if it can be imported. All run on in turn, epoch after
epoch. The images are random, which augmentation does not mind.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np

from kit.config import Config
from kit.learn.input.augmenter import Augmenter, Source, open_source
from kit.learn.input.loader import open_loader
from kit.learn.input.samples import samples
from kit.plugins import BUILT_IN
from tests.bench.ratios import alternated, ratio, spread, timed

PHOTOS = Path(__file__).parent / "photos"
SIZES = {32: (128, 25_600, BUILT_IN / "cifar-10"), 224: (32, 1_024, PHOTOS)}  # pixels: batch, images, augmentation
TIMES = 5


@dataclass(frozen=True)
class Job:
    source: Source
    images: int
    batch: int

    def rows(self, epoch: int) -> list[np.ndarray]:
        return list(samples("train", np.random.default_rng(epoch).permutation(self.images)).reshape(-1, self.batch))

    @cached_property
    def augmenter(self) -> Augmenter:
        """Opened in the process that first asks."""
        return open_source(self.source)

    def batch_at(self, place: int) -> np.ndarray:
        epoch, number = divmod(place, self.images // self.batch)
        return self.augmenter.batch(epoch, self.rows(epoch)[number])

    def image_at(self, row: int) -> np.ndarray:
        return self.augmenter.batch(0, samples("train", np.array([row])))[0]


def kit(job: Job, workers: int, stack: ExitStack) -> Iterator[np.ndarray]:
    loaded = stack.enter_context(open_loader(job.source, workers))
    return (batch for epoch in count() for batch in loaded.batches(epoch, job.rows(epoch)))


def py_dataset(job: Job, workers: int, stack: ExitStack) -> Iterator[np.ndarray]:
    import keras
    from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter

    class Batches(keras.utils.PyDataset):
        def __getitem__(self, place: int) -> np.ndarray:
            return job.batch_at(place)

        num_batches = None  # without end, so that its processes start once, not once an epoch as in fit

    adapter = PyDatasetAdapter(Batches(workers=workers, use_multiprocessing=True, max_queue_size=2 * workers))
    stack.callback(lambda: adapter.enqueuer.stop())
    return (batch for (batch,) in adapter.get_numpy_iterator())


def grain(job: Job, workers: int, stack: ExitStack) -> Iterator[np.ndarray]:
    import grain
    from absl import flags

    flags.FLAGS.mark_as_parsed()
    images = grain.MapDataset.range(job.images).seed(0).shuffle().repeat().map(job.image_at).batch(job.batch)
    options = grain.multiprocessing.MultiprocessingOptions(num_workers=workers, per_worker_buffer_size=2)
    return iter(images.to_iter_dataset().mp_prefetch(options))


def _flows(job: Job, workers: list[int], peers: bool, stack: ExitStack) -> dict[str, Iterator[np.ndarray]]:
    """The peers first: PyDataset forks, which is safe only as long as no other loader has started threads."""
    flows: dict[str, Any] = {}
    for peer in (py_dataset, grain) if peers else ():
        try:
            flows[peer.__name__] = peer(job, workers[-1], stack)
        except ImportError as missing:
            print(f"no {peer.__name__}: {missing}", file=sys.stderr)
            continue
        next(flows[peer.__name__])
    flows |= {f"{number} workers": kit(job, number, stack) for number in workers}
    for flow in flows.values():
        list(islice(flow, 4))
    return flows


def measure(size: int, workers: list[int], peers: bool) -> None:
    batch, images, augmentation = SIZES[size]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        pixels = np.random.default_rng(0).integers(0, 256, (images, size, size, 3), dtype=np.uint8)
        np.save(Path(folder) / "train.npy", pixels)
        job = Job(
            Source({"train": np.load(Path(folder) / "train.npy", mmap_mode="r")}, augmentation, Config(), 0),
            images,
            batch,
        )
        flows = _flows(job, workers, peers, stack)
        runs = {
            name: timed(lambda flow=flow: sum(map(len, islice(flow, images // batch)))) for name, flow in flows.items()
        }
        rates = alternated(runs, TIMES)
    first, last = (f"{number} workers" for number in (workers[0], workers[-1]))
    for name, values in rates.items():
        base = first if name.endswith("workers") else last
        against = f", {ratio(values, rates[base])} of kit with {base}" if name != base else ""
        print(f"loader {size} px, {name}: {spread(values, '.0f')} images/s{against}")


def main(words: list[str]) -> None:
    for size in SIZES:
        measure(size, [int(word) for word in words if word.isdigit()], "--peers" in words)


if __name__ == "__main__":
    from tests.bench import loaders  # not as __main__, whose classes no worker of grain could import

    loaders.main(sys.argv[1:])
