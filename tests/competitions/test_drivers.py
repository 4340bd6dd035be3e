"""Random folds against folds that keep drivers whole, in state-farm's form, where the driver is seen in the pixels.

`.venv/bin/python -m pytest tests/competitions/test_drivers.py -s` prints the scores that docs/evaluation.md tells.
"""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kit import metrics
from kit.data import folds
from kit.data.prepare import prepare
from kit.paths import DataFolders
from kit.plugins import load
from tests.small_archives import table, zipped

SLUG = "state-farm-distracted-driver-detection"
DRIVERS, CLASSES, FRAMES, SIDE, SEED = 20, 10, 4, 8, 7


@pytest.fixture(scope="module")
def photographs() -> tuple[bytes, dict[str, int]]:
    """An archive of films of twenty drivers in training and ten others in the test, and the class of each test image.

    A photograph is what is alike in all of a class, of a driver, of the pose of this driver in this class, and noise.
    """
    draw = np.random.default_rng(SEED)
    kinds = draw.normal(0, 9, (CLASSES, SIDE, SIDE, 3))
    members, listed, truth = {}, [], {}
    for driver in range(DRIVERS + 10):
        own, poses = draw.normal(0, 25, (SIDE, SIDE, 3)), draw.normal(0, 20, (CLASSES, SIDE, SIDE, 3))
        for frame in range(CLASSES * FRAMES):
            kind, name = frame % CLASSES, f"img_{100 * driver + frame}.jpg"
            pixels = 128 + kinds[kind] + own + poses[kind] + draw.normal(0, 8, (SIDE, SIDE, 3))
            if driver < DRIVERS:
                members[f"imgs/train/c{kind}/{name}"] = _encode(pixels)
                listed.append(f"p{driver:03},c{kind},{name}")
            else:
                members[f"imgs/test/{name}"], truth[name] = _encode(pixels), kind
    members["driver_imgs_list.csv"] = table("subject,classname,img", listed)
    columns = ",".join(f"c{kind}" for kind in range(CLASSES))
    members["sample_submission.csv"] = table(f"img,{columns}", (f"{name}{',0.1' * CLASSES}" for name in truth))
    return zipped(members), truth


def _encode(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def test_folds_of_whole_drivers_foretell_the_score_of_other_drivers(photographs, tmp_path):
    archive, truth = photographs
    whole, seen = _scores(archive, truth, tmp_path / "whole", of_drivers=True)
    random, _ = _scores(archive, truth, tmp_path / "random", of_drivers=False)
    print(f"log loss: random folds {random:.3f}, folds of whole drivers {whole:.3f}, other drivers {seen:.3f}")
    assert whole > 1.5 * random
    assert abs(whole - seen) < (seen - random) / 4


def _scores(archive: bytes, truth: dict[str, int], home, of_drivers: bool) -> tuple[float, float]:
    """Log loss of a linear layer on pixels: out of fold, and of the drivers in the test."""
    competition = replace(load(SLUG), image_shape=(SIDE, SIDE, 3))
    if not of_drivers:
        competition = replace(competition, read=lambda raw, part: replace(load(SLUG).read(raw, part), groups=None))
    where = DataFolders(home)
    where.archives.mkdir(parents=True)
    (where.archives / f"{SLUG}.zip").write_bytes(archive)
    data = prepare(competition, where, folds=4)
    fold_of, labels = folds.read(where.folds, data.train.ids), data.train.labels
    values = np.empty((len(labels), CLASSES), np.float32)
    for fold in range(4):
        learned = fold_of != fold
        values[~learned] = _predict(
            competition, data.train.images[learned], labels[learned], data.train.images[~learned]
        )
    told = _predict(competition, data.train.images, labels, data.test.images)
    known = np.array([truth[name] for name in data.test.ids])
    return metrics.evaluate(competition, labels, values)["score"], metrics.evaluate(competition, known, told)["score"]


def _predict(competition, learned: np.ndarray, labels: np.ndarray, asked: np.ndarray) -> np.ndarray:
    first, second = ((images.reshape(len(images), -1) - 128).astype(np.float32) / 32 for images in (learned, asked))
    kernel, bias = competition.target.solve(first, labels, 0.01, rounds=200, tolerance=1e-3)
    return competition.target.activate(second @ kernel + bias)
