"""Humpback Whale Identification (2018): photographs of flukes of many sizes, JPEG.

25,361 training and 7,960 test images, 5,005 classes, MAP@5 of five ids. Quirks: the classes stand in train.csv alone, 2,073
of them with a single image; one class, new_whale, is of all that have no id. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.classes_in_table import ClassesInTable
from kit.data.readers import image_folder, labels

SLUG = "humpback-whale-identification"


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / part, ".jpg")
    ids = [path.name for path in paths]
    return Split(ids, paths, labels(raw / "train.csv", ids, "Image", "Id") if part == "train" else None)


def augment() -> Any:
    import albumentations as A

    return A.Compose(
        [A.Affine(rotate=(-10, 10), shear=(-5, 5), scale=(0.85, 1.1)), A.RandomBrightnessContrast(0.2, 0.2)]
    )


COMPETITION = Competition(
    slug=SLUG,
    title="Humpback Whale Identification",
    target=ClassesInTable(SLUG, "train.csv", "Id"),
    image_shape=(256, 256, 3),
    metric="map@5",
    submission=Submission(id_column="Image", target_columns=("Id",), kind="ranking", k=5),
    archives=Archives(train="train", test="test", sample="sample_submission.csv", labels="train.csv"),
    read=read,
    augment=augment,
    tta=("identity", "zoom_in", "zoom_out", "rotate_left", "rotate_right"),
    # features and finetune solve for a linear layer of all classes, which takes long with thousands of them.
    defaults={"backbone": "resnet9", "width": 64, "image_size": 128, "epochs": 40, "patience": 0},
    runs=({"backbone": "resnet9"}, {"backbone": "wide_resnet"}),
)
