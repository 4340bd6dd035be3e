"""What training does to an image: the competition's augmentation, and what the configuration adds. Must not import keras."""

import os
from pathlib import Path
from typing import Any

from kit.competition import Competition
from kit.config import Config
from kit.errors import ConfigError, DataError

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # it would ask a server at every import, in each worker


def transform(competition: Competition, config: Config) -> Any:
    """One albumentations transform, uint8 (H, W, C) to the same; None if nothing is to be done."""
    if not (competition.augment or config.randaugment or config.cutout):
        return None
    import albumentations as A

    from kit.learn.input import randaugment

    own = [competition.augment()] if competition.augment else []
    if config.randaugment:
        own.append(randaugment.RandAugment(config.randaugment, competition.image_shape[2]))
    if config.cutout:
        own.append(randaugment.Cutout(config.cutout))
    return A.Compose(own)


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
    if config.cutout and config.cutout >= min(competition.image_shape[:2]):
        raise ConfigError(
            "cutout would blot out whole images",
            received=config.cutout,
            expected=f"less than {min(competition.image_shape[:2])} pixels",
        )


def failure(folder: Path, error: Exception, *, name: str = "augment", received: str | None = None) -> DataError:
    """What the function of that name in the competition's folder raised, or its layers, as one line for its author."""
    return DataError(
        f"{name} of {folder.name} failed: {type(error).__name__}: {error}",
        received=received,
        do=f"correct {name} in {folder / 'competition.py'}",
    )
