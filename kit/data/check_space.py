"""How much room the decoded images take, before the hours in which they are decoded."""

import shutil
from pathlib import Path

from kit.errors import DataError
from kit.progress import say

LARGE = 1 << 30  # bytes that are worth a line


def check_space(folder: Path, images: int, shape: tuple[int, int, int]) -> None:
    """Says how large the pixels of so many images are, where that is much; DataError if the disk of `folder` has less room."""
    height, width, channels = shape
    needed, free = images * height * width * channels, shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(
            f"the decoded images do not fit on the disk of {folder}",
            received=f"{free / 1e9:.1f} GB free",
            expected=f"{needed / 1e9:.1f} GB for {images} images of {height}x{width}x{channels}",
            do="a smaller image_shape, or KIT_HOME on another disk",
        )
    if needed > LARGE:
        say(f"{images} images of {height}x{width}x{channels} are {needed / 1e9:.1f} GB of pixels in {folder}")
