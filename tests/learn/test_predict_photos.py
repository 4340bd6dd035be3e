"""`kit predict RUN PHOTO...`: what a run says of photographs is what it says of the same images in the test set."""

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kit import predictions, runs
from kit.errors import DataError
from kit.learn.predict_photos import _decode, predict_photos
from tests.conftest import stripes


@pytest.fixture
def photos(tmp_path):
    """The 30 test images of tiny-stripes as PNG, in two folders; beside them what is no photo."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    for n, image in enumerate(stripes(30, seed=2)[0], 1):
        Image.fromarray(image).save((folder if n < 20 else folder / "more") / f"{n}.png")
    (folder / "notes.txt").write_text("no photo")
    (folder / "._1.png").write_bytes(b"hidden")
    return folder


def number(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".png")


def test_photos_are_predicted_as_the_test_images(here, prepared, photos, tmp_path):
    train = ("train", "tiny-stripes", "--folds", "2", "--set", "epochs=1", "--set", "seeds=2", "--name", "calm")
    one = runs.find(here(*train).stdout.splitlines()[-1])
    other = runs.find(here("predict", one.id, "--tta", "identity,hflip").stdout.splitlines()[-1])
    assert other.id.startswith("tiny-stripes-calm-tta-"), "views of a run have its name"
    both = runs.find(here("ensemble", "tiny-stripes", one.id, other.id).stdout.splitlines()[-1])
    for run in (one, other, both):
        said, faults = predict_photos(run, prepared, [photos])
        expected = predictions.load(run.test).select([number(name) for name in said.ids])
        assert not faults and len(said.ids) == 30 and np.allclose(said.values, expected, atol=1e-5)

    (photos / "broken.png").write_bytes(b"no image")
    table = tmp_path / "said.csv"
    words = ("predict", one.id, str(photos), str(photos / "1.png"), "nowhere.jpg", "--json", "--csv", str(table))
    done = here(*words, check=False)
    rows = json.loads(done.stdout)
    assert done.returncode == 3 and len(rows) == 30 and rows[0]["photo"] == str(photos / "1.png")
    assert rows[0]["predicted"] == max(rows[0]["values"], key=rows[0]["values"].get)
    assert "left out:" in done.stderr and "broken.png is not a readable image" in done.stderr
    assert "cannot open image nowhere.jpg" in done.stderr and "2 of 32 photos cannot be read" in done.stderr
    with open(table) as file:
        written = [*csv.DictReader(file)]
    assert list(written[0]) == ["photo", *prepared.target.columns] and len(written) == 30
    lines = here("predict", one.id, str(photos / "1.png"), "--top", "1").stdout.splitlines()
    assert lines[0].split() == ["photo", "predicted", "values"] and len(lines) == 2 and lines[1].count(",") == 0

    with pytest.raises(DataError, match="no photos"):
        predict_photos(one, prepared, [tmp_path / "photos" / "none-here" / ".."][:0])
    shutil.rmtree(one.member(0))
    done = here("predict", one.id, str(photos / "1.png"), check=False)
    assert done.returncode == 3 and "no weights at" in done.stderr


def test_photos_or_views_but_not_both_or_none(here, prepared):
    for words in ((), ("x.png", "--tta", "identity")):
        done = here("predict", "any", *words, check=False)
        assert done.returncode == 2 and "give photos, or --tta" in done.stderr


def test_photos_are_decoded_by_the_window_that_the_data_were(prepared, tmp_path):
    values = np.arange(64, dtype=np.uint16).reshape(8, 8) * 10
    Image.fromarray(values).save(tmp_path / "deep.png")
    competition = replace(prepared, window=(0, 510))
    split, faults = _decode(competition, [tmp_path / "deep.png"], tmp_path / "photos.npy")
    assert not faults and np.array_equal(
        split.images[0, ..., 0], np.round(np.minimum(values, 510) / 2).astype(np.uint8)
    )
