"""A file -> what it holds, neither scaled nor resized: an image of 8 bits as Pillow opens it, else an array of values. Known by
its content, whatever the file is called.

Pillow cuts colour images of 16 bits down to 8 and opens no float ones of several channels: those are OpenCV's, which is asked
only for files that Pillow has read to the end, or cannot open at all.
"""

from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from kit import arrays
from kit.data.dicom import open_dicom
from kit.data.image_size import check_size, read_tiff_size
from kit.data.tiles import Tile

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP")
TIFF, NPY, DICOM = (b"II*\0", b"MM\0*"), b"\x93NUM", b"DICM"


def list_image_files(image: Any) -> list[Path]:
    """The files of an image as `read` gives it: a path, a stack of them, a tuple, or a tile of one; none of an array."""
    if isinstance(image, Tile):
        return [image.path]
    files = image if isinstance(image, tuple | list) else [image]
    return [Path(one) for one in files] if all(isinstance(one, str | Path) for one in files) else []


def open_values(handle: IO[bytes], *, own_window: bool = True) -> Image.Image | np.ndarray:
    """An image of 8 bits or fewer, not yet decoded; or the values of another, (H, W) or (H, W, C), RGB where it is that, or
    whatever shape a .npy file has. own_window: a DICOM file that names a window is an image of 8 bits by that.

    Raises ValueError above 50 megapixels, and whatever Pillow raises for what is no image.
    """
    try:
        image: Image.Image = Image.open(handle, formats=FORMATS)
    except UnidentifiedImageError:
        handle.seek(0)
        head = handle.read(132)
        magic, dicom = head[:4], head[128:] == DICOM
        handle.seek(0)
        if dicom:
            return open_dicom(handle, own_window=own_window)
        if magic == NPY:
            return arrays.read_array(handle)
        if magic in TIFF:
            check_size(*read_tiff_size(handle))  # Pillow knows no such TIFF, and OpenCV would decode it first
            return _open_by_opencv(handle)
        raise
    check_size(image.height, image.width)
    if image.mode.startswith(("I", "F")):
        return np.asarray(image)
    if image.format in ("PNG", "TIFF") and ";16" in str(getattr(image, "tile", "")):
        image.load()  # a truncated one raises here
        return _open_by_opencv(handle)
    return image


def _open_by_opencv(handle: IO[bytes]) -> np.ndarray:
    import cv2

    handle.seek(0)
    values = cv2.imdecode(np.frombuffer(handle.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None:
        raise ValueError("neither Pillow nor OpenCV can decode it")
    check_size(*values.shape[:2])
    return values if values.ndim == 2 else values[..., [2, 1, 0, *range(3, values.shape[2])]]
