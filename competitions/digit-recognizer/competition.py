"""Digit Recognizer: handwritten digits (MNIST), 28x28 grey, as rows of pixels in CSV files.

42,000 training and 28,000 test images, 10 classes of about equal size, accuracy. Quirks: images have no ids; ImageId is the
row number in test.csv, from 1. A digit is never flipped. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import pixel_csv
from kit.targets import Classes

SHIFTS = ("identity", "shift_up", "shift_down", "shift_left", "shift_right")
SHAPE = (28, 28, 1)


def read(raw: Path, part: str) -> Split:
    images, labels = pixel_csv(raw / f"{part}.csv", SHAPE, label_column="label" if part == "train" else None)
    return Split(images.ids, images, labels)


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.Affine(rotate=(-12, 12), shear=(-8, 8), scale=(0.88, 1.12), translate_px=(-2, 2), p=1.0)])


COMPETITION = Competition(
    slug="digit-recognizer",
    title="Digit Recognizer",
    target=Classes(tuple("0123456789")),
    image_shape=SHAPE,
    metric="accuracy",
    submission=Submission(id_column="ImageId", target_columns=("Label",)),
    archives=Archives(train="train.csv", test="test.csv", sample="sample_submission.csv"),
    read=read,
    augment=augment,
    tta=(*SHIFTS, "zoom_in", "zoom_out", "rotate_left", "rotate_right"),
    defaults={"backbone": "resnet9", "width": 32, "epochs": 20, "dropout": 0.2, "patience": 0, "tta": SHIFTS},
    runs=(
        {"backbone": "resnet9"},
        {"backbone": "resnet9", "cutout": 8},
        {"backbone": "resnet9", "width": 16, "epochs": 40},
    ),
)
