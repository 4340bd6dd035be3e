"""boosting: trees on the columns of a table, one after another, each on what those before it leave unexplained.

Where --backbone names a pretrained one, its pooled features of the image are columns beside those of the table, or alone. So is
what the runs of `stacked_on` predicted (stacked_on.py).
"""

import time

import numpy as np

from kit.data.cache import CachedSplit
from kit.errors import DataError
from kit.learn import finite
from kit.learn.member import Member, split_early_stopping, weigh
from kit.learn.networks import backbones
from kit.learn.predict import tta
from kit.learn.recipe import History, Opened, Predictor, Recipe
from kit.learn.recipes import stacked_on
from kit.learn.trees import forest, inputs
from kit.learn.trees.grow import Rows, grow

TREES = "trees"  # in place of a backbone: none
SETTINGS = (
    *("learning_rate", "trees", "leaves", "leaf_rows", "leaf_decay", "column_share", "patience", "stopping_share"),
    "stacked_on",
)


def fit(member: Member) -> History:
    """Grows the trees; how many, those training rows decide that are set aside for it."""
    started, numbers = time.monotonic(), len(member.competition.table.numbers)
    learn, stopping = split_early_stopping(member)
    kept = inputs.find_frequent(member.data.train.table[learn], numbers)
    known, aside = (_rows(member, some, kept) for some in (learn, stopping))
    grown = grow(member.competition.target, member.config, member.seed, known, aside, len(kept))
    finite.check(member, "a leaf of the trees", grown.value)
    forest.save(grown, {str(place): codes for place, codes in enumerate(kept)}, member.weights)
    record = {"epoch": 1, "trees": len(grown.first), "seconds": round(time.monotonic() - started, 2)}
    if len(stopping):
        labels = member.data.train.labels[stopping]
        record["stopping_loss"] = member.competition.target.logit_loss(labels, grown.logits(aside.inputs))
    return [record]


def _rows(member: Member, rows: np.ndarray, kept: list[np.ndarray]) -> Rows:
    train = member.data.train
    told = member.competition.target.tell(train.labels[rows])
    weights = weigh(member, rows)
    counted = np.ones(len(rows)) if weights is None else weights
    return Rows(_inputs(member, train, rows, kept), told, counted)


def _inputs(
    member: Member, split: CachedSplit, rows: np.ndarray, kept: list[np.ndarray], view: str = "identity"
) -> np.ndarray:
    """float64 (len(rows), D): categories and numbers; if they are set, predictions of other runs, and a pretrained backbone's
    features of the image.
    """
    table = inputs.arrange(split.table[rows], len(member.competition.table.numbers), kept)
    table = np.concatenate([table, stacked_on.columns(member, split, rows)], axis=1)
    if member.config.backbone == TREES:
        return table
    from kit.learn.predict import extract_features

    features = extract_features.compute(member, (split.split,), (view,))[split.split, view]
    return np.concatenate([table, features[rows]], axis=1)


def predictor(member: Member) -> Predictor:
    grown, kept = forest.load(member.weights)
    codes = [kept[str(place)] for place in range(len(kept))]
    target = member.competition.target

    def run(split: CachedSplit, rows: np.ndarray, views: tuple[str, ...], label: str) -> np.ndarray:
        seen = views[:1] if member.config.backbone == TREES else views
        logits = (grown.logits(_inputs(member, split, rows, codes, view)) for view in seen)
        return tta.average(target, np.stack([target.activate(each) for each in logits]), member.config.average)

    return run


def open_member(member: Member) -> Opened:
    raise DataError("boosting has trees, no network to look into")


RECIPE = Recipe(
    fit,
    predictor,
    open_member,
    networks=lambda competition: {TREES: None, **(backbones.BACKBONES if competition.has_images else {})},
    settings=SETTINGS,
    defaults={"backbone": TREES, "learning_rate": 0.03, "patience": 0, "tta": ("identity",)},
    epochs=lambda config: (),
    resolve=stacked_on.resolve,
    reads="table",
    on_backbone={
        "reads": "images",
        "pretrained": True,
        "frozen": True,
        "settings": (*SETTINGS, "weights", "image_size"),
    },
)
