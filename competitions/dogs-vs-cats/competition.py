"""Dogs vs. Cats (2013): photographs of many sizes, JPEG.

25,000 training images (half dogs), 12,500 test images, accuracy. Quirks: the class is in the file name (cat.0.jpg); the
test archive is called test1.zip; a dog is written 1, a cat 0. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder
from kit.targets import Classes

FLIP = ("identity", "hflip")
CROPS = ("crop_center", "crop_top_left", "crop_top_right", "crop_bottom_left", "crop_bottom_right")
FOLDERS = {"train": "train", "test": "test1"}


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / FOLDERS[part], ".jpg")
    labels = [path.name.partition(".")[0] for path in paths] if part == "train" else None
    return Split([path.stem for path in paths], paths, labels)


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.HorizontalFlip(p=0.5)])


COMPETITION = Competition(
    slug="dogs-vs-cats",
    title="Dogs vs. Cats",
    target=Classes(("cat", "dog")),
    image_shape=(256, 256, 3),
    metric="accuracy",
    submission=Submission(id_column="id", target_columns=("label",), values=("0", "1")),
    archives=Archives(train="train.zip", test="test1.zip", sample="sampleSubmission.csv"),
    read=read,
    augment=augment,
    tta=(*FLIP, "zoom_in", "zoom_out", "rotate_left", "rotate_right", *CROPS),
    defaults={
        "recipe": "features",
        "backbone": "mobilenet_v2_1.00",
        "weights": "imagenet",
        "image_size": 256,
        "tta": FLIP,
    },
    runs=(
        {"backbone": "mobilenet_v2_1.00"},
        {"backbone": "mobilenet_1.00"},
        {"backbone": "mobilenet_v2_0.35"},
        {"backbone": "mobilenet_1.00", "image_size": 320},
    ),
)
