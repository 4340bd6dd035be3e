from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from kit.data import holdout
from kit.data.cache import CachedSplit, Dataset
from kit.errors import DataError
from kit.report.sections import shift


def _part(images, first_group=0):
    count = len(images)
    ids = np.array([f"i{n}" for n in range(count)])
    return CachedSplit(
        "train", ids, images, np.zeros(count, np.int64), np.full(count, True), np.arange(count) + first_group
    )


def _images(count, brightness, seed):
    draw = np.random.default_rng(seed)
    return np.clip(draw.normal(brightness, 40, (count, 16, 16, 3)), 0, 255).astype(np.uint8)


def test_a_shift_is_found_and_the_images_on_the_other_side_of_it_are_named():
    train, test = _images(300, 120, 1), _images(200, 160, 2)
    train[:20] = _images(20, 160, 3)  # these come from where the test images come from
    found = shift.measure(Dataset(_part(train), _part(test, 5000), ""))
    assert found.auc > 0.9 and found.noticeable
    assert set(found.rows[np.argsort(-found.likeness)[:15]].tolist()) <= set(range(20))
    assert "Most like the test images" in shift.section(Dataset(_part(train), _part(test, 5000), ""))


def test_where_there_is_none_none_is_found_and_unreadable_images_do_not_count():
    same = Dataset(_part(_images(300, 120, 1)), _part(_images(200, 120, 2), 5000), "")
    found = shift.measure(same)
    assert abs(found.auc - 0.5) < 3 * found.error and not found.noticeable
    blank = np.zeros((100, 16, 16, 3), np.uint8)  # what stands for an image that cannot be read
    test = _part(np.concatenate([same.test.images, blank]), 5000)
    test = replace(test, readable=np.repeat([True, False], [200, 100]))
    assert shift.measure(replace(same, test=test)).auc == pytest.approx(found.auc, abs=0.02)


def test_training_images_that_were_held_out_do_not_dilute_it():
    train = _part(_images(300, 120, 1))
    test = _part(_images(100, 132, 2), 5000)
    found = shift.measure(Dataset(train, test, ""))
    both = _part(np.concatenate([test.images, _images(200, 120, 3)]), 5000)
    both = replace(both, ids=np.array([f"i{n}" if n < 100 else f"{holdout.PREFIX}i{n}" for n in range(300)]))
    assert found.auc > 0.9 and shift.measure(Dataset(train, both, "")).auc == found.auc


def test_the_error_is_about_the_spread_of_the_auc():
    draw = np.random.default_rng(0)
    label = np.repeat([0, 1], [150, 100])
    aucs = [roc_auc_score(label, draw.normal(label * 0.5)) for _ in range(400)]
    assert shift._error(float(np.mean(aucs)), 150, 100) == pytest.approx(np.std(aucs), rel=0.15)


def test_a_handful_of_images_is_too_few():
    few = _part(_images(20, 120, 1))
    with pytest.raises(DataError, match="too few different images"):
        shift.measure(Dataset(few, few, ""))


def test_what_tells_a_patient_is_not_taken_for_what_tells_test_from_train():
    """Each patient has a brightness of its own; those of the test are no others than those of the training."""
    levels = np.random.default_rng(1).normal(120, 25, 40)
    images = np.concatenate([_images(8, level, n) for n, level in enumerate(levels)])
    patients = np.repeat(np.arange(40), 8)
    train, test = (
        replace(_part(images[rows], first), groups=patients[rows])
        for rows, first in ((slice(160), 0), (slice(160, 320), 5000))
    )
    alone = Dataset(replace(train, groups=train.same_pixels), replace(test, groups=test.same_pixels), "")
    by_row, by_patient = shift.measure(alone), shift.measure(Dataset(train, test, ""))
    assert by_patient.auc < by_row.auc and by_patient.error > 1.3 * by_row.error and not by_patient.noticeable
