"""One image -> uint8 pixels of one size, by one policy, the same for training and prediction.

Pillow rather than OpenCV: 1.8 ms against 1.4 ms for a cat at 224 pixels, but every version of it raises for a truncated
file, where OpenCV's answer depends on its version (a grey rest, None, an exception).

- JPEG, PNG, BMP, GIF, TIFF and WebP (their first frame) and .npy, recognised by content, whatever the file is called.
- Turned upright as EXIF says; an EXIF block that cannot be read counts as none.
- For 1 or 3 channels, grey, palette and CMYK images become 8-bit grey or RGB; transparency is laid on white. For any other
  number a file has to hold as many.
- A stack of files gives each an equal share of the channels, such as one of grey for each.
- Values of more than 8 bits become 0 to 255 by the competition's window (kit.data.window). DICOM: kit.data.dicom.
- Resized to exactly (height, width) by antialiased bilinear interpolation: stretched, whole with black beside it, or its
  middle, as the competition says. A JPEG more than twice too large is decoded at a reduced scale first.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from kit.competition import Competition, Fit
from kit.data.open_values import FORMATS, list_image_files, open_values
from kit.data.tiles import Tile
from kit.data.window import Window, apply_window
from kit.errors import DataError, KitError

MODES = {1: "L", 3: "RGB"}  # channels -> Pillow's name
ORIENTATION = 0x0112


@dataclass(frozen=True)
class Decoding:
    """How images become pixels, the same for all of a competition.

    shape: (height, width, channels). fit: how images of other proportions become that (kit.competition.Competition). window:
    the values that become 0 and 255, of images of more than 8 bits. declared: whether the competition says so, which goes
    before what DICOM files say of themselves. tile: the part of the image that is wanted; None: all of it.
    """

    shape: tuple[int, int, int]
    fit: Fit = "stretch"
    window: Window | None = None
    declared: bool = False
    tile: Tile | None = None


def choose_decoding(competition: Competition, found: Window | None) -> Decoding:
    """That of a competition. found: the window of its training images, unless it declares one itself."""
    declared = competition.window is not None
    return Decoding(competition.image_shape, competition.fit, competition.window or found, declared)


class UnreadableImage(DataError):
    """The bytes at `path` are not an image that can be decoded, for that `reason`."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is not a readable image", received=reason)
        self.path, self.reason = path, reason


def decode(image: Path | tuple[Path, ...] | Tile, how: Decoding) -> np.ndarray:
    """The image in a file, in a stack of files, or in a tile of one, as uint8 (H, W, C), values 0 to 255, RGB for 3 channels.

    Raises UnreadableImage for truncated, empty or foreign bytes, above 50 megapixels, for another number of channels, and for
    more than 8 bits without a window; DataError if a file cannot be opened, or if there are too many or too few files.
    """
    if isinstance(image, Tile):
        return _decode_file(image.path, replace(how, tile=image))
    files = list_image_files(image)
    if len(files) == 1:
        return _decode_file(files[0], how)
    height, width, channels = how.shape
    if not files or channels % len(files):
        raise DataError(f"{len(files)} files make no image of {channels} channels", received=files[:1])
    share = replace(how, shape=(height, width, channels // len(files)))
    return np.concatenate([_decode_file(path, share) for path in files], axis=2)


def _decode_file(path: Path, how: Decoding) -> np.ndarray:
    try:
        handle = open(path, "rb")  # noqa: SIM115
    except OSError as error:
        raise DataError(f"cannot open image {path}", received=error.strerror) from None
    with handle:
        try:
            return _pixels(handle, how)
        except KitError:
            raise
        except Exception as error:  # on hostile bytes Pillow raises whatever its parsers stumble over
            raise UnreadableImage(path, _reason(error, path)) from error


def _pixels(handle: IO[bytes], how: Decoding) -> np.ndarray:
    opened = open_values(handle, own_window=not how.declared)
    if how.shape[2] in MODES:
        return np.asarray(_resize(_to_picture(opened, how), how)).reshape(how.shape)
    values = np.asarray(_upright(opened)) if isinstance(opened, Image.Image) else apply_window(opened, how.window)
    values = _put_channels_last(values, how.shape[2])
    if values.shape[2] != how.shape[2]:
        raise ValueError(f"{values.shape[2]} channels, not {how.shape[2]}")
    # one by one: Pillow weighs the colours of RGBA by its fourth channel
    return np.stack([np.asarray(_resize(Image.fromarray(one), how)) for one in np.moveaxis(values, 2, 0)], axis=2)


def _to_picture(opened: Image.Image | np.ndarray, how: Decoding) -> Image.Image:
    """As large as it is, in RGB or grey."""
    height, width, channels = how.shape
    if isinstance(opened, Image.Image):
        tiles = max(how.tile.rows, how.tile.columns) if how.tile else 1
        opened.draft(MODES[channels], (2 * max(height, width) * tiles,) * 2)
        return _flat(_upright(opened), MODES[channels])
    values = _put_channels_last(apply_window(opened, how.window), channels)
    if values.shape[2] not in (1, 3, 4):
        raise ValueError(f"{values.shape[2]} channels, not {channels}")
    return Image.fromarray(values[..., 0] if values.shape[2] == 1 else values[..., :3]).convert(MODES[channels])


def _crop(image: Image.Image, tile: Tile) -> Image.Image:
    xs = [round(image.width * (tile.column + end) / tile.columns) for end in (0, 1)]
    ys = [round(image.height * (tile.row + end) / tile.rows) for end in (0, 1)]
    return image.crop((xs[0], ys[0], xs[1], ys[1]))


def _resize(image: Image.Image, how: Decoding) -> Image.Image:
    height, width, _ = how.shape
    image = _crop(image, how.tile) if how.tile else image
    if image.size == (width, height):
        return image
    if how.fit == "letterbox":
        return ImageOps.pad(image, (width, height), Image.Resampling.BILINEAR)
    if how.fit == "crop":
        return ImageOps.fit(image, (width, height), Image.Resampling.BILINEAR)
    return image.resize((width, height), Image.Resampling.BILINEAR)


def _put_channels_last(values: np.ndarray, channels: int) -> np.ndarray:
    """(H, W, C) of (H, W), (H, W, C), or (C, H, W) where the first axis alone has as many as wanted."""
    if values.ndim == 2:
        return values[..., None]
    if values.ndim != 3:
        raise ValueError(f"an array of shape {values.shape}, not (H, W, {channels}) or ({channels}, H, W)")
    first = values.shape[0] == channels != values.shape[2]
    return np.moveaxis(values, 0, 2) if first else values


def _upright(image: Image.Image) -> Image.Image:
    try:
        turned = image.getexif().get(ORIENTATION, 1) != 1
    except Exception:  # see the policy above
        return image
    if not turned:
        return image
    image.load()  # so that a truncated image is not taken for bad EXIF
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _flat(image: Image.Image, mode: str) -> Image.Image:
    """8 bits per channel, without palette or transparency."""
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert(mode)


def _reason(error: Exception, path: Path) -> str:
    if path.stat().st_size == 0:
        return "empty file"
    if isinstance(error, UnidentifiedImageError):
        return "neither " + ", ".join(FORMATS) + ", NPY nor DICOM"
    return str(error) or type(error).__name__
