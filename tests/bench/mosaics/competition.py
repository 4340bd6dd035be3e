"""Mosaics of four photographs of CIFAR-10: which of its classes are in them. Made by tests/bench/arrange.py."""

from pathlib import Path

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, tags
from kit.targets import Labels

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / part, ".png")
    ids = [path.stem for path in paths]
    return Split(ids, paths, tags(raw / "train.csv", ids, "id", "tags") if part == "train" else None)


COMPETITION = Competition(
    slug="mosaics",
    title="Mosaics of four photographs",
    target=Labels(CLASSES),
    image_shape=(64, 64, 3),
    metric="row_f2",
    submission=Submission("id", ("tags",), kind="labels"),
    archives=Archives("train", "test", "sample_submission.csv", "train.csv"),
    read=read,
    tta=("identity", "hflip"),
)
