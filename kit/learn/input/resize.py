"""Images brought to the size that a network is shown: the same in training and in prediction."""

import numpy as np


def scale_sides(height: int, width: int, size: int) -> tuple[int, int]:
    """Height and width with `size` pixels on the shorter side, the other in proportion; as they are for size 0."""
    shorter = min(height, width)
    return (round(height * size / shorter), round(width * size / shorter)) if size else (height, width)


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 (N, H, W, C) -> the same with sides as scale_sides has them. By areas to shrink, else bilinear."""
    height, width = scale_sides(images.shape[1], images.shape[2], size)
    if images.shape[1:3] == (height, width):
        return images
    import cv2

    way = cv2.INTER_AREA if images.shape[1] > height else cv2.INTER_LINEAR
    if images.shape[3] > 4:  # more than OpenCV takes at once
        return np.concatenate(
            [resize(images[..., one : one + 4], size) for one in range(0, images.shape[3], 4)], axis=3
        )
    return np.stack(
        [cv2.resize(image, (width, height), interpolation=way).reshape(height, width, -1) for image in images]
    )
