"""The photos of dogs-vs-cats, which `kit prepare` has extracted, decoded at any size."""

from pathlib import Path

import numpy as np

from kit import paths
from kit.data.decode_all import batches
from kit.data.decode_image import Decoding


def photos(count: int) -> list[Path]:
    """JPEG files, each second one a cat."""
    raw = paths.data("dogs-vs-cats").raw / "train"
    cats, dogs = (sorted(raw.rglob(f"{name}.*.jpg"))[: count // 2] for name in ("cat", "dog"))
    return [path for pair in zip(cats, dogs, strict=True) for path in pair]


def decode(paths: list[Path], size: int, out: Path) -> int:
    """Writes uint8 (N, size, size, 3), as `kit prepare` decodes and writes; N."""
    shape = (size, size, 3)
    pixels = np.lib.format.open_memmap(out, mode="w+", dtype=np.uint8, shape=(len(paths), *shape))
    row = 0
    for batch in batches(paths, Decoding(shape)):
        pixels[row : row + len(batch.pixels)] = batch.pixels
        row += len(batch.pixels)
    pixels.flush()
    return row
