"""Augmented batches from worker processes: the cache is read where it lies, and each sample's pixels depend only on
(seed, epoch, sample), whatever the number of workers.

Processes, not threads: on 32-pixel images two threads under the GIL are slower than one plain loop, while two processes
reach 1.5 times its rate. Batches come back through shared memory: at 224 pixels that is four times as fast as pickling
them. This module must not import keras: every worker would pay for it.
"""

import multiprocessing
import os
import random
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from kit.competition import load_folder
from kit.config import Config
from kit.errors import DataError, KitError
from kit.learn.input.augment import failed, resized, transform
from kit.learn.input.shared_memory import Shape, Slots

Job = tuple[int, np.ndarray]  # an epoch, and rows of a batch: int64
MOST = 16  # workers, unless told: 8 of them let an H200 wait


@dataclass(frozen=True)
class Source:
    """What a worker needs, by name: where the pixels lie and how they are augmented.

    images: .npy files of uint8 (N, H, W, C), whose rows are counted through. competition: the folder of the plug-in, None for
    no augmentation here but config.mirror.
    """

    images: tuple[Path, ...]
    competition: Path | None
    config: Config
    seed: int


@dataclass(frozen=True)
class Augmenter:
    """mirrored: bool (N,), which rows are shown mirrored in even epochs, the others being so in odd ones; None: never."""

    source: Source
    pixels: tuple[np.ndarray, ...]
    transform: Any
    mirrored: np.ndarray | None

    def batch(self, epoch: int, rows: np.ndarray, size: int = 0) -> np.ndarray:
        """The augmented images of `rows`, uint8 (len(rows), size, size, C); size 0: as large as they are cached."""
        out = np.empty((len(rows), *self.pixels[0].shape[1:]), dtype=np.uint8)
        for place, row in enumerate(rows):
            out[place] = self._augmented(epoch, int(row))
        return resized(out, size)

    def _augmented(self, epoch: int, row: int) -> np.ndarray:
        image = self._image(row)
        if self.mirrored is not None and self.mirrored[row] == (epoch % 2 == 0):
            image = np.ascontiguousarray(image[:, ::-1])
        folder = self.source.competition
        if self.transform is None or folder is None:
            return image
        try:
            self.transform.set_random_state(*_generators(self.source.seed, epoch, row))
            image = self.transform(image=image)["image"]
        except Exception as error:
            raise failed(folder, error, received=f"{image.dtype} {image.shape}") from error
        if image.dtype != np.uint8 or image.shape != self.pixels[0].shape[1:]:
            raise DataError(
                "augment changed the kind of the images; networks rescale inside",
                received=f"{image.dtype} {image.shape}",
                expected=f"uint8 {self.pixels[0].shape[1:]}, values 0 to 255",
            )
        return np.asarray(image)

    def _image(self, row: int) -> np.ndarray:
        for pixels in self.pixels:
            if row < len(pixels):
                return np.asarray(pixels[row])
            row -= len(pixels)
        raise IndexError(f"row {row} behind the last image")


def _generators(seed: int, epoch: int, row: int) -> tuple[np.random.Generator, random.Random]:
    """Both kinds that albumentations draws from. Philox counts instead of mixing: seeding it is half the price of others."""
    counted = np.random.Generator(np.random.Philox(key=(seed << 24 | epoch, row)))
    return counted, random.Random(seed << 56 | epoch << 32 | row)  # noqa: S311


def open_source(source: Source) -> Augmenter:
    pixels = tuple(np.load(path, mmap_mode="r", allow_pickle=False) for path in source.images)
    rows = sum(map(len, pixels))
    mirrored = np.random.default_rng([source.seed, rows]).random(rows) < 0.5 if source.config.mirror else None
    return Augmenter(source, pixels, _transform(source), mirrored)


def _transform(source: Source) -> Any:
    if source.competition is None:
        return None
    competition = load_folder(source.competition)
    try:
        return transform(competition, source.config)
    except Exception as error:
        raise failed(source.competition, error) from error


_augmenter: Augmenter | KitError  # of this worker process, as are its slots
_slots: Slots


