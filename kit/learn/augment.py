"""What training does to an image: the competition's augmentation, and what the configuration adds. Must not import keras."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from kit.competition import Competition
from kit.config import Config
from kit.errors import ConfigError, DataError

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # it would ask a server at every import, in each worker
STRONGEST = 10


def transform(competition: Competition, config: Config) -> Any:
    """One albumentations transform, uint8 (H, W, C) to the same; None if nothing is to be done."""
    own = [competition.augment()] if competition.augment else []
    added = [
        *([rand_augment(config.randaugment, competition.image_shape[2])] if config.randaugment else []),
        *([cutout(config.cutout)] if config.cutout else []),
    ]
    if not own and not added:
        return None
    import albumentations as A

    return A.Compose([*own, *added])


def check(competition: Competition, config: Config) -> None:
    """Raises ConfigError for what makes no sense of these images."""
    if config.augment_on not in ("workers", "device"):
        raise ConfigError("unknown place to augment", received=config.augment_on, expected="workers or device")
    if config.augment_on == "device" and competition.augment and not competition.augment_batches:
        raise ConfigError(
            f"{competition.slug} says how to augment images, not batches",
            expected="augment_batches in its competition.py",
            do="--set augment_on=workers",
        )
    if config.augment_on == "device" and config.randaugment:
        raise ConfigError(
            "randaugment works on workers only: Keras's layer draws transforms for whole batches, of other strengths",
            received="augment_on=device",
            do="--set augment_on=workers, or --set randaugment=0",
        )
    if config.mirror and "hflip" not in competition.tta:
        raise ConfigError(
            "mirror makes no sense for this competition", received="tta without hflip", expected="mirror=false"
        )
    if config.cutout >= min(competition.image_shape[:2]):
        raise ConfigError(
            "cutout would blot out whole images",
            received=config.cutout,
            expected=f"less than {min(competition.image_shape[:2])} pixels",
        )


def failed(folder: Path, error: Exception, *, name: str = "augment", received: str | None = None) -> DataError:
    """What the function of that name in the competition's folder raised, or its layers, as one line for its author."""
    return DataError(
        f"{name} of {folder.name} failed: {type(error).__name__}: {error}",
        received=received,
        do=f"correct {name} in {folder / 'competition.py'}",
    )


def cutout(size: int) -> Any:
    """Blots out one square at a random place (DeVries and Taylor 2017, "Improved Regularization ... with Cutout")."""
    import albumentations as A

    return A.CoarseDropout(
        num_holes_range=(1, 1), hole_height_range=(size, size), hole_width_range=(size, size), fill=128, p=1.0
    )


def rand_augment(strength: int, channels: int) -> Any:
    """Two transforms per image, drawn from a list and all equally strong (Cubuk et al. 2020, "RandAugment").

    From albumentations, in the workers: Keras's layer of that name would do it in the training process, on whole batches.
    """
    import albumentations as A

    part = strength / STRONGEST
    choices = [
        A.NoOp(),
        A.Affine(rotate=(-30 * part, 30 * part), p=1.0),
        A.Affine(shear={"x": (-17 * part, 17 * part), "y": (0, 0)}, p=1.0),
        A.Affine(shear={"x": (0, 0), "y": (-17 * part, 17 * part)}, p=1.0),
        A.Affine(translate_percent=(-0.3 * part, 0.3 * part), p=1.0),
        A.RandomBrightnessContrast(brightness_limit=0.5 * part, contrast_limit=0, p=1.0),
        A.RandomBrightnessContrast(brightness_limit=0, contrast_limit=0.5 * part, p=1.0),
        A.Sharpen(alpha=(0.0, 0.5 * part), p=1.0),
        A.Posterize(num_bits=(8 - round(4 * part), 8), p=1.0),
        A.Solarize(threshold_range=(1 - part / 2, 1.0), p=1.0),
        *(
            [A.ColorJitter(0, 0, 0.9 * part, 0, p=1.0), A.Equalize(p=1.0), A.AutoContrast(p=1.0)]
            if channels == 3
            else []
        ),
    ]
    return A.SomeOf(choices, n=2, replace=True, p=1.0)


def resized(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 (N, H, W, C) -> (N, size, size, C); as they are for size 0. By areas to shrink, else bilinear."""
    if size == 0 or images.shape[1:3] == (size, size):
        return images
    import cv2

    way = cv2.INTER_AREA if images.shape[1] > size else cv2.INTER_LINEAR
    return np.stack([cv2.resize(image, (size, size), interpolation=way).reshape(size, size, -1) for image in images])
