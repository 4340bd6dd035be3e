"""Test-time augmentation: views of a batch whose predictions are averaged. A competition names those that make sense."""

import numpy as np

from kit.competition import Competition, View
from kit.errors import ConfigError, nearest


def _shift(rows: int, columns: int) -> View:
    """Moves the picture by pixels; the border pixels are repeated."""

    def view(images: np.ndarray) -> np.ndarray:
        height, width = images.shape[1:3]
        take_rows = np.clip(np.arange(height) - rows, 0, height - 1)
        take_columns = np.clip(np.arange(width) - columns, 0, width - 1)
        return images[:, take_rows][:, :, take_columns]

    return view


def _affine(*, scale: float = 1.0, degrees: float = 0.0, down: float = 0.0, right: float = 0.0) -> View:
    """Magnifies about the point that lies by these shares of height and width beside the middle, and turns the picture
    counter-clockwise; the border pixels are repeated.
    """

    def view(images: np.ndarray) -> np.ndarray:
        import cv2

        height, width = images.shape[1:3]
        middle = np.array([width - 1, height - 1]) / 2
        source = cv2.getRotationMatrix2D((0, 0), -degrees, 1 / scale)  # where each pixel comes from
        target = middle + np.array([right * width, down * height])
        source[:, 2] = target - source[:, :2] @ middle
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        out = np.empty_like(images)
        for index, image in enumerate(images):
            moved = cv2.warpAffine(image, source, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)
            out[index] = moved.reshape(image.shape)  # cv2 drops an axis of one channel
        return out

    return view


def _crop(down: int, right: int) -> View:
    """7/8 of height and width, at that side (-1, 0 or 1), enlarged to the whole."""
    return _affine(scale=8 / 7, down=down / 16, right=right / 16)


VIEWS: dict[str, View] = {
    "identity": lambda images: images,
    "hflip": lambda images: images[:, :, ::-1],
    "vflip": lambda images: images[:, ::-1],
    "rot90": lambda images: np.rot90(images, 1, (1, 2)),  # counter-clockwise
    "rot180": lambda images: images[:, ::-1, ::-1],
    "rot270": lambda images: np.rot90(images, 3, (1, 2)),
    "transpose": lambda images: images.swapaxes(1, 2),
    "transverse": lambda images: images[:, ::-1, ::-1].swapaxes(1, 2),
    "shift_up": _shift(-1, 0),
    "shift_down": _shift(1, 0),
    "shift_left": _shift(0, -1),
    "shift_right": _shift(0, 1),
    "crop_center": _crop(0, 0),
    "crop_top_left": _crop(-1, -1),
    "crop_top_right": _crop(-1, 1),
    "crop_bottom_left": _crop(1, -1),
    "crop_bottom_right": _crop(1, 1),
    "zoom_in": _affine(scale=1.1),
    "zoom_out": _affine(scale=1 / 1.1),
    "rotate_left": _affine(degrees=7),
    "rotate_right": _affine(degrees=-7),
}


TURNED = ("rot90", "rot270", "transpose", "transverse")  # height and width change places


def available(competition: Competition) -> dict[str, View]:
    """By name: the usual ones and the competition's own."""
    return {**VIEWS, **competition.views}


def check(names: tuple[str, ...], competition: Competition) -> None:
    """Raises ConfigError for an unknown view, none, or one that the competition does not declare."""
    if not names:
        raise ConfigError("tta names no view", expected="at least identity")
    for name in names:
        if name not in available(competition):
            raise ConfigError(f"unknown TTA view {name!r}", do=nearest(name, available(competition)))
        if name not in competition.tta:
            raise ConfigError(
                f"TTA view {name!r} makes no sense for this competition", expected="among " + ", ".join(competition.tta)
            )
