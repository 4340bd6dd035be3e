"""Which rows an epoch draws."""

from types import SimpleNamespace

import numpy as np
import pytest

from kit.config import Config
from kit.learn.fit import batches
from kit.learn.fit.stages import Stage
from kit.learn.fit.training_set import TrainingSet
from kit.learn.input.samples import samples
from kit.targets import Classes, Labels, Votes

RARE = np.zeros((100, 2), np.float32)
RARE[:90, 0], RARE[90:, 1] = 1, 1


def _drawn(target=Classes(("no", "yes")), told=RARE, epoch=0, seed=0, **settings):  # noqa: B008
    member = SimpleNamespace(
        competition=SimpleNamespace(target=target), seed=seed, config=Config(batch_size=4, **settings)
    )
    training_set = TrainingSet(samples("train", np.arange(len(told))), told, np.arange(0))
    return np.concatenate(batches.draw(member, training_set, Stage(1, 4), epoch))


def test_every_row_is_drawn_once_unless_told_otherwise():
    assert np.array_equal(_drawn(), np.random.default_rng([0, 0]).permutation(100))


@pytest.mark.parametrize(("most", "negatives"), [(1, 10), (3, 30), (50, 90)])
def test_an_epoch_draws_so_many_of_the_frequent_for_one_of_the_rare(most, negatives):
    drawn = _drawn(max_imbalance=most)
    assert len(set(drawn)) == len(drawn) and np.sort(drawn)[-10:].tolist() == list(range(90, 100))
    assert (drawn < 90).sum() == negatives // 4 * 4 + negatives % 4 and sorted(drawn) != drawn.tolist()


@pytest.mark.parametrize(("most", "rows"), [(0, 100), (1, 20), (3, 40), (50, 100)])
def test_a_forecast_knows_how_many_rows_an_epoch_draws(most, rows):
    assert batches.count_drawn(RARE.argmax(1), most) == rows == len(_drawn(max_imbalance=most))


def test_another_epoch_draws_other_negatives_and_the_same_epoch_the_same():
    first, again, later, other = (
        set(_drawn(max_imbalance=1, epoch=epoch, seed=seed)) for epoch, seed in ((0, 0), (0, 0), (1, 0), (0, 1))
    )
    assert first == again and len(first & later) < 16 and len(first & other) < 16
    seen = set().union(*(_drawn(max_imbalance=1, epoch=epoch) for epoch in range(60)))
    assert seen == set(range(100))


def test_labels_are_drawn_by_the_rarest_of_a_row_and_votes_by_the_most():
    labels = np.zeros((40, 2), np.float32)
    labels[:8, 0], labels[4:12, 1] = 1, 1  # 8 rows with the one, 4 with the other alone, 28 with none
    drawn = _drawn(Labels(("a", "b")), labels, max_imbalance=1)
    assert [(drawn < 8).sum(), ((drawn >= 8) & (drawn < 12)).sum(), (drawn >= 12).sum()] == [4, 4, 4]
    votes = np.where(RARE > 0, 0.7, 0.3).astype(np.float32)
    assert (_drawn(Votes(("no", "yes")), votes, max_imbalance=1) >= 90).sum() == 10
