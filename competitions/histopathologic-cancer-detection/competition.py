"""Histopathologic Cancer Detection (2018): pieces of microscope slides of lymph nodes, 96x96, TIFF.

220,025 training and 57,458 test images, AUC of one probability. Quirks: the label is of the middle 32x32 pixels alone; no
table says which images are of one slide. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, labels
from kit.targets import Classes

FLIPS = ("identity", "hflip", "vflip")
CLASSES = {"0": "normal", "1": "tumor"}


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / part, ".tif")
    ids = [path.stem for path in paths]
    if part == "test":
        return Split(ids, paths)
    return Split(
        ids, paths, [CLASSES.get(label, label) for label in labels(raw / "train_labels.csv", ids, "id", "label")]
    )


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.D4(p=1.0), A.HueSaturationValue(10, 15, 10, p=0.5)])


COMPETITION = Competition(
    slug="histopathologic-cancer-detection",
    title="Histopathologic Cancer Detection",
    target=Classes(tuple(CLASSES.values())),
    image_shape=(96, 96, 3),
    metric="auc",
    submission=Submission(id_column="id", target_columns=("label",), kind="probability", of=("tumor",)),
    archives=Archives(train="train", test="test", sample="sample_submission.csv", labels="train_labels.csv"),
    read=read,
    augment=augment,
    tta=(*FLIPS, "zoom_in", "rotate_left", "rotate_right"),
    defaults={"backbone": "resnet9", "width": 32, "epochs": 8, "patience": 0, "tta": FLIPS},
    runs=({"backbone": "resnet9"}, {"backbone": "wide_resnet"}),
)
