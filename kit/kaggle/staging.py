"""A download of Kaggle's client into a folder that outlives an interruption: begun anew where what was left there does not fit,
and ended at once where the disk is full.
"""

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit.errors import DataError
from kit.files import explain_full_disk
from kit.progress import say


def fetch_whole(fetch: Callable[[], Path], staging: Path, check: Callable[[Path], None]) -> Path:
    """What `fetch` brings into `staging`, once it passes `check`. If that raises DataError, nothing is kept; where an earlier
    download had left something there, the client may have gone on from it, or taken it for the whole: then once more.
    """
    left = staging.exists() and any(staging.iterdir())
    fetched = fetch()
    try:
        check(fetched)
    except DataError as error:
        shutil.rmtree(staging)
        if not left:
            raise
        say(f"what an earlier download left is not what Kaggle has ({error}): beginning anew")
        return fetch_whole(fetch, staging, check)
    return fetched


@contextmanager
def stop_where_disk_is_full() -> Iterator[None]:
    """Within the block, a file that cannot be written ends the client (2.2.4) with DataError. It would take that for a fault of
    the network, and try six times in a minute.
    """
    from kaggle.api import kaggle_api_extended as client

    client.open = _open
    try:
        yield
    finally:
        del client.open


def _open(path: str, mode: str = "r", *rest: Any, **more: Any) -> Any:
    return _Fetched(path, mode) if mode in ("wb", "ab") else open(path, mode, *rest, **more)


class _Fetched(io.BufferedWriter):
    def __init__(self, path: str, mode: str) -> None:
        with _explain(path):
            super().__init__(io.FileIO(path, mode))

    def write(self, data: Any) -> int:
        with _explain(self.name):
            return super().write(data)

    def flush(self) -> None:
        with _explain(self.name):
            super().flush()


@contextmanager
def _explain(path: str) -> Iterator[None]:
    try:
        with explain_full_disk(Path(path)):
            yield
    except OSError as error:
        raise DataError(f"cannot write {path}", received=error.strerror) from None
