"""The scatter is drawn with and without a line; a surprise adds red to it."""

import cv2
import numpy as np

from kit.leaderboard.agreement import Pair, fit
from kit.leaderboard.picture import scatter


def red_pixels(png: bytes) -> int:
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR).astype(int)
    return int(((image[..., 2] > 180) & (image[..., 1] < 90) & (image[..., 0] < 90)).sum())


def test_only_what_is_surprising_is_red():
    cv = np.linspace(0.90, 0.95, 12)
    calm = [Pair(number, score, score - 0.01, 0.001, 0.003) for number, score in enumerate(cv.tolist())]
    wild = [*calm, Pair(99, 0.91, 0.96, 0.001, 0.003)]
    assert red_pixels(scatter(calm, fit(calm), "accuracy")) == 0 == red_pixels(scatter(calm[:2], None, "accuracy"))
    assert red_pixels(scatter(wild, fit(wild), "accuracy")) > 30
