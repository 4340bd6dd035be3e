"""Which images the times of a plan are for, on an epoch whose time is given."""

import pytest

from kit.config import Config
from kit.learn.cost import timing


@pytest.fixture
def probed(monkeypatch):
    """A millisecond per image and epoch; how many images each probe was asked to learn from."""
    counts, load = [], timing.cache.load

    def loaded(competition, folders):
        data = load(competition, folders)
        data.test.readable[4] = False  # of 30
        return data

    def probe(competition, config, data, count):
        assert count <= len(data.train.ids)
        counts.append(count)
        return [count / 1000], 0.0, 0.0

    monkeypatch.setattr(timing.cache, "load", loaded)
    monkeypatch.setattr(timing, "_probe", probe)
    return counts


@pytest.mark.parametrize(
    ("recipe", "patience", "images"), [("scratch", 0, 60), ("scratch", 3, 54), ("pseudo", 0, 89), ("pseudo", 3, 83)]
)
def test_an_epoch_is_over_all_that_a_member_may_learn_from(prepared, probed, recipe, patience, images):
    times = timing.measure(prepared, Config(recipe=recipe, backbone="cnn", batch_size=16, patience=patience))
    assert times.epochs == pytest.approx((images / 1000,)) and max(probed) <= 60
