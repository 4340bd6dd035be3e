from dataclasses import replace

import pytest

from kit.learn.cost import forecast as module
from kit.learn.cost.forecast import forecast
from kit.learn.cost.plan import Times
from kit.learn.settings import resolve_settings


@pytest.fixture
def measured(monkeypatch):
    """In place of a timing: ten seconds an epoch. What it was asked about."""
    asked = []

    def times(competition, config):
        asked.append(config)
        return Times(epochs=(10.0,))

    monkeypatch.setattr(module.timing, "measure", times)
    return asked


@pytest.fixture
def config(prepared):
    return resolve_settings(prepared, {}, {"folds": 3}, [])[0]


def test_what_is_over_soon_is_not_timed(prepared, config, measured):
    assert forecast(prepared, [config, config]) is None and measured == []


def test_less_than_ten_minutes_is_not_told(prepared, config, measured, monkeypatch):
    monkeypatch.setattr(module, "SLOW_CPU", 0)
    monkeypatch.setattr(module, "SLOW_GPU", 0)
    assert forecast(prepared, [replace(config, epochs=19)]) is None and len(measured) == 1  # 3 folds of 190 s


def test_the_first_is_timed_and_the_others_count_by_their_own_work(prepared, config, measured):
    long = replace(
        config, epochs=1_000_000
    )  # of which three folds of 90 images are too much for ten minutes on any device
    told = forecast(prepared, [long, replace(long, epochs=1, backbone="resnet9"), replace(long, seeds=2)])
    assert [one.backbone for one in measured] == ["tiny"]
    hours = (3 * 1_000_000 * 10 + 3 * 10 + 6 * 1_000_000 * 10) // 3600
    assert told.startswith(f"this will take about {hours} h ") and told.endswith(
        "scratch tiny, timed as `kit plan` does"
    )
    assert "3 models, all as fast as the first" in told
