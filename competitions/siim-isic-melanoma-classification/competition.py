"""SIIM-ISIC Melanoma Classification (2020): photographs of skin lesions, up to 6000x4000, JPEG.

33,126 training images of 2,056 patients, 10,982 test images of others, AUC of one probability; 584 images (1.8 %) show a
melanoma. Quirks: the images lie as DICOM, JPEG and TFRecords, of which jpeg/ is read; sex, age and site stand beside each.
Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission, Table
from kit.data.readers import column, find_images, labels, table_columns
from kit.targets import Classes

FLIPS = ("identity", "hflip", "vflip")
CLASSES = {"0": "benign", "1": "melanoma"}
TABLE = Table(numbers=("age_approx",), categories=("sex", "anatom_site_general_challenge"))


def read(raw: Path, part: str) -> Split:
    file = raw / f"{part}.csv"
    ids = column(file, "image_name")
    images, beside = find_images(raw / "jpeg" / part, ids), table_columns(file, ids, "image_name", TABLE)
    if part == "test":
        return Split(ids, images, table=beside)
    told = [CLASSES.get(label, label) for label in labels(file, ids, "image_name", "target")]
    return Split(ids, images, told, groups=labels(file, ids, "image_name", "patient_id"), table=beside)


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.D4(p=1.0), A.RandomBrightnessContrast(0.1, 0.1, p=0.5)])


COMPETITION = Competition(
    slug="siim-isic-melanoma-classification",
    title="SIIM-ISIC Melanoma Classification",
    target=Classes(tuple(CLASSES.values())),
    image_shape=(256, 256, 3),
    table=TABLE,
    metric="auc",
    submission=Submission(id_column="image_name", target_columns=("target",), kind="probability", of=("melanoma",)),
    archives=Archives(train="jpeg/train", test="jpeg/test", sample="sample_submission.csv", labels="train.csv"),
    read=read,
    augment=augment,
    tta=(*FLIPS, "zoom_in", "zoom_out", "rotate_left", "rotate_right"),
    defaults={
        "recipe": "features",
        "backbone": "mobilenet_v2_1.00",
        "weights": "imagenet",
        "image_size": 256,
        "tta": FLIPS,
    },
    runs=({"backbone": "mobilenet_v2_1.00"}, {"backbone": "mobilenet_1.00"}),
)
