import random

import albumentations as A
import numpy as np
import pytest

from kit.learn.input import randaugment
from kit.learn.input.randaugment import Cutout, RandAugment

IMAGE = np.random.default_rng(0).integers(0, 256, (11, 14, 3)).astype(np.uint8)
GREY, SIX = IMAGE[:, :, :1].copy(), np.concatenate([IMAGE, IMAGE], axis=2)
EVERY = (*randaugment.CHANGES, *randaugment.COLOR_CHANGES)


def _seeded(transform, seed):
    transform.set_random_state(np.random.default_rng(seed), random.Random(seed))
    return transform


@pytest.mark.parametrize(
    ("change", "theirs"),
    [
        (randaugment.rotate, A.Affine(rotate=(15, 15), p=1)),
        (randaugment.shear_x, A.Affine(shear={"x": (8.5, 8.5), "y": (0, 0)}, p=1)),
        (randaugment.shear_y, A.Affine(shear={"x": (0, 0), "y": (8.5, 8.5)}, p=1)),
        (randaugment.brightness, A.RandomBrightnessContrast((0.25, 0.25), 0, p=1)),
        (randaugment.contrast, A.RandomBrightnessContrast(0, (0.25, 0.25), p=1)),
        (randaugment.sharpen, A.Sharpen((0.25, 0.25), lightness=(0.75, 0.75), p=1)),
        (randaugment.posterize, A.Posterize(num_bits=(6, 6), p=1)),
        (randaugment.solarize, A.Solarize(threshold_range=(0.75, 0.75), p=1)),
        (randaugment.saturation, A.ColorJitter(0, 0, (1.45, 1.45), 0, p=1)),
        (randaugment.equalize, A.Equalize(p=1)),
        (randaugment.auto_contrast, A.AutoContrast(method="pil", p=1)),
    ],
)
def test_each_change_is_what_albumentations_makes_of_the_same_amount(change, theirs):
    ours = change(IMAGE, 1.0, 0.5, 0.0).astype(int)
    expected = theirs(image=IMAGE)["image"].astype(int)
    assert not np.array_equal(expected, IMAGE) and np.abs(ours - expected)[1:-1, 1:-1].max() <= 1


def test_a_translation_moves_whole_pixels_and_brings_in_black():
    moved = randaugment.translate(IMAGE, 1.0, 2 / (0.3 * 14), 1 / (0.3 * 11))
    assert np.array_equal(moved[:-1, :-2], IMAGE[1:, 2:]) and not moved[-1].any() and not moved[:, -2:].any()


@pytest.mark.parametrize("change", EVERY, ids=lambda change: change.__name__)
def test_changes_keep_the_kind_of_the_image_and_are_small_when_weak(change):
    for image in (IMAGE, GREY, SIX) if change in randaugment.CHANGES else (IMAGE,):
        given = image.copy()
        for strength, u in ((1.0, -1.0), (1.0, 1.0), (0.0, 1.0)):
            changed = change(image, strength, u, -u)
            assert changed.dtype == np.uint8 and changed.shape == image.shape and np.array_equal(image, given)
        if change not in (randaugment.equalize, randaugment.auto_contrast, randaugment.solarize):
            assert np.abs(changed.astype(int) - image).max() <= 1


def test_every_change_is_drawn_about_as_often_and_two_for_each_image():
    drawn = [_seeded(RandAugment(5, 3), seed).get_params()["steps"] for seed in range(1300)]
    counts = [sum(change is one for steps in drawn for one, *_ in steps) for change in EVERY]
    assert {len(steps) for steps in drawn} == {2} and all(140 < count < 260 for count in counts)
    amounts = [u for steps in drawn for _, u, _ in steps]
    assert min(amounts) < -0.99 and max(amounts) > 0.99 and abs(np.mean(amounts)) < 0.05


def test_images_of_one_channel_get_no_change_of_colours():
    assert not set(RandAugment(5, 1).choices) & set(randaugment.COLOR_CHANGES)


def test_a_policy_draws_from_the_state_it_is_given():
    policy = A.Compose([RandAugment(9, 3), Cutout(4)])
    first, other, again = (_seeded(policy, seed)(image=IMAGE)["image"] for seed in (1, 2, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_cutout_reaches_every_corner_and_lies_within_the_image():
    grey = np.zeros_like(IMAGE)
    cuts = [_seeded(Cutout(4), seed)(image=grey)["image"] for seed in range(400)]
    assert {int((cut == 128).all(-1).sum()) for cut in cuts} == {16} and not grey.any()
    hit = np.any(cuts, 0)[..., 0]
    assert hit.all()
