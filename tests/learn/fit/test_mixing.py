from dataclasses import replace

import keras
import numpy as np
import pytest

from kit.config import Config
from kit.errors import ConfigError, DataError
from kit.learn.fit.mixing import make_batch_change
from kit.learn.input import augment
from kit.learn.member import member_seed
from kit.plugins import load
from kit.targets import Labels, Numbers, Votes

IMAGES = np.random.default_rng(0).integers(0, 256, (16, 32, 32, 3)).astype(np.uint8)
CIFAR = load("cifar-10")
TARGETS = np.eye(16, dtype=np.float32)


def _changed(seed, targets=TARGETS, **settings):
    return tuple(np.asarray(part) for part in make_batch_change(CIFAR, Config(**settings), seed)(IMAGES, targets))


def test_mixup_mixes_targets_as_it_mixes_images():
    images, targets = _changed(7, mixup=0.4)
    assert np.allclose(targets.sum(1), 1, atol=1e-5) and ((targets > 0.02) & (targets < 0.98)).any()
    assert np.allclose(images, np.tensordot(targets, IMAGES.astype(np.float32), 1), atol=0.1)  # a class per image


def test_cutmix_mixes_targets_by_the_share_of_pixels():
    images, targets = _changed(7, cutmix=1.0)
    own = (images == IMAGES).all(3).mean((1, 2))
    assert 0.2 < own.mean() < 0.8 and np.allclose(targets.sum(1), 1, atol=1e-5)
    assert np.allclose(np.diag(targets), own, atol=0.1)  # its corners lie between pixels


@pytest.mark.parametrize("settings", [{"mixup": 0.4}, {"cutmix": 1.0}])
@pytest.mark.parametrize(
    "target",
    [Labels(("a", "b", "c")), Votes(("a", "b", "c")), Numbers(("x", "y", "z"))],
    ids=lambda target: target.kind,
)
def test_whatever_is_told_is_mixed_as_classes_are(target, settings):
    told = np.random.default_rng(0).choice([0, 1, 3], (16, 3), p=[0.2, 0.5, 0.3]).astype(np.float32)
    if target.kind == "labels":
        told = (told > 1).astype(np.float32)
    elif target.kind == "votes":
        told = target.encode(told + 1)
    mixed, shares = _changed(7, told, **settings)[1], _changed(7, **settings)[1]
    assert np.allclose(mixed, shares @ told, atol=1e-5) and not np.allclose(mixed, told)
    assert not target.find_bad(mixed).any()


def test_with_both_each_batch_gets_one_of_them():
    change = make_batch_change(CIFAR, Config(mixup=0.4, cutmix=1.0), 7)
    blended = [np.asarray(change(IMAGES, TARGETS)[0]) % 1 for _ in range(8)]  # whole numbers: pasted, not blended
    assert 0 < sum(part.any() for part in blended) < 8


def test_one_seed_mixes_alike_and_another_otherwise():
    first, second, third = (_changed(seed, mixup=0.4) for seed in (7, 7, 8))
    assert np.array_equal(first[0], second[0]) and not np.array_equal(first[1], third[1])


@pytest.mark.parametrize("settings", [{"mixup": 0.4}, {"cutmix": 1.0}, {"augment_on": "device", "cutout": 8}])
def test_the_seeds_of_a_training_may_be_large(settings):
    seed = member_seed(2024, 0) * 100_003  # as kit.learn.fit.loop draws an epoch's, above 2**32
    first, again, later = (_changed(drawn, **settings)[0] for drawn in (seed, seed, seed + 1))
    assert np.array_equal(first, again) and not np.array_equal(first, later)


def test_without_mixing_the_bytes_stay_as_they_are():
    images, targets = make_batch_change(CIFAR, Config(), 7)(IMAGES, TARGETS)
    assert images is IMAGES and targets is TARGETS


def test_layers_of_a_competition_that_fail_say_whose_and_on_what():
    wrong = replace(CIFAR, augment_batches=lambda: [keras.layers.Conv1D(8, 3)])  # of the wrong rank
    change = make_batch_change(wrong, Config(augment_on="device"), 7)
    words = r"augment_batches of cifar-10 failed: .*received uint8 \(16, 32, 32, 3\); correct augment_batches in .*\.py"
    with pytest.raises(DataError, match=words):
        change(IMAGES, TARGETS)


def test_augmentation_on_the_device_means_what_the_workers_do():
    moved, targets = _changed(7, augment_on="device")
    assert np.array_equal(targets, TARGETS) and moved.shape == IMAGES.shape
    for image, result in zip(IMAGES, moved, strict=True):  # each one shifted by up to four whole pixels
        padded = np.pad(image, ((4, 4), (4, 4), (0, 0)), "symmetric")
        shifts = [padded[y : y + 32, x : x + 32] for y in range(9) for x in range(9)]
        assert any(np.abs(result[4:-4, 4:-4] - shift[4:-4, 4:-4]).max() < 1 for shift in shifts)
    cut, _ = _changed(7, augment_on="device", cutout=8)
    assert 60 <= (cut == 128).all(3).sum((1, 2)).mean() <= 80 and np.array_equal(
        cut, _changed(7, augment_on="device", cutout=8)[0]
    )


def test_randaugment_is_refused_where_it_would_mean_something_else():
    with pytest.raises(ConfigError, match="randaugment works on workers only"):
        augment.check(load("cifar-10"), Config(augment_on="device", randaugment=3))
