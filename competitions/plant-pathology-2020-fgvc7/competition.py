"""Plant Pathology 2020 - FGVC7: photographs of apple leaves, 2048x1365, JPEG.

1,821 training and 1,821 test images, mean AUC over four columns, of which each row has one. Quirks: one folder holds the
images of both parts, so that ids come from the tables; labels are columns of 0 and 1. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import column, find_images, one_hot
from kit.targets import Classes

CLASSES = ("healthy", "multiple_diseases", "rust", "scab")
FLIPS = ("identity", "hflip", "vflip")
CROPS = ("crop_center", "crop_top_left", "crop_top_right", "crop_bottom_left", "crop_bottom_right")


def read(raw: Path, part: str) -> Split:
    table = raw / f"{part}.csv"
    ids = column(table, "image_id")
    images = find_images(raw / "images", ids, shared=True)
    return Split(ids, images, one_hot(table, ids, "image_id", CLASSES) if part == "train" else None)


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.D4(p=1.0), A.RandomBrightnessContrast(0.1, 0.1, p=0.5)])


COMPETITION = Competition(
    slug="plant-pathology-2020-fgvc7",
    title="Plant Pathology 2020 - FGVC7",
    target=Classes(CLASSES),
    image_shape=(384, 384, 3),
    metric="auc",
    submission=Submission(id_column="image_id", target_columns=CLASSES, kind="probability"),
    archives=Archives(train="images", test="images", sample="sample_submission.csv", labels="train.csv"),
    read=read,
    augment=augment,
    tta=(*FLIPS, "zoom_in", "zoom_out", "rotate_left", "rotate_right", *CROPS),
    defaults={
        "recipe": "features",
        "backbone": "mobilenet_v2_1.00",
        "weights": "imagenet",
        "image_size": 384,
        "tta": FLIPS,
    },
    runs=({"backbone": "mobilenet_v2_1.00"}, {"backbone": "mobilenet_1.00"}),
)
