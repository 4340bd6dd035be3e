"""Two photographs of CIFAR-10 side by side: of which two classes, in their order. Made by tests/bench/arrange.py."""

from pathlib import Path

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, labels
from kit.targets import Classes

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / part, ".png")
    ids = [path.stem for path in paths]
    return Split(ids, paths, labels(raw / "train.csv", ids, "id", "pair") if part == "train" else None)


COMPETITION = Competition(
    slug="pairs",
    title="Two photographs side by side",
    target=Classes(tuple(f"{left}-{right}" for left in CLASSES for right in CLASSES)),
    image_shape=(32, 64, 3),
    metric="map@5",
    submission=Submission("id", ("pair",), kind="ranking"),
    archives=Archives("train", "test", "sample_submission.csv", "train.csv"),
    read=read,
)
