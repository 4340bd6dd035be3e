"""`kit predict RUN PHOTO...`: what a run says of photographs is what it says of the same images in the test set."""

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kit import paths, predictions, runs
from kit.errors import DataError
from kit.json_files import read_json, write_json
from kit.learn.predict_photos import _decode, predict_photos
from kit.plugins import load
from tests.conftest import COMPETITION, stripes


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


READ = """
from kit.data.tiles import cut_into_tiles


def read(raw, part):
    files = sorted((raw / part).glob("*.png"))
    labels = [file.stem.partition("-")[0] for file in files] if part == "train" else None
    return cut_into_tiles(Split([file.stem for file in files], files, labels), 1, 2)


def tiny("""


@pytest.fixture
def tiled(here, plugins, tmp_path):
    """tiny-stripes, prepared, of photographs of 8 x 16 pixels that are cut in two; 9 of the test in raw/test."""
    for part, count in (("train", 36), ("test", 9)):
        (folder := tmp_path / "raw" / part).mkdir(parents=True)
        for n, image in enumerate(stripes(count, seed=count)[0]):
            name = f"{('flat', 'steep', 'none')[n % 3]}-{n}" if part == "train" else str(n)
            Image.fromarray(np.hstack([image, image.T if n % 2 else image])).save(folder / f"{name}.png")
    sample = "Id,Label\n" + "".join(f"{n},0\n" for n in range(9))
    (tmp_path / "raw" / "sample.csv").write_text(sample)
    archive = shutil.make_archive(str(tmp_path / "tiny-stripes"), "zip", tmp_path / "raw")
    plugin = COMPETITION.replace("\ndef tiny(", READ, 1).replace('"train.csv", "test.csv", "s', '"train", "test", "s')
    (plugins / "tiny-stripes" / "competition.py").write_text(plugin)
    here("download", "tiny-stripes", "--from", archive)
    here("prepare", "tiny-stripes", "--folds", "2")
    return load("tiny-stripes", [plugins])


def test_photos_are_cut_where_those_of_the_competition_are(here, tiled, tmp_path):
    run = runs.find(here("train", "tiny-stripes", "--set", "epochs=1").stdout.splitlines()[-1])
    both = runs.find(here("ensemble", "tiny-stripes", run.id).stdout.splitlines()[-1])
    (tmp_path / "raw" / "test" / "broken.png").write_bytes(b"no image")
    for one in (run, both):
        said, faults = predict_photos(one, tiled, [tmp_path / "raw" / "test"])
        expected = predictions.load(one.test).select([number(name) for name in said.ids])
        assert len(faults) == 1 and len(said.ids) == 9 and np.allclose(said.values, expected, atol=1e-5)

    manifest = paths.data("tiny-stripes").cache / "manifest.json"
    older = {key: value for key, value in read_json(manifest, 2).items() if key != "tiles"}
    write_json(manifest, older)
    for one in (run, both):
        with pytest.raises(DataError, match="whether they are tiles of one photo is not known here; kit prepare"):
            predict_photos(one, tiled, [tmp_path / "raw" / "test"])
    write_json(manifest, older | {"tiles": [[1, 2], [2, 2]]})
    with pytest.raises(DataError, match="cut in several ways"):
        predict_photos(run, tiled, [tmp_path / "raw" / "test"])
