"""How large an image may be, and how large a TIFF says that it is."""

from typing import IO

from PIL import TiffImagePlugin

MAX_PIXELS = 50_000_000


def check_size(height: int, width: int) -> None:
    """Raises ValueError above 50 megapixels."""
    if width * height > MAX_PIXELS:
        raise ValueError(f"{width}x{height} pixels, more than {MAX_PIXELS // 10**6} megapixels")


def read_tiff_size(handle: IO[bytes]) -> tuple[int, int]:
    """Height and width by the header, of a TIFF of any kind. Raises ValueError where it has neither."""
    header = TiffImagePlugin.ImageFileDirectory_v2(handle.read(8))
    handle.seek(header.next)
    header.load(handle)
    try:
        return int(header[TiffImagePlugin.IMAGELENGTH]), int(header[TiffImagePlugin.IMAGEWIDTH])
    except KeyError:
        raise ValueError("a TIFF without height and width") from None
