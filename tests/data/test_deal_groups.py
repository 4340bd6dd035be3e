"""Groups dealt out whole: as evenly as scikit-learn does it for classes, and label by label where rows have several."""

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from kit.data.deal_groups import deal_groups, set_aside
from kit.targets import Classes, Labels, Numbers

DRAW = np.random.default_rng(0)
PATIENTS = np.sort(DRAW.integers(0, 400, 4000))


def unevenness(columns: np.ndarray, fold: np.ndarray) -> float:
    """The root mean square deviation of a fold's share of each column from a fifth, in fifths."""
    held = np.stack([columns[fold == one].sum(0) for one in range(5)]) / columns.sum(0) * 5
    return float(np.sqrt(((held - 1) ** 2).mean()))


def test_rare_classes_are_dealt_out_no_worse_than_by_scikit_learn():
    rare = (DRAW.random(4000) < DRAW.beta(0.05, 2.5, 400)[PATIENTS]).astype(np.int64)
    ours = deal_groups(PATIENTS, Classes(("no", "yes")), rare, [0.2] * 5, seed=0)
    theirs = np.empty(4000, np.int64)
    splits = StratifiedGroupKFold(5, shuffle=True, random_state=0).split(rare, rare, PATIENTS)
    for fold, (_, rows) in enumerate(splits):
        theirs[rows] = fold
    columns = np.eye(2)[rare]
    assert unevenness(columns, ours) <= unevenness(columns, theirs) / 2
    assert all(len(set(ours[one == PATIENTS])) == 1 for one in set(PATIENTS))


def test_each_label_of_several_is_dealt_out_evenly_the_frequent_ones_too():
    odds = np.exp(DRAW.normal(0, 1.5, (400, 6))) * np.array([0.01, 0.02, 0.05, 0.3, 0.5, 2])
    labels = (DRAW.random((4000, 6)) < (odds / (1 + odds))[PATIENTS]).astype(np.uint8)
    target = Labels(tuple("abcdef"))
    by_rarest = deal_groups(PATIENTS, Classes(tuple("abcdefg")), target.strata(labels), [0.2] * 5, seed=0)
    by_label = deal_groups(PATIENTS, target, labels, [0.2] * 5, seed=0)
    assert unevenness(labels, by_label) < min(0.02, unevenness(labels, by_rarest))


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_part_comes_near_its_share_and_another_seed_takes_other_groups(share):
    ages = DRAW.normal(50, 20, (4000, 1)).astype(np.float32)
    parts = [deal_groups(PATIENTS, Numbers(("age",)), ages, [share, 1 - share], seed) for seed in (0, 0, 1)]
    assert (parts[0] == parts[1]).all() and (parts[0] != parts[2]).any()
    assert all(abs((part == 0).mean() - share) < 0.005 for part in parts)


def test_no_part_of_several_equal_ones_is_empty_even_with_one_group_each():
    groups = np.repeat(np.arange(5), [100, 1, 1, 50, 2])
    assert set(deal_groups(groups, Classes(("a",)), np.zeros(154, np.int64), [0.2] * 5, 0)) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("share", [0.05, 0.1, 0.4])
def test_whole_groups_are_set_aside_as_near_to_the_share_as_they_can(share):
    rare = (DRAW.random(4000) < DRAW.beta(0.1, 2, 400)[PATIENTS]).astype(np.int64)
    aside = set_aside(PATIENTS, Classes(("no", "yes")), rare, share, seed=0)
    assert abs(aside.mean() - share) < 0.005 and abs(aside[rare == 1].mean() - share) < 0.02
    assert not set(PATIENTS[aside]) & set(PATIENTS[~aside])


def test_a_group_that_alone_has_a_class_is_never_set_aside_but_any_range_of_numbers_may_be():
    drivers, labels = np.repeat(np.arange(4), 10), np.zeros(40, np.int64)
    labels[:10] = 1
    for seed in range(5):
        assert set(drivers[set_aside(drivers, Classes(("a", "b")), labels, 0.5, seed)]) <= {1, 2, 3}
    assert not set_aside(drivers, Classes(tuple("abcd")), drivers, 0.5, 0).any()
    assert len(set(drivers[set_aside(drivers, Numbers(("x",)), drivers[:, None].astype(np.float32), 0.5, 0)])) == 2


def test_of_large_groups_the_smallest_is_set_aside_where_none_is_as_small_as_the_share():
    drivers = np.repeat(np.arange(3), [20, 12, 30])
    assert set(drivers[set_aside(drivers, Classes(("a",)), np.zeros(62, np.int64), 0.02, 0)]) == {1}
