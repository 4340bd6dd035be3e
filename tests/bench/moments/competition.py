"""Photographs of CIFAR-10, each taken at one of two moments of the day: which class, and at which moment. A photograph shows
its class alone; columns beside it tell of the moment, not always rightly. Made by tests/bench/fusion.py.
"""

from pathlib import Path

from kit.competition import Archives, Competition, Split, Submission, Table
from kit.data.readers import image_folder, labels, table_columns
from kit.targets import Classes

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MOMENTS = ("morning", "evening")
TABLE = Table(numbers=("light",), categories=("clock",))


def read(raw: Path, part: str) -> Split:
    paths, table = image_folder(raw / part, ".png"), raw / f"{part}.csv"
    ids = [path.stem for path in paths]
    told = labels(table, ids, "id", "pair") if part == "train" else None
    return Split(ids, paths, told, table=table_columns(table, ids, "id", TABLE))


COMPETITION = Competition(
    slug="moments",
    title="Photographs at two moments of the day",
    target=Classes(tuple(f"{name}-{moment}" for name in CLASSES for moment in MOMENTS)),
    image_shape=(32, 32, 3),
    table=TABLE,
    metric="accuracy",
    submission=Submission("id", ("pair",)),
    archives=Archives("train", "test", "sample_submission.csv", "train.csv"),
    read=read,
)
