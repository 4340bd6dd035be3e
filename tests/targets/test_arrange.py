"""The tasks that `make bench ARGS=targets` makes of photographs: none used twice, labels right, no corner that tells."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from kit.data.prepare import prepare
from kit.paths import DataFolders
from kit.plugins import load
from tests.bench import arrange

BENCH = Path(arrange.__file__).parent
NAMES = [("cat", "dog", "frog")[number % 3] for number in range(80)]


@pytest.fixture
def photographs():
    """uint8 (80, 32, 32, 3): each of one grey level of its own."""
    return np.broadcast_to(np.arange(80, dtype=np.uint8)[:, None, None, None], (80, 32, 32, 3)).copy()


def test_mosaics_hold_each_photograph_once_under_its_label(photographs):
    images, known = arrange.mosaics(photographs, NAMES, np.random.default_rng(0))
    assert images.shape == (20, 64, 64, 3)
    corners = images[:, ::63, ::63, 0].reshape(20, 4)
    assert sorted(corners.ravel()) == list(range(80))
    assert known == [sorted({NAMES[number] for number in four}) for four in corners]


def test_columns_tell_the_moment_but_not_always_and_nothing_of_the_photograph(photographs):
    images, known, beside = arrange.at_moments(
        np.repeat(photographs, 20, axis=0), np.repeat(NAMES, 20).tolist(), np.random.default_rng(0)
    )
    names, moments = zip(*(pair.split("-") for pair in known), strict=True)
    assert list(names) == [NAMES[number] for number in images[:, 0, 0, 0]]
    light, clock = (np.array(column) for column in zip(*beside, strict=True))
    morning = np.array(moments) == "morning"
    assert 0.45 < morning.mean() < 0.55 and 1.8 < light[morning].mean() - light[~morning].mean() < 2.2
    shown = clock != ""
    assert 0.75 < (clock == moments)[shown].mean() < 0.85 and 0.07 < (~shown).mean() < 0.13
    cats = np.array(names) == "cat"
    assert abs(light[cats].mean() - light[~cats].mean()) < 0.2


def test_pairs_hold_each_photograph_once_on_its_side(photographs):
    images, known = arrange.pairs(photographs, NAMES, np.random.default_rng(0))
    assert images.shape == (40, 32, 64, 3)
    ends = images[:, 0, ::63, 0]
    assert sorted(ends.ravel()) == list(range(80))
    assert known == [f"{NAMES[left]}-{NAMES[right]}" for left, right in ends]


def test_turned_photographs_are_each_used_once_and_no_corner_tells(photographs):
    images, known = arrange.turned(photographs, NAMES, np.random.default_rng(0))
    assert images.shape == (80, 44, 44, 3) and sorted(images[:, 0, 0, 0]) == list(range(80))
    assert (images == images[:, :1, :1]).all(), "an empty corner would be black"
    assert len({angle for [angle] in known}) > 70 and all(-45 <= angle <= 45 for [angle] in known)


@pytest.mark.parametrize("angle", [-45, -20, 20, 45])
def test_a_photograph_is_turned_counter_clockwise_by_its_angle(angle):
    rising = np.zeros((32, 32, 3), np.uint8)
    rising[15:17, 16:] = 255  # a line from the middle to the right
    rows, columns = np.nonzero(arrange.turn(rising, angle)[..., 0] > 100)
    assert np.degrees(np.arctan2(21.5 - rows.mean(), columns.mean() - 21.5)) == pytest.approx(angle, abs=4)


@pytest.mark.parametrize("slug", ["mosaics", "turned", "pairs"])
def test_the_archive_becomes_rows_with_their_labels_and_says_nothing_of_those_aside(slug, photographs, tmp_path):
    competition, where = load(slug, [BENCH]), DataFolders(tmp_path / "data")
    images, known = getattr(arrange, slug)(photographs, NAMES, np.random.default_rng(0))
    where.archives.mkdir(parents=True)
    arrange.write(where.archives / f"{slug}.zip", competition, images, known, aside=8)
    data = prepare(competition, where, folds=2)
    assert np.array_equal(data.train.images, images[:-8]) and np.array_equal(data.test.images, images[-8:])
    assert np.array_equal(data.train.labels, competition.target.encode(known[:-8]))
    sample = zipfile.ZipFile(where.archives / f"{slug}.zip").read("sample_submission.csv").decode().splitlines()[1:]
    assert len({line.partition(",")[2] for line in sample}) == 1
