"""Values of more than 8 bits -> 0 to 255, by one window for all images of a competition: a value means the same everywhere."""

import numpy as np

Window = tuple[float, float]  # the value that becomes 0, and the one that becomes 255


def apply_window(values: np.ndarray, window: Window | None) -> np.ndarray:
    """uint8 of values of any type and shape; those of uint8 as they are. What lies outside becomes 0 or 255, and NaN 0.

    Raises ValueError for another type without a window.
    """
    if values.dtype == np.uint8:
        return values
    if window is None:
        raise ValueError(f"{values.dtype} values and no window; declare Competition(window=(low, high))")
    low, high = window
    scaled = (np.nan_to_num(values.astype(np.float64), nan=low) - low) * (255 / (high - low))
    return np.rint(scaled.clip(0, 255)).astype(np.uint8)
