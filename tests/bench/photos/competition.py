"""Photographs of any size with the augmentation of a usual training, for benchmarks of the loaders; no competition."""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.targets import Classes


def read(raw: Path, part: str) -> Split:
    raise NotImplementedError("the benchmarks write the cache themselves")


def augment() -> Any:
    import albumentations as A

    return A.Compose(
        [
            A.HorizontalFlip(p=0.5),
            A.Affine(scale=(0.8, 1.25), translate_percent=(-0.1, 0.1), rotate=(-10, 10), p=1.0),
            A.RandomBrightnessContrast(p=0.5),
        ]
    )


COMPETITION = Competition(
    slug="photos",
    title="Photographs of any size",
    target=Classes(("cat", "dog")),
    image_shape=(224, 224, 3),
    metric="accuracy",
    submission=Submission("id", ("label",), values=("0", "1")),
    archives=Archives("train", "test"),
    read=read,
    augment=augment,
)
