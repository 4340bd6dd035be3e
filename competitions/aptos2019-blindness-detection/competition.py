"""APTOS 2019 Blindness Detection: photographs of retinas of many sizes, PNG.

3,662 training and 1,928 test images, five grades of retinopathy, quadratic weighted kappa. Quirks: grades are in order, an
error of two grades costs four times one; half of the images are of grade 0. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, labels
from kit.targets import Grades

FLIPS = ("identity", "hflip", "vflip")


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / f"{part}_images", ".png")
    ids = [path.stem for path in paths]
    return Split(ids, paths, labels(raw / "train.csv", ids, "id_code", "diagnosis") if part == "train" else None)


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.D4(p=1.0), A.Affine(rotate=(-30, 30), scale=(0.9, 1.1), p=0.5)])


COMPETITION = Competition(
    slug="aptos2019-blindness-detection",
    title="APTOS 2019 Blindness Detection",
    target=Grades(tuple("01234")),
    image_shape=(384, 384, 3),
    metric="quadratic_kappa",
    submission=Submission(id_column="id_code", target_columns=("diagnosis",)),
    archives=Archives(train="train_images", test="test_images", sample="sample_submission.csv", labels="train.csv"),
    read=read,
    augment=augment,
    tta=(*FLIPS, "zoom_in", "zoom_out", "rotate_left", "rotate_right"),
    defaults={
        "recipe": "features",
        "backbone": "mobilenet_v2_1.00",
        "weights": "imagenet",
        "image_size": 384,
        "tta": FLIPS,
    },
    runs=({"backbone": "mobilenet_v2_1.00"}, {"backbone": "mobilenet_1.00"}),
)
