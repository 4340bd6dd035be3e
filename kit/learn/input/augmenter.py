"""Augmented images by (seed, epoch, image): what a worker process opens, and the training where it has no workers.

Must not import keras: every worker would pay for it.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from kit.config import Config
from kit.errors import DataError
from kit.learn.input.augment import failure, transform
from kit.learn.input.resize import resize
from kit.plugins import import_folder


@dataclass(frozen=True)
class Source:
    """What a worker needs: the pixels, and how they are augmented.

    images: uint8 (N, H, W, C) by split, as kit.data.cache.CachedSplit has them. competition: the folder of the plug-in, None
    for no augmentation here but config.mirror.
    """

    images: Mapping[str, np.ndarray]
    competition: Path | None
    config: Config
    seed: int

    def __getstate__(self) -> dict[str, Any]:
        """Images that fill a file travel to a worker by its name, so that all processes map the same memory."""
        return {**vars(self), "images": {split: _file(images) or images for split, images in self.images.items()}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        images = {
            split: np.load(pixels, mmap_mode="r", allow_pickle=False) if isinstance(pixels, Path) else pixels
            for split, pixels in state["images"].items()
        }
        vars(self).update(state, images=images)


def _file(images: np.ndarray) -> Path | None:
    """The .npy file of which `images` is the whole; None for a part of one, and for an array in memory."""
    if not isinstance(images, np.memmap) or not images.filename or not images.flags.c_contiguous:
        return None
    path = Path(images.filename)
    return path if path.stat().st_size == images.offset + images.nbytes else None


@dataclass(frozen=True)
class Augmenter:
    """first: the number of each split's first image, where those of all splits are counted through: what is random of an
    image is drawn by its number. mirrored: bool, by number, which images are shown mirrored in even epochs, the others being
    so in odd ones; None: never.
    """

    source: Source
    first: Mapping[str, int]
    transform: Any
    mirrored: np.ndarray | None

    def batch(self, epoch: int, samples: np.ndarray, size: int = 0) -> np.ndarray:
        """The augmented images of `samples`, uint8 (N, H, W, C), of `size` pixels on the shorter side; 0: as cached."""
        images = [self._augment(epoch, split, row) for split, row in samples.tolist()]
        return resize(np.stack(images), size)

    def _augment(self, epoch: int, split: str, row: int) -> np.ndarray:
        cached, number = self.source.images[split][row], self.first[split] + row
        image = np.asarray(cached)
        if self.mirrored is not None and self.mirrored[number] == (epoch % 2 == 0):
            image = np.ascontiguousarray(image[:, ::-1])
        folder = self.source.competition
        if self.transform is None or folder is None:
            return image
        try:
            self.transform.set_random_state(*_generators(self.source.seed, epoch, number))
            image = self.transform(image=image)["image"]
        except Exception as error:
            raise failure(folder, error, received=f"{image.dtype} {image.shape}") from error
        if image.dtype != np.uint8 or image.shape != cached.shape:
            raise DataError(
                "augment changed the kind of the images; networks rescale inside",
                received=f"{image.dtype} {image.shape}",
                expected=f"uint8 {cached.shape}, values 0 to 255",
            )
        return np.asarray(image)


def _generators(seed: int, epoch: int, number: int) -> tuple[np.random.Generator, random.Random]:
    """Both kinds that albumentations draws from. Philox counts instead of mixing: seeding it is half the price of others."""
    counted = np.random.Generator(np.random.Philox(key=(seed << 24 | epoch, number)))
    return counted, random.Random(seed << 56 | epoch << 32 | number)  # noqa: S311


def open_source(source: Source) -> Augmenter:
    counts = {split: len(images) for split, images in source.images.items()}
    first = dict(zip(counts, accumulate(counts.values(), initial=0), strict=False))
    total = sum(counts.values())
    mirrored = np.random.default_rng([source.seed, total]).random(total) < 0.5 if source.config.mirror else None
    return Augmenter(source, first, _transform(source), mirrored)


def _transform(source: Source) -> Any:
    if source.competition is None:
        return None
    competition = import_folder(source.competition)
    try:
        return transform(competition, source.config)
    except Exception as error:
        raise failure(source.competition, error) from error