def _start_worker(source: Source, slots: Slots) -> None:
    global _augmenter, _slots
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its workers itself
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(0)  # one core per worker: the others belong to its siblings and to the training
    _slots = slots
    try:
        _augmenter = open_source(source)
    except KitError as error:  # raised here it would only break the pool
        _augmenter = error
    # Only now: workers fill the gaps of the training; where one takes a core away, every thread of an op waits.
    os.nice(19)


def _end_with_parent() -> None:
    """A killed parent cannot end its workers: they end themselves, so that none is left behind."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(epoch: int, rows: np.ndarray, size: int, slot: int) -> Shape:
    """Puts the batch into the slot; its shape."""
    if isinstance(_augmenter, KitError):
        raise _augmenter
    batch = _augmenter.batch(epoch, rows, size)
    _slots.put(slot, batch)
    return batch.shape


class Loader:
    """Turns batches of rows into augmented images in order, a bounded number ahead of the consumer."""

    def __init__(self, source: Source, pool: ProcessPoolExecutor | None, slots: Slots, ahead: int) -> None:
        self._pool, self._slots, self._ahead = pool, slots, ahead
        self._here = open_source(source) if pool is None else None

    def batches(self, epoch: int, batches: list[np.ndarray], size: int = 0) -> Iterator[np.ndarray]:
        """Of one epoch: yields uint8 (n, size, size, C) per entry of `batches`; size 0: as large as the images are cached.

        Raises DataError if a worker dies or an image fails.
        """
        for _, _, images in self.stream(((epoch, rows) for rows in batches), size):
            yield images

    def stream(self, jobs: Iterable[Job], size: int = 0) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Yields (epoch, rows, images) per (epoch, rows), as `batches` does. Workers go on into the next epoch while the
        training does what comes between two, so that neither waits for the other.
        """
        if self._here is not None:
            yield from ((epoch, rows, self._here.batch(epoch, rows, size)) for epoch, rows in jobs)
            return
        waiting: deque[tuple[Job, int, Future[Shape]]] = deque()
        try:
            for epoch, rows in jobs:
                waiting.append(((epoch, rows), *self._submit(epoch, rows, size)))
                if len(waiting) > self._ahead:
                    (epoch, rows), slot, future = waiting.popleft()
                    yield epoch, rows, self._arrived(slot, future)
            while waiting:
                (epoch, rows), slot, future = waiting.popleft()
                yield epoch, rows, self._arrived(slot, future)
        finally:
            for _, slot, future in waiting:
                future.cancel()
                future.add_done_callback(partial(self._slots.release, slot))  # until then a worker may write to it

    def _submit(self, epoch: int, rows: np.ndarray, size: int) -> "tuple[int, Future[Shape]]":
        if self._pool is None:
            raise RuntimeError("no pool")
        slot = self._slots.acquire()
        try:
            return slot, self._pool.submit(_work, epoch, rows, size, slot)
        except BrokenProcessPool:
            raise _dead() from None

    def _arrived(self, slot: int, future: "Future[Shape]") -> np.ndarray:
        try:
            batch = self._slots.take(slot, future.result())
        except BrokenProcessPool:
            raise _dead() from None
        self._slots.release(slot)
        return batch


def _dead() -> DataError:
    return DataError(
        "an augmentation worker died (out of memory, or a crash in the augmentation)",
        do="go on with `kit train --resume RUN`, with --set workers=0 to see the crash itself",
    )


@contextmanager
def loader(source: Source, workers: int) -> Iterator[Loader]:
    """A loader with that many worker processes, stopped when the block ends.

    -1: as many as cores but one, 1 to 16, since the training itself wants a core; 0: none, in this process.
    """
    count = min(MOST, max(1, len(os.sched_getaffinity(0)) - 1)) if workers < 0 else workers
    with closing(Slots()) as slots:
        if count == 0:
            yield Loader(source, None, slots, 0)
            return
        spawning = multiprocessing.get_context("spawn")  # never fork: a forked TensorFlow deadlocks
        pool = ProcessPoolExecutor(count, mp_context=spawning, initializer=_start_worker, initargs=(source, slots))
        try:
            with suppress(BrokenProcessPool):  # which the first batch will tell
                for _ in range(count):
                    pool.submit(os.getpid)  # each starts a worker, while the network is built
            yield Loader(source, pool, slots, ahead=count + min(count, 4))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
