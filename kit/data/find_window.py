"""The window of a competition that declares none, found in its training images: from the 0.1th to the 99.9th percentile of the
values of some of them. Not from least to greatest: one dead or saturated pixel would leave a 12-bit image nearly black.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from kit.data.open_values import list_image_files, open_values
from kit.data.window import Window

LOOKED_AT = 100  # images, spread evenly
PER_IMAGE = 50_000  # values drawn of each
PERCENTILES = (0.1, 99.9)


def find_window(images: Iterable[Any]) -> Window | None:
    """The window that suits images as `read` gives them: paths or arrays. None where all that are looked at are of 8 bits.

    Files that cannot be read are passed over.
    """
    layers = (layer for image in _spread(images) for layer in list_image_files(image) or [image])
    pieces = [values for layer in layers if (values := _draw(layer)) is not None]
    values = np.concatenate(pieces) if pieces else np.empty(0)
    if not len(values):
        return None
    low, high = np.percentile(values, PERCENTILES, method="nearest")
    if low == high:
        low, high = values.min(), values.max()
    return float(low), float(high if high > low else low + 1)


def _spread(images: Iterable[Any]) -> Iterable[Any]:
    """Some of them, spread evenly, or the first ones of what cannot be indexed."""
    if isinstance(images, Sequence):
        return images[:: max(1, len(images) // LOOKED_AT)][:LOOKED_AT]
    return islice(images, LOOKED_AT)


def _draw(image: Any) -> np.ndarray | None:
    """Some of the finite values of an image, float64 (N,); None for one of 8 bits."""
    if isinstance(image, Path):
        try:
            with open(image, "rb") as handle:
                image = open_values(handle)
        except Exception:  # whoever decodes it says what is wrong
            return None
    if not isinstance(image, np.ndarray) or image.dtype == np.uint8:
        return None
    values = image.ravel()
    if len(values) > PER_IMAGE:
        values = values[np.random.default_rng(0).integers(0, len(values), PER_IMAGE)]
    values = values.astype(np.float64)
    return values[np.isfinite(values)]
