"""Augmented batches from worker processes: the cache is read where it lies, and each sample's pixels depend only on
(seed, epoch, sample), whatever the number of workers.

Processes, not threads: on 32-pixel images two threads under the GIL are slower than one plain loop, while two processes
reach 1.5 times its rate. Batches come back through shared memory: at 224 pixels that is four times as fast as pickling
them. This module must not import keras: every worker would pay for it.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from functools import partial

import numpy as np

from kit.errors import DataError, KitError
from kit.learn.input.augmenter import Augmenter, Source, open_source
from kit.learn.input.shared_memory import Shape, Slots
from kit.runs import environment

Job = tuple[int, np.ndarray]  # an epoch, and a batch of samples (kit.learn.input.samples)
MAX_WORKERS = 16  # workers, unless told: 8 of them let an H200 wait


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


def _work(epoch: int, samples: np.ndarray, size: int, slot: int) -> Shape:
    """Puts the batch into the slot; its shape."""
    if isinstance(_augmenter, KitError):
        raise _augmenter
    batch = _augmenter.batch(epoch, samples, size)
    _slots.put(slot, batch)
    return batch.shape


class Loader:
    """Turns batches of samples into augmented images in order, a bounded number ahead of the consumer."""

    def __init__(self, source: Source, pool: ProcessPoolExecutor | None, slots: Slots, ahead: int) -> None:
        self._pool, self._slots, self._ahead = pool, slots, ahead
        self._here = open_source(source) if pool is None else None

    def batches(self, epoch: int, batches: list[np.ndarray], size: int = 0) -> Iterator[np.ndarray]:
        """Of one epoch, as `stream` gives them."""
        yield from self.stream(((epoch, samples) for samples in batches), size)

    def stream(self, jobs: Iterable[Job], size: int = 0) -> Iterator[np.ndarray]:
        """Yields the augmented images, uint8 (N, H, W, C), of each (epoch, samples), with `size` pixels on the shorter side; 0:
        as they are cached. Workers go on into the next epoch while the training does what comes between two, so that neither
        waits for the other.

        Raises DataError if a worker dies or an image fails.
        """
        if self._here is not None:
            yield from (self._here.batch(epoch, samples, size) for epoch, samples in jobs)
            return
        waiting: deque[tuple[int, Future[Shape]]] = deque()
        try:
            for epoch, samples in jobs:
                waiting.append(self._submit(epoch, samples, size))
                if len(waiting) > self._ahead:
                    yield self._receive(*waiting.popleft())
            while waiting:
                yield self._receive(*waiting.popleft())
        finally:
            for slot, future in waiting:
                future.cancel()
                future.add_done_callback(partial(self._slots.release, slot))  # until then a worker may write to it

    def _submit(self, epoch: int, samples: np.ndarray, size: int) -> "tuple[int, Future[Shape]]":
        if self._pool is None:
            raise RuntimeError("no pool")
        slot = self._slots.acquire()
        try:
            return slot, self._pool.submit(_work, epoch, samples, size, slot)
        except BrokenProcessPool:
            raise _dead() from None

    def _receive(self, slot: int, future: "Future[Shape]") -> np.ndarray:
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
def open_loader(source: Source, workers: int) -> Iterator[Loader]:
    """A loader with that many worker processes, stopped when the block ends.

    -1: as many as cores but one, 1 to 16, since the training itself wants a core; 0: none, in this process.
    """
    count = min(MAX_WORKERS, max(1, environment.usable_cores() - 1)) if workers < 0 else workers
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
