"""Rows of 128 made features, as images of 8 x 16 pixels, of very many classes. Made by tests/bench/many_classes.py."""

from pathlib import Path

import numpy as np

from kit.competition import Archives, Competition, Split, Submission
from kit.data.classes_in_table import ClassesInTable
from kit.data.readers import column
from kit.errors import DataError
from kit.learn.recipe import Recipe
from kit.learn.recipes import features

NETWORKS = {"first": slice(0, 96), "last": slice(32, 128)}  # which features a run sees


def read(raw: Path, part: str) -> Split:
    images = np.load(raw / f"{part}.npy", mmap_mode="r")
    if part == "train":
        return Split(column(raw / "train.csv", "id"), images, column(raw / "train.csv", "class"))
    return Split(column(raw / "sample_submission.csv", "id"), images)


def compute(member, splits, views):
    """The pixels are the features."""
    seen, images = NETWORKS[member.config.backbone], {split: member.data.get_split(split).images for split in splits}
    taken = {split: images[split].reshape(len(images[split]), -1)[:, seen].astype(np.float32) for split in splits}
    return {(split, view): taken[split] for split in splits for view in views}


def open_member(member):
    raise DataError("pixels are no network to look into")


PIXELS = Recipe(
    lambda member: features.fit(member, compute),
    lambda member: features.predictor(member, compute),
    open_member,
    networks=lambda competition: NETWORKS,
    settings=("head_strength",),
    epochs=lambda config: (),
    seeded=False,
)

COMPETITION = Competition(
    slug="many",
    title="Very many classes",
    target=ClassesInTable("many", "train.csv", "class"),
    image_shape=(8, 16, 1),
    metric="map@5",
    submission=Submission("id", ("class",), kind="ranking"),
    archives=Archives("train.npy", "test.npy", "sample_submission.csv", "train.csv"),
    read=read,
    recipes={"pixels": PIXELS},
    defaults={"recipe": "pixels", "backbone": "first", "folds": 5},
)
