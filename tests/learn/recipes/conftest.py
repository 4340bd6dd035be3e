"""What the tests of recipes share: a member of tiny-stripes, and a run that the CLI trains."""

import numpy as np

from kit import paths, runs
from kit.config import Config
from kit.data import cache, folds
from kit.learn import recipes
from kit.learn.member import Member


def make_member(prepared, home, fold=0, **settings):
    where = paths.data("tiny-stripes")
    data = cache.load(prepared, where)
    fold_of = folds.read(where.folds, data.train.ids)
    outside, judged = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
    return Member(prepared, Config(**settings), data, where, fold, outside, judged, home, recipes=recipes.RECIPES)


def read_epochs(run):
    rows = (run.member(0) / "history.csv").read_text().splitlines()
    return [row.split(",")[0] for row in rows[1:]]


def train_run(here, *words):
    return runs.find(here("train", "tiny-stripes", *words).stdout.splitlines()[-1])
