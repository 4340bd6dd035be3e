"""Images: where they lie, what their ids are, how large they are."""

import io

import numpy as np
import pytest

from kit.data.archives.budget import Limits, allow
from kit.errors import DataError
from kit.plugins import load_folder
from kit.scaffold import facts
from tests.built_in_archives import ARCHIVES
from tests.scaffold import forms
from tests.scaffold.conftest import text_of
from tests.small_archives import packed7, tarred, zipped


def test_images_of_any_ending_are_read(read):
    names = ["train/a/1.jpg", "train/a/1.JPG", "train/b/2.png", "train/b/3.jpeg", "test/4.png", "test/5.tif"]
    with allow(Limits(any_case=True)):
        _, train, test = read({**forms.pictures(names), "sample.csv": "id,label\n4,a\n5,a\n"})
    assert list(train.ids) == ["a/1.JPG", "a/1.jpg", "b/2", "b/3"] and list(test.ids) == ["4", "5"]


@pytest.mark.parametrize("ending", ["", ".jpg"])
def test_ids_are_names_of_files_with_their_ending_or_without(read, ending):
    names = ["train/x.jpg", "train/y.jpg", "test/3.jpg"]
    table = f"image_id,label\nx{ending},owl\ny{ending},cat\n"
    sample = f"image_id,label\n3{ending},cat\n"
    _, train, test = read({**forms.pictures(names), "train.csv": table, "sample.csv": sample})
    assert (list(train.ids), list(train.labels)) == ([f"x{ending}", f"y{ending}"], ["owl", "cat"])
    assert list(test.ids) == [f"3{ending}"]


def test_ids_that_are_paths(read):
    names = ["data/train/1.jpg", "data/train/2.jpg", "data/test/1.jpg"]
    table, sample = "image,label\ntrain/1.jpg,owl\ntrain/2.jpg,cat\n", "image,label\ntest/1.jpg,cat\n"
    made = {**forms.pictures(names), "train.csv": table, "sample.csv": sample}
    _, train, test = read(made)
    assert [path.name for path in train.images] == ["1.jpg", "2.jpg"] and list(test.ids) == ["test/1.jpg"]


@pytest.mark.parametrize("outside", [[], ["train/0.jpg"]])
def test_a_folder_of_images_for_each_class(scaffold, read, outside):
    names = ["train/pattern/1.jpg", "train/Golden Dog/1.jpg", "train/Golden Dog/2.jpg", "test/10.jpg", "test/9.jpg"]
    members = {**forms.pictures(names + outside), "sample_submission.csv": "id,breed\n9,pattern\n10,pattern\n"}
    if outside:
        made = scaffold(members)
        assert made.target.columns == ("first", "second"), "one image lies in no folder: these are no classes"
        assert "TODO: a guess: no table, folders or names of files with labels were seen" in text_of(made)
        return
    made, train, test = read(members)
    assert list(train.ids) == ["Golden Dog/1", "Golden Dog/2", "pattern/1"] and list(test.ids) == ["9", "10"]
    assert list(train.labels) == ["Golden Dog", "Golden Dog", "pattern"]
    assert made.target.columns == ("Golden Dog", "pattern")


def test_a_folder_around_all_there_is_makes_no_difference(read):
    made, train, _ = read({f"download/{name}": data for name, data in forms.breeds().items()})
    assert made.archives.train == "train" and len(train.ids) == 6


@pytest.mark.parametrize("pack", [zipped, packed7, tarred])
def test_archives_inside_are_looked_into(tmp_path, pack):
    ending = {zipped: "zip", packed7: "7z", tarred: "tar"}[pack]
    members = {
        f"train.{ending}": pack(forms.pictures(["train/a.jpg", "train/b.jpg"])),
        f"data/test.{ending}": pack(forms.pictures(["1.jpg"])),
        "train.csv": "id,label\na,owl\nb,cat\n",
        "sample.csv": "id,label\n1,cat\n",
    }
    (tmp_path / "a.zip").write_bytes(zipped(members))
    seen = facts.read(tmp_path / "a.zip")
    assert (seen.train.source, seen.train.folder, seen.train.paths) == (
        f"train.{ending}",
        "train",
        ("train/a.jpg", "train/b.jpg"),
    )
    assert (seen.test.source, seen.test.folder) == (f"data/test.{ending}", "data/test")
    assert seen.size.shape == (32, 32, 3) and not seen.train.doubt + seen.size.doubt


