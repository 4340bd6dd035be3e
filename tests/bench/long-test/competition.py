"""A small training part beside a test part of any size: made by tests/bench/memory.py."""

from pathlib import Path

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, labels
from kit.targets import Classes


def read(raw: Path, part: str) -> Split:
    files = image_folder(raw / part)
    ids = [file.stem for file in files]
    return Split(ids, files, labels(raw / "labels.csv", ids, "id", "label") if part == "train" else None)


COMPETITION = Competition(
    slug="long-test",
    title="A long test part",
    target=Classes(("dark", "light")),
    image_shape=(32, 32, 3),
    metric="log_loss",
    submission=Submission("id", ("dark", "light"), kind="probability"),
    archives=Archives("train", "test", "sample_submission.csv", labels="labels.csv"),
    read=read,
    tta=("identity", "hflip"),
    defaults={"backbone": "cnn", "width": 8, "epochs": 1, "patience": 0},
)
