"""boosting: trees on the columns of a table, one after another, each on what those before it leave unexplained."""

import time

import numpy as np

from kit.data.cache import CachedSplit
from kit.errors import ConfigError
from kit.learn.member import Member, split_early_stopping
from kit.learn.recipe import History, Opened, Predictor, Recipe
from kit.learn.trees import forest, inputs
from kit.learn.trees.grow import Rows, grow


def fit(member: Member) -> History:
    """Grows the trees; how many, those training rows decide that are set aside for it."""
    started, numbers = time.monotonic(), len(member.competition.table.numbers)
    learn, stopping = split_early_stopping(member)
    kept = inputs.find_frequent(member.data.train.table[learn], numbers)
    known, aside = (_rows(member, some, kept) for some in (learn, stopping))
    grown = grow(member.competition.target, member.config, member.seed, known, aside, len(kept))
    forest.save(grown, {str(place): codes for place, codes in enumerate(kept)}, member.weights)
    record = {"epoch": 1, "trees": len(grown.first), "seconds": round(time.monotonic() - started, 2)}
    if len(stopping):
        labels = member.data.train.labels[stopping]
        record["stopping_loss"] = member.competition.target.logit_loss(labels, grown.logits(aside.inputs))
    return [record]


def _rows(member: Member, rows: np.ndarray, kept: list[np.ndarray]) -> Rows:
    train = member.data.train
    told = member.competition.target.tell(train.labels[rows])
    weights = train.weights[rows] if len(train.weights) else np.ones(len(rows))
    table = inputs.arrange(train.table[rows], len(member.competition.table.numbers), kept)
    return Rows(table, told, weights)


def predictor(member: Member) -> Predictor:
    grown, kept = forest.load(member.weights)
    codes = [kept[str(place)] for place in range(len(kept))]
    numbers, target = len(member.competition.table.numbers), member.competition.target

    def run(split: CachedSplit, rows: np.ndarray, views: tuple[str, ...], label: str) -> np.ndarray:
        return target.activate(grown.logits(inputs.arrange(split.table[rows], numbers, codes)))

    return run


def open_member(member: Member) -> Opened:
    raise ConfigError("boosting has trees, no network to look into")


RECIPE = Recipe(
    fit,
    predictor,
    open_member,
    networks=lambda competition: {"trees": None},
    settings=(
        "learning_rate",
        "trees",
        "leaves",
        "leaf_rows",
        "leaf_decay",
        "column_share",
        "patience",
        "stopping_share",
    ),
    defaults={"backbone": "trees", "learning_rate": 0.03, "patience": 0, "tta": ("identity",)},
    epochs=lambda config: (),
    reads="table",
)
