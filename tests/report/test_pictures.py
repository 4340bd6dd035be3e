import io

import numpy as np
import pytest
from PIL import Image

from kit.report import pictures

LABELS = np.array([0, 1, 1, 0, 1])
SAID = np.array([[0.9, 0.1], [0.4, 0.6], [0.95, 0.05], [0.2, 0.8], [0.3, 0.7]])


def _is_picture(png: bytes) -> bool:
    image = Image.open(io.BytesIO(png))
    return image.format == "PNG" and len(image.convert("RGB").getcolors(1 << 24)) > 2


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy():
    sure = np.tile([0.95, 0.05], (100, 1))
    half_right = np.arange(100) % 2
    png, error = pictures.reliability(half_right, sure)
    assert error == pytest.approx(0.45) and _is_picture(png)


def test_every_picture_is_drawn():
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1)).astype(np.uint8)
    assert _is_picture(pictures.confusion(LABELS, SAID, ("a", "b")))
    assert _is_picture(pictures.mistakes(images, np.arange(5), LABELS, SAID, ("a", "b")))
    assert _is_picture(
        pictures.curves({"fold-0": [{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": 0.5, "stopping_loss": 1}]})
    )


def test_no_mistakes_no_picture():
    images = np.zeros((5, 8, 8, 3), np.uint8)
    assert pictures.mistakes(images, np.arange(5), SAID.argmax(1), SAID, ("a", "b")) is None
