"""CIFAR-10 - Object Recognition in Images: 32x32 colour, PNG.

50,000 training images, 10 classes of equal size, accuracy. 300,000 test images, of which Kaggle scores 10,000 (the others
are there to discourage labelling by hand). Quirks: both archives are .7z; labels lie in trainLabels.csv and are submitted
as words. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, labels
from kit.targets import Classes

SHIFTS = ("shift_up", "shift_down", "shift_left", "shift_right")


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / part, ".png")
    ids = [path.stem for path in paths]
    return Split(ids, paths, labels(raw / "trainLabels.csv", ids, "id", "label") if part == "train" else None)


def augment() -> Any:
    import albumentations as A
    import cv2

    return A.Compose([A.Pad(padding=4, border_mode=cv2.BORDER_REFLECT_101), A.RandomCrop(32, 32)])


def augment_batches() -> list[Any]:
    from keras import layers

    return [layers.RandomTranslation(4 / 32, 4 / 32, fill_mode="reflect", interpolation="nearest")]


COMPETITION = Competition(
    slug="cifar-10",
    title="CIFAR-10 - Object Recognition in Images",
    target=Classes(("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")),
    image_shape=(32, 32, 3),
    metric="accuracy",
    submission=Submission(id_column="id", target_columns=("label",)),
    archives=Archives(train="train.7z", test="test.7z", sample="sampleSubmission.csv", labels="trainLabels.csv"),
    read=read,
    augment=augment,
    augment_batches=augment_batches,
    tta=("identity", "hflip", *SHIFTS, "zoom_in", "zoom_out", "rotate_left", "rotate_right"),
    # Of 20,000 images 16,000 to learn from: wide crops, cutout and RandAugment, or the network learns them by heart.
    defaults={
        "recipe": "progressive",
        "backbone": "airbench",
        "stage_sizes": (20, 26, 32),
        "stage_epochs": (44, 28, 34),
        "width": 64,
        "batch_size": 256,
        "label_smoothing": 0.2,
        "mirror": True,
        "cutout": 8,
        "randaugment": 3,
        "patience": 0,
        "tta": ("identity", "hflip", *SHIFTS),
    },
)
