"""PetFinder.my - Pawpularity Contest (2021): photographs of cats and dogs of many sizes, JPEG.

9,912 training images, RMSE of a number from 1 to 100. Quirks: the test images of the archive are a few made up ones, those
that count are seen in a kernel alone; twelve columns say of each photograph what is on it. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission, Table
from kit.data.readers import column, find_images, numbers, table_columns
from kit.targets import Numbers

POSE = ("Subject Focus", "Eyes", "Face", "Near", "Action")
SCENE = ("Accessory", "Group", "Collage", "Human", "Occlusion", "Info", "Blur")
TABLE = Table(numbers=(*POSE, *SCENE))  # 0 and 1
FLIP = ("identity", "hflip")


def read(raw: Path, part: str) -> Split:
    file = raw / f"{part}.csv"
    ids = column(file, "Id")
    told = numbers(file, ids, "Id", ("Pawpularity",)) if part == "train" else None
    return Split(ids, find_images(raw / part, ids), told, table=table_columns(file, ids, "Id", TABLE))


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.HorizontalFlip(p=0.5), A.Affine(rotate=(-10, 10), scale=(0.9, 1.1), p=0.5)])


COMPETITION = Competition(
    slug="petfinder-pawpularity-score",
    title="PetFinder.my - Pawpularity Contest",
    target=Numbers(("Pawpularity",), low=1, high=100),
    image_shape=(256, 256, 3),
    table=TABLE,
    metric="rmse",
    submission=Submission(id_column="Id", target_columns=("Pawpularity",), kind="value"),
    archives=Archives(train="train", test="test", sample="sample_submission.csv", labels="train.csv"),
    read=read,
    augment=augment,
    tta=(*FLIP, "zoom_in", "zoom_out"),
    defaults={
        "recipe": "features",
        "backbone": "mobilenet_v2_1.00",
        "weights": "imagenet",
        "image_size": 256,
        "tta": FLIP,
    },
    runs=({"backbone": "mobilenet_v2_1.00"}, {"backbone": "mobilenet_1.00"}),
)
