"""Aerial Cactus Identification: pictures from the air, 32x32 colour, JPEG.

17,500 training images (three quarters show a cactus), 4,000 test images, AUC of one probability. Quirks: ids are file names
with their ending; seen from above, nothing is upside down. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, labels
from kit.targets import Classes

FLIPS = ("identity", "hflip", "vflip")
CLASSES = {"0": "none", "1": "cactus"}


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / part, ".jpg")
    ids = [path.name for path in paths]
    if part == "test":
        return Split(ids, paths)
    return Split(
        ids, paths, [CLASSES.get(label, label) for label in labels(raw / "train.csv", ids, "id", "has_cactus")]
    )


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.D4(p=1.0)])


COMPETITION = Competition(
    slug="aerial-cactus-identification",
    title="Aerial Cactus Identification",
    target=Classes(tuple(CLASSES.values())),
    image_shape=(32, 32, 3),
    metric="auc",
    submission=Submission(id_column="id", target_columns=("has_cactus",), kind="probability", of=("cactus",)),
    archives=Archives(train="train.zip", test="test.zip", sample="sample_submission.csv", labels="train.csv"),
    read=read,
    augment=augment,
    tta=(*FLIPS, "shift_up", "shift_down", "shift_left", "shift_right"),
    defaults={"backbone": "resnet9", "width": 32, "epochs": 12, "patience": 0, "tta": FLIPS},
    runs=({"backbone": "resnet9"}, {"backbone": "resnet9", "cutout": 8}),
)
