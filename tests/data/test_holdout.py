"""`kit prepare --holdout` beside what a competition and a team bring."""

from dataclasses import replace

import numpy as np

from kit import places
from kit.data import cache, holdout


def test_names_with_commas_and_quotes_come_back(prepared, tmp_path):
    competition = replace(prepared, classes=("flat, wide", 'the "steep"', "none"))
    train = cache.load(prepared, places.data("tiny-stripes")).train
    train = replace(train, ids=np.array([f'a "{name}", b' for name in train.ids]))
    holdout.write(tmp_path / "h.csv", competition, train, 0.3)
    kept = holdout.read(tmp_path / "h.csv", competition)
    names = [name.removeprefix(holdout.PREFIX) for name in kept.ids]
    assert len(names) == 27 and kept.labels.tolist() == cache.labels_of(train, np.array(names)).tolist()
