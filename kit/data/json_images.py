"""Images in JSON records, each channel a list of numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kit.data.json_tables import decode_records
from kit.data.tables import reading
from kit.errors import DataError


def json_images(
    path: Path, ids: Sequence[str], id_column: str, fields: Sequence[str], shape: tuple[int, int, int]
) -> list[np.ndarray]:
    """float32 (H, W, C) of each of `ids`: each of `fields` holds one channel, H * W numbers row by row.

    Raises DataError for a file that is no list of such records, and for an id without one.
    """
    height, width, channels = shape
    known: dict[str, np.ndarray] = {}
    with reading(path) as lines:
        text = "".join(lines)
    try:
        for record in decode_records(text):
            known[str(record[id_column])] = np.array([record[name] for name in fields], np.float32).reshape(
                channels, height, width
            )
    except (ValueError, KeyError, TypeError) as error:
        expected = f"records of {', '.join((id_column, *fields))}, {height * width} numbers in each of the latter"
        raise DataError(f"{path} holds no such images", received=error, expected=expected) from None
    if missing := [name for name in ids if name not in known]:
        raise DataError(f"{path} has no image for {len(missing)} of {len(ids)} ids, such as {missing[0]!r}")
    return [np.moveaxis(known[name], 0, 2) for name in ids]
