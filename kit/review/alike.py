"""Near-duplicates as a table and a sheet of pairs."""

from typing import Any

import numpy as np

from kit import paths
from kit.competition import Competition
from kit.data import cache, near_duplicates
from kit.data.cache import Dataset
from kit.data.near_duplicates import Pair
from kit.files import open_atomic
from kit.report.render import pictures

SHOWN = 48  # pairs of the sheet


def review(competition: Competition, least: float = near_duplicates.SAME) -> dict[str, Any]:
    """Writes data/<slug>/review/twins.csv and twins.png (the pairs least alike: the doubtful ones), and counts the pairs."""
    competition.check_has_images("review twins")
    where = paths.data(competition.slug)
    data = cache.load(competition, where)
    pairs = near_duplicates.find(data, least)
    near_duplicates.write(where.review / "twins.csv", data, pairs)
    if pairs:
        with open_atomic(where.review / "twins.png") as out:
            out.write(sheet(data, competition, pairs[-SHOWN:]))
    within = [pair for pair in pairs if pair.part == "train"]
    labels = data.train.labels
    return {
        "train": len(within),
        "other_label": sum(bool((labels[pair.row] != labels[pair.other]).any()) for pair in within),
        "test": len(pairs) - len(within),
        "table": str(where.review / "twins.csv"),
        "sheet": str(where.review / "twins.png") if pairs else None,
    }


def sheet(data: Dataset, competition: Competition, pairs: list[Pair]) -> bytes:
    """PNG: each pair side by side, its similarity over the first image, four pairs to a row."""
    images, titles = [], []
    for pair in pairs:
        split = data.get_split(pair.part)
        images += [data.train.images[pair.row], split.images[pair.other]]
        other = _label(data, competition, pair.other) if pair.part == "train" else "test"
        titles += [
            f"{data.train.ids[pair.row]}: {_label(data, competition, pair.row)}\nalike {pair.similarity:.2f}",
            f"{split.ids[pair.other]}: {other}\n",
        ]
    return pictures.sheet(np.stack(images), titles)


def _label(data: Dataset, competition: Competition, row: int) -> str:
    return competition.target.write(data.train.labels[[row]])[0]
