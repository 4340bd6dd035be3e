"""RandAugment and cutout, each as one transform of albumentations. Chained from its own transforms they took three times as
long on small images, nearly all of it for the calls. Must not import keras.
"""

import math
from collections.abc import Callable
from typing import Any

import albumentations as A
import cv2
import numpy as np

STRONGEST = 10
LEVELS = np.arange(256, dtype=np.float32)

# (image uint8 (H, W, C), strength 0 to 1, two numbers drawn evenly from -1 to 1) -> the same, changed
Change = Callable[[np.ndarray, float, float, float], np.ndarray]


def identity(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    return image


def rotate(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    angle = math.radians(30 * strength * u)
    return _warp(image, (math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle)))


def shear_x(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    return _warp(image, (1, math.tan(math.radians(17 * strength * u))), (0, 1))


def shear_y(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    return _warp(image, (1, 0), (math.tan(math.radians(17 * strength * u)), 1))


def translate(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    height, width = image.shape[:2]
    return _warp(image, (1, 0), (0, 1), (0.3 * strength * u * width, 0.3 * strength * v * height))


def _warp(
    image: np.ndarray, x: tuple[float, float], y: tuple[float, float], shift: tuple[float, float] = (0, 0)
) -> np.ndarray:
    """Each pixel from where the matrix (x, y) about the middle, and a shift, put it; black comes in from outside."""
    height, width = image.shape[:2]
    middle = (width - 1) / 2, (height - 1) / 2
    rows = [
        [*row, middle[axis] - row[0] * middle[0] - row[1] * middle[1] + shift[axis]] for axis, row in enumerate((x, y))
    ]
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, np.array(rows), (width, height), flags=how).reshape(image.shape)


def brightness(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    return _map_levels(image, LEVELS + 255 * 0.5 * strength * u)


def contrast(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    return _map_levels(image, LEVELS * (1 + 0.5 * strength * u))


def posterize(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    """Without the lowest bits, none to four of them."""
    most = round(4 * strength)
    step = 2 ** min(most, int(abs(u) * (most + 1)))
    return _map_levels(image, LEVELS // step * step)


def solarize(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    threshold = 255 * (1 - strength / 2 * abs(u))
    return _map_levels(image, np.where(threshold > LEVELS, LEVELS, 255 - LEVELS))


def _map_levels(image: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """levels: float (256,), what becomes of each."""
    return cv2.LUT(image, levels.clip(0, 255).astype(np.uint8)).reshape(image.shape)


def sharpen(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    """Mixed with its Laplacian, which is lightened by 0.5 to 1."""
    part = 0.5 * strength * abs(u)
    kernel = np.full((3, 3), -part)
    kernel[1, 1] = 1 + part * (7.75 + 0.25 * v)
    return cv2.filter2D(image, -1, kernel).reshape(image.shape)


def saturation(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    factor = 1 + 0.9 * strength * u
    gray = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return cv2.addWeighted(image, factor, gray, 1 - factor, 0)


def equalize(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    return cv2.merge([cv2.equalizeHist(channel) for channel in cv2.split(image)])


def auto_contrast(image: np.ndarray, strength: float, u: float, v: float) -> np.ndarray:
    """Each channel from its darkest to its lightest level, stretched to 0 to 255."""
    stretched = [cv2.normalize(one, np.empty_like(one), 0, 255, cv2.NORM_MINMAX) for one in cv2.split(image)]
    return cv2.merge(stretched)


CHANGES: tuple[Change, ...] = (
    *(identity, rotate, shear_x, shear_y, translate),
    *(brightness, contrast, sharpen, posterize, solarize),
)
COLOR_CHANGES: tuple[Change, ...] = (saturation, equalize, auto_contrast)


class RandAugment(A.ImageOnlyTransform):
    """Two changes per image, drawn from a list and all of one strength (Cubuk et al. 2020, "RandAugment").

    strength: 1 to 10. channels: 1 or 3.
    """

    def __init__(self, strength: int, channels: int) -> None:
        super().__init__(p=1.0)
        self.strength = strength / STRONGEST
        self.choices = CHANGES + (COLOR_CHANGES if channels == 3 else ())

    def get_params(self) -> dict[str, Any]:
        draw = self.py_random
        return {"steps": [(draw.choice(self.choices), draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(2)]}

    def apply(self, img: np.ndarray, steps: list[tuple[Change, float, float]], **params: Any) -> np.ndarray:
        for change, u, v in steps:
            img = change(img, self.strength, u, v)
        return img


class Cutout(A.ImageOnlyTransform):
    """Blots out one square within the image (DeVries and Taylor 2017, "Improved Regularization ... with Cutout").

    size: pixels per side.
    """

    def __init__(self, size: int) -> None:
        super().__init__(p=1.0)
        self.size = size

    def get_params_dependent_on_data(self, params: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        height, width = params["shape"][:2]
        draw = self.py_random.randint
        return {"top": draw(0, height - self.size), "left": draw(0, width - self.size)}

    def apply(self, img: np.ndarray, top: int, left: int, **params: Any) -> np.ndarray:
        cut = img.copy()
        cut[top : top + self.size, left : left + self.size] = 128
        return cut
