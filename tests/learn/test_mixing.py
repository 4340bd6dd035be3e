import numpy as np
import pytest

from kit.config import Config
from kit.learn.mixing import mixer

IMAGES = np.random.default_rng(0).integers(0, 256, (16, 8, 8, 3)).astype(np.uint8)
TARGETS = np.eye(16, dtype=np.float32)


@pytest.mark.parametrize("settings", [{"mixup": 0.4}, {"cutmix": 1.0}, {"mixup": 0.4, "cutmix": 1.0}])
def test_targets_are_mixed_as_the_images_are(settings):
    images, targets = mixer(Config(**settings), 7)(IMAGES, TARGETS)
    assert images.shape == IMAGES.shape and images.min() >= 0 and images.max() <= 255
    assert np.allclose(targets.sum(1), 1, atol=1e-5) and ((targets > 0.02) & (targets < 0.98)).any()
    unmixed = targets.max(1) > 0.999
    assert np.allclose(images[unmixed], IMAGES[unmixed], atol=0.5) or settings.get("cutmix")


def test_one_seed_mixes_alike_and_another_otherwise():
    first, second, third = (mixer(Config(mixup=0.4), seed)(IMAGES, TARGETS) for seed in (7, 7, 8))
    assert np.array_equal(first[0], second[0]) and not np.array_equal(first[1], third[1])


def test_without_mixing_the_bytes_stay_as_they_are():
    images, targets = mixer(Config(), 7)(IMAGES, TARGETS)
    assert images is IMAGES and targets is TARGETS
