"""Photographs of CIFAR-10, each turned: by how many degrees. Made by tests/bench/arrange.py."""

from pathlib import Path

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, numbers
from kit.targets import Numbers


def read(raw: Path, part: str) -> Split:
    paths = image_folder(raw / part, ".png")
    ids = [path.stem for path in paths]
    return Split(ids, paths, numbers(raw / "train.csv", ids, "id", ["angle"]) if part == "train" else None)


COMPETITION = Competition(
    slug="turned",
    title="Turned photographs",
    target=Numbers(("angle",), low=-45, high=45),
    image_shape=(44, 44, 3),
    metric="mae",
    submission=Submission("id", ("angle",), kind="value"),
    archives=Archives("train", "test", "sample_submission.csv", "train.csv"),
    read=read,
)