def test_a_damaged_archive_is_a_guess_and_said(here, tmp_path, plugins):
    members = {
        "train-jpg.zip": b"damaged",
        "test-jpg.tar.7z": packed7({"test-jpg.tar": zipped({"deeper.zip": b""})}),
        "train_v2.csv": "image_name,tags\na,clear\nb,haze\n",
        "sample.csv": "image_name,tags\nx,haze\n",
    }
    archive = tmp_path / "a.zip"
    archive.write_bytes(zipped(members))
    done = here("new", "zoo", "--from", str(archive))
    made = load_folder(plugins / "zoo")
    assert (made.archives.train, made.archives.test) == ("train-jpg.zip", "test-jpg.tar.7z")
    assert 'raw / "train-jpg", ids' in text_of(made) and 'raw / "test-jpg", ids' in text_of(made)
    assert text_of(made).count("could not be looked into") == 2
    assert "left out  train-jpg.zip, not looked into: File is not a zip file" in done.stderr


def test_parts_of_an_archive_are_said_and_nothing_is_refused(scaffold):
    members = {"train.zip.001": b"PK", "test.zip.001": b"PK", "trainLabels.csv": "image,level\na,0\nb,1\na,2\n"}
    made = scaffold({**members, "sampleSubmission.csv": "image,level\nx,0\n"})
    assert made.archives.train == "train.zip.001"
    assert text_of(made).count("it could not be looked into: the kit does not open such archives") == 2


@pytest.mark.parametrize(
    ("size", "shape", "guess"),
    [
        ((20, 24), (24, 20, 3), ""),
        ((300, 200), (96, 96, 3), "the size to decode to; images have 300x200 pixels (all of 2 looked at), color"),
    ],
)
def test_the_shape_is_that_of_small_images_else_their_size_is_said(scaffold, size, shape, guess):
    images = forms.pictures(["train/a.jpg", "train/b.jpg", "test/1.jpg"], size)
    made = scaffold({**images, "train.csv": "id,label\na,owl\nb,cat\n", "sample.csv": "id,label\n1,cat\n"})
    assert made.image_shape == shape and ("TODO: a guess: the size" in text_of(made)) is bool(guess)
    assert guess in text_of(made)


@pytest.mark.parametrize(("values", "shape"), [((6, 20, 30), (20, 30, 6)), ((20, 30), (20, 30, 1))])
def test_arrays_in_files_are_images_of_as_many_channels(scaffold, values, shape):
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(values, np.float16))
    images = dict.fromkeys(["train/a.npy", "train/b.npy", "test/1.npy"], buffer.getvalue())
    made = scaffold({**images, "train.csv": "id,label\na,owl\nb,cat\n", "sample.csv": "id,label\n1,cat\n"})
    assert made.image_shape == shape


def test_ids_without_an_image_are_counted_and_named(scaffold):
    images = forms.pictures(["train/a.jpg", "train/b.jpg", "test/1.jpg"])
    table = "id,label\n" + "a,owl\nb,cat\n" * 20 + "c,owl\n"
    made = scaffold({**images, "train.csv": table, "sample.csv": "id,label\n1,cat\n"})
    assert "# TODO: a guess: 1 of 41 ids have no image, such as 'c'" in text_of(made)


def test_ids_that_name_no_image_at_all_are_said(scaffold):
    images = forms.pictures(["train/a/1.jpg", "train/b/2.jpg", "test/IMG_1.jpg"])
    made = scaffold({**images, "sample.csv": "id,label\n1_of_2,a\n"})
    said = "none of 1 ids names an image, such as '1_of_2'; images are called train/a/1.jpg"
    assert made.archives.test == "test" and f"# TODO: a guess: {said}" in text_of(made)


def test_folders_of_images_and_a_table_called_train(read):
    labels = "image_id,label\na,0\nb,3\n"
    images = forms.pictures(["train_images/a.png", "train_images/b.png", "test_images/c.png"])
    made, train, _ = read({**images, "train.csv": labels, "sample_submission.csv": "image_id,label\nc,0\n"})
    archives = made.archives
    assert (archives.train, archives.test, archives.labels) == ("train_images", "test_images", "train.csv")
    assert list(train.labels) == ["0", "3"]


def test_no_sound_archive(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match="cannot read"):
        facts.read(tmp_path / "a.zip")


def test_a_table_of_drivers_beside_folders_of_classes_gives_groups(read):
    _, train, _ = read(ARCHIVES["state-farm-distracted-driver-detection"]())
    assert train.groups[:3] == ["p000", "p000", "p001"] and len(set(train.groups)) == 3
