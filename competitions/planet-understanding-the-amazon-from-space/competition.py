"""Planet: Understanding the Amazon from Space (2017): satellite pictures of rain forest, 256x256, JPEG.

40,479 training and 61,191 test images, 17 tags of which a row has one or more, F2 of each row averaged. Quirks: each archive
is a .tar in a .7z; the test images lie in two; ids are file names without ending. Scores: README.md.
"""

from pathlib import Path
from typing import Any

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, tags
from kit.targets import Labels

WEATHER = ("clear", "cloudy", "haze", "partly_cloudy")
COMMON = ("agriculture", "bare_ground", "cultivation", "habitation", "primary", "road", "water")
RARE = ("artisinal_mine", "blooming", "blow_down", "conventional_mine", "selective_logging", "slash_burn")
FLIPS = ("identity", "hflip", "vflip")


def read(raw: Path, part: str) -> Split:
    folders = sorted(raw.glob(f"{part}-jpg*"))  # test-jpg and test-jpg-additional
    paths = [path for folder in folders for path in image_folder(folder, ".jpg")]
    ids = [path.stem for path in paths]
    return Split(ids, paths, tags(raw / "train_v2.csv", ids, "image_name", "tags") if part == "train" else None)


def augment() -> Any:
    import albumentations as A

    return A.Compose([A.D4(p=1.0)])


COMPETITION = Competition(
    slug="planet-understanding-the-amazon-from-space",
    title="Planet: Understanding the Amazon from Space",
    target=Labels((*WEATHER, *COMMON, *RARE)),
    image_shape=(256, 256, 3),
    metric="row_f2",
    submission=Submission(id_column="image_name", target_columns=("tags",), kind="labels"),
    archives=Archives(
        train="train-jpg.tar.7z", test="test-jpg.tar.7z", sample="sample_submission_v2.csv", labels="train_v2.csv"
    ),
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
