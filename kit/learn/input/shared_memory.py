"""Arrays from worker processes to their parent through memory that they share: no pickling, no pipe, one copy each way."""

import itertools
import os
from collections import deque
from multiprocessing.reduction import DupFd
from typing import Any

import numpy as np

from kit.errors import DataError

Shape = tuple[int, ...]
STRIDE = 1 << 31  # bytes from slot to slot; Linux writes no more at once than that less a page


class Slots:
    """Numbered places for arrays, in a file in memory that a process inherits when it is spawned with this as an argument.

    The file has no name and ends with the last process that holds it, so nothing is left behind, even after kill -9. It is
    sparse: it takes the room of what was written, so a slot holds a batch of any size, and a slot that is never used is free.
    """

    def __init__(self, file: int | None = None) -> None:
        descriptor = os.memfd_create("kit-batches") if file is None else file
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        self._free: deque[int] = deque()
        self._unused = itertools.count()

    def __reduce__(self) -> tuple[Any, ...]:
        return _inherit, (DupFd(self._file.fileno()),)

    def acquire(self) -> int:
        return self._free.popleft() if self._free else next(self._unused)

    def release(self, slot: int, _: object = None) -> None:
        """The second argument is the future, where this is its callback."""
        self._free.append(slot)

    def put(self, slot: int, array: np.ndarray) -> None:
        """Writes a contiguous uint8 array. Raises DataError above 2 GiB, OSError without memory."""
        if array.nbytes > STRIDE - 4096:
            raise DataError("a batch is too large", received=f"{array.nbytes} bytes", do="a smaller batch_size")
        os.pwrite(self._file.fileno(), array.data, slot * STRIDE)

    def take(self, slot: int, shape: Shape) -> np.ndarray:
        """A copy of the uint8 array that was put there."""
        array = np.empty(shape, np.uint8)
        os.preadv(self._file.fileno(), [array.data], slot * STRIDE)
        return array

    def close(self) -> None:
        self._file.close()


def _inherit(file: Any) -> Slots:
    return Slots(file.detach())
