import os

import numpy as np
import pytest

from kit.config import Config
from kit.errors import DataError
from kit.learn.loader import Source, loader


@pytest.fixture
def source(tmp_path, plugins):
    pixels = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1)).astype(np.uint8)
    np.save(tmp_path / "train.npy", pixels)
    return Source((tmp_path / "train.npy",), plugins / "tiny-stripes", Config(), seed=3)


BATCHES = [np.array([4, 0, 7]), np.array([1, 19, 2]), np.array([3, 5, 6])]


def _load(source, workers, epoch=0, batches=BATCHES):
    with loader(source, workers) as loaded:
        return list(loaded.batches(epoch, batches))


def test_pixels_depend_on_seed_epoch_and_sample_alone(source):
    here = _load(source, 0)
    for there in (_load(source, 1), _load(source, 2)):
        assert all(np.array_equal(a, b) for a, b in zip(here, there, strict=True))
    alone = _load(source, 0, batches=[np.array([19])])
    assert np.array_equal(alone[0][0], here[1][1])
    assert not np.array_equal(np.concatenate(_load(source, 0, epoch=1)), np.concatenate(here))


def test_augmentation_changes_images_and_without_it_they_are_as_cached(source):
    plain = _load(Source(source.images, None, Config(), 3), 0)
    cached = np.load(source.images[0])
    assert np.array_equal(plain[0], cached[BATCHES[0]])
    assert not np.array_equal(np.concatenate(_load(source, 0)), np.concatenate(plain))


def _rewrite(source, old, new):
    file = source.competition / "competition.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize("workers", [0, 1])
def test_an_augmentation_that_rescales_is_refused(source, workers):
    _rewrite(source, "A.Affine(translate_px=(-1, 1), p=1.0)", "A.ToFloat(255)")
    with pytest.raises(DataError, match=r"received float32 .* expected uint8 \(8, 8, 1\), values 0 to 255"):
        _load(source, workers)


def test_the_death_of_a_worker_is_reported_with_what_to_do(source):
    _rewrite(source, "import albumentations as A\n", f"import os\n    if os.getpid() != {os.getpid()}: os._exit(9)\n")
    with pytest.raises(DataError, match=r"worker died.*--resume RUN.*workers=0"):
        _load(source, 2)
