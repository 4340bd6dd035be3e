"""Test-time augmentation: views of a batch whose predictions are averaged. A competition names those that make sense."""

from collections.abc import Callable

import numpy as np

from kit.errors import ConfigError, nearest


def _shift(rows: int, columns: int) -> Callable[[np.ndarray], np.ndarray]:
    """Moves the picture by pixels; the border pixels are repeated."""

    def view(images: np.ndarray) -> np.ndarray:
        height, width = images.shape[1:3]
        take_rows = np.clip(np.arange(height) - rows, 0, height - 1)
        take_columns = np.clip(np.arange(width) - columns, 0, width - 1)
        return images[:, take_rows][:, :, take_columns]

    return view


# Each: uint8 (N, H, W, C) -> uint8 (N, H, W, C).
VIEWS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "identity": lambda images: images,
    "hflip": lambda images: images[:, :, ::-1],
    "vflip": lambda images: images[:, ::-1],
    "shift_up": _shift(-1, 0),
    "shift_down": _shift(1, 0),
    "shift_left": _shift(0, -1),
    "shift_right": _shift(0, 1),
}


def check(names: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    """Raises ConfigError for an unknown view, none, or one that the competition does not declare."""
    if not names:
        raise ConfigError("tta names no view", expected="at least identity")
    for name in names:
        if name not in VIEWS:
            raise ConfigError(f"unknown TTA view {name!r}", do=nearest(name, VIEWS))
        if name not in allowed:
            raise ConfigError(
                f"TTA view {name!r} makes no sense for this competition", expected="among " + ", ".join(allowed)
            )
