"""Dogs vs. Cats Redux: Kernels Edition (2016): the photographs of dogs-vs-cats, scored by log loss.

25,000 training images (half dogs), 12,500 test images. Quirks: the class is in the file name (cat.0.jpg); label is the
probability of a dog, and a confident error is dear: Submission.clip bounds it. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder
from kit.targets import Classes

FLIP = ("identity", "hflip")
CROPS = ("crop_center", "crop_top_left", "crop_top_right", "crop_bottom_left", "crop_bottom_right")


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / part, ".jpg")
    labels = [path.name.partition(".")[0] for path in paths] if part == "train" else None
    return Split([path.stem for path in paths], paths, labels)


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.HorizontalFlip(p=0.5)])


COMPETITION = Competition(
    slug="dogs-vs-cats-redux-kernels-edition",
    title="Dogs vs. Cats Redux: Kernels Edition",
    target=Classes(("cat", "dog")),
    image_shape=(256, 256, 3),
    metric="log_loss",
    submission=Submission(id_column="id", target_columns=("label",), kind="probability", of=("dog",), clip=0.005),
    archives=Archives(train="train.zip", test="test.zip", sample="sample_submission.csv"),
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
    runs=({"backbone": "mobilenet_v2_1.00"}, {"backbone": "mobilenet_1.00"}, {"backbone": "mobilenet_v2_0.35"}),
)
