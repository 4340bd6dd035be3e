"""Images brought to the size that a network is shown: the same in training and in prediction."""

import numpy as np


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 (N, H, W, C) -> (N, size, size, C); as they are for size 0. By areas to shrink, else bilinear."""
    if size == 0 or images.shape[1:3] == (size, size):
        return images
    import cv2

    way = cv2.INTER_AREA if images.shape[1] > size else cv2.INTER_LINEAR
    if images.shape[3] > 4:  # more than OpenCV takes at once
        return np.concatenate(
            [resize(images[..., one : one + 4], size) for one in range(0, images.shape[3], 4)], axis=3
        )
    return np.stack([cv2.resize(image, (size, size), interpolation=way).reshape(size, size, -1) for image in images])
