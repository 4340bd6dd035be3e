"""State Farm Distracted Driver Detection (2016): photographs from the dashboard of a car, 640x480, JPEG.

22,424 training images of 26 drivers, 79,726 test images of others, ten classes, log loss. Quirks: a folder for each class;
images are frames of films, so that folds which share a driver tell nothing of another driver. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import class_folders, image_folder, labels
from kit.targets import Classes

CLASSES = tuple(f"c{number}" for number in range(10))
ZOOMS = ("identity", "zoom_in", "zoom_out")


def read(raw: Path, part: str) -> Split:
    if part == "test":
        images = image_folder(raw / "imgs" / "test", ".jpg")
        return Split([path.name for path in images], images)
    ids, images, classes = class_folders(raw / "imgs" / "train", ".jpg")
    drivers = labels(raw / "driver_imgs_list.csv", [path.name for path in images], "img", "subject")
    return Split(ids, images, classes, groups=drivers)


def augment() -> Any:
    import albumentations as A

    # Never mirrored: texting with the right hand is c1, with the left hand c3.
    return A.Compose(
        [A.Affine(rotate=(-10, 10), scale=(0.85, 1.15), translate_percent=0.05), A.RandomBrightnessContrast(0.2, 0.2)]
    )


COMPETITION = Competition(
    slug="state-farm-distracted-driver-detection",
    title="State Farm Distracted Driver Detection",
    target=Classes(CLASSES),
    image_shape=(240, 320, 3),
    metric="log_loss",
    submission=Submission(id_column="img", target_columns=CLASSES, kind="probability"),
    archives=Archives(
        train="imgs/train", test="imgs/test", sample="sample_submission.csv", labels="driver_imgs_list.csv"
    ),
    read=read,
    augment=augment,
    tta=(*ZOOMS, "shift_left", "shift_right", "rotate_left", "rotate_right"),
    defaults={
        "recipe": "features",
        "backbone": "mobilenet_v2_1.00",
        "weights": "imagenet",
        "image_size": 224,
        "tta": ("identity",),
    },
    runs=({"backbone": "mobilenet_v2_1.00"}, {"backbone": "mobilenet_1.00"}),
)
