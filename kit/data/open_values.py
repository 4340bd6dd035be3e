"""A file -> what it holds, neither scaled nor resized: an image of 8 bits as Pillow opens it, else an array of values.

Pillow cuts colour images of 16 bits down to 8 and opens no float ones of several channels: those are OpenCV's, which is asked
only for files that Pillow has read to the end, or cannot open at all.
"""

from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP")
TIFF = (b"II*\0", b"MM\0*")
MAX_PIXELS = 50_000_000


def open_values(handle: BinaryIO) -> Image.Image | np.ndarray:
    """An image of 8 bits or fewer, not yet decoded; or the values of another, (H, W) or (H, W, C), RGB where it is that.

    Raises ValueError above 50 megapixels, and whatever Pillow raises for what is no image.
    """
    try:
        image: Image.Image = Image.open(handle, formats=FORMATS)
    except UnidentifiedImageError:
        handle.seek(0)
        if handle.read(4) not in TIFF:
            raise
        return _open_by_opencv(handle)
    _check_size(image.height, image.width)
    if image.mode.startswith(("I", "F")):
        return np.asarray(image)
    if image.format in ("PNG", "TIFF") and ";16" in str(getattr(image, "tile", "")):
        image.load()  # a truncated one raises here
        return _open_by_opencv(handle)
    return image


def _open_by_opencv(handle: BinaryIO) -> np.ndarray:
    import cv2

    handle.seek(0)
    values = cv2.imdecode(np.frombuffer(handle.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None:
        raise ValueError("neither Pillow nor OpenCV can decode it")
    _check_size(*values.shape[:2])
    return values if values.ndim == 2 else values[..., [2, 1, 0, *range(3, values.shape[2])]]


def _check_size(height: int, width: int) -> None:
    if width * height > MAX_PIXELS:
        raise ValueError(f"{width}x{height} pixels, more than {MAX_PIXELS // 10**6} megapixels")
