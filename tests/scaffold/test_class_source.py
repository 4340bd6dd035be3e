"""`kit new --from` of a folder, or of a Kaggle dataset, with a subfolder of images for each class."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kit.plugins import load_folder
from tests.kaggle_server import refusal


@pytest.fixture
def pets(tmp_path):
    """Ten dark cats and ten bright dogs of 16 by 20 pixels."""
    draw = np.random.default_rng(0)
    for kind, level in (("cat", 60), ("dog", 180)):
        (tmp_path / "pets" / kind).mkdir(parents=True)
        for n in range(10):
            pixels = draw.normal(level, 20, (16, 20, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / kind / f"{n}.png")
    return tmp_path / "pets"


def test_a_folder_goes_to_a_score_without_it(here, home, plugins, pets):
    done = here("new", "zoo", "--from", str(pets))
    assert "4 images set aside" in done.stderr and done.stderr.endswith(" run zoo\n")
    made = load_folder(plugins / "zoo")
    assert made.scored_here and made.target.columns == ("cat", "dog") and made.image_shape == (16, 20, 3)
    shutil.rmtree(pets)
    network = [
        "--set",
        "backbone=cnn",
        "--set",
        "width=4",
        "--set",
        "workers=0",
        "--set",
        "patience=0",
        "--set",
        "epochs=1",
    ]
    done = here("run", "zoo", "--folds", "1", *network, "--json")
    assert json.loads(done.stdout)["rows"] == 4 and 0 <= json.loads(done.stdout)["local_score"] <= 1


def test_what_build_writes_again_is_the_same(here, home, plugins, pets):
    here("new", "zoo", "--from", str(pets))
    folder = home / "data" / "zoo"
    before = [(folder / name).read_bytes() for name in ("archives/zoo.zip", "solution.csv")]
    shutil.rmtree(folder)
    here("download", "zoo")
    assert before == [(folder / name).read_bytes() for name in ("archives/zoo.zip", "solution.csv")]


def test_a_dataset_is_downloaded_and_then_as_a_folder(here, home, plugins, pets, kaggle, tmp_path):
    kaggle.archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", pets)).read_bytes()
    done = here("new", "zoo", "--from", "somebody/cats-and-dogs")
    assert "4 images set aside" in done.stderr and kaggle.asked("DownloadDataset")[0]["datasetSlug"] == "cats-and-dogs"
    assert sorted(path.name for path in (home / "data" / "zoo").iterdir() if path.is_dir()) == ["archives"]
    assert '"somebody/cats-and-dogs"' in (plugins / "zoo" / "competition.py").read_text()
    here("prepare", "zoo")
    shutil.rmtree(home / "data" / "zoo")
    here("download", "zoo")
    assert len(kaggle.asked("DownloadDataset")) == 2 and (home / "data" / "zoo" / "solution.csv").exists()


@pytest.mark.parametrize("status", [403, 404])
def test_a_dataset_that_is_not_there(here, plugins, kaggle, status):
    kaggle.faults["DownloadDataset"] = [refusal(status, "Not found")]
    done = here("new", "zoo", "--from", "somebody/nothing", check=False)
    assert done.returncode == 3 and "Kaggle knows no dataset 'somebody/nothing'" in done.stderr
    assert not (plugins / "zoo").exists()


def test_a_path_that_exists_is_no_dataset(here, plugins, pets, monkeypatch):
    monkeypatch.chdir(pets.parent)
    (pets.parent / "some").mkdir()
    pets.rename(pets.parent / "some" / "pets")
    done = here("new", "zoo", "--from", "some/pets")
    assert "some/pets is a path here, and taken as that, not as a dataset of Kaggle" in done.stderr


@pytest.mark.parametrize("given", ["nowhere", "a/b/c", "some body/x"])
def test_what_is_neither(here, given):
    done = here("new", "zoo", "--from", given, check=False)
    assert done.returncode == 3 and f"no file or folder {given}" in done.stderr


def test_an_archive_that_is_there_is_never_replaced(here, home, pets, plugins):
    here("new", "zoo", "--from", str(pets))
    shutil.rmtree(plugins / "zoo")
    done = here("new", "zoo", "--from", str(pets), check=False)
    assert done.returncode == 3 and "zoo.zip is there already" in done.stderr


def test_a_folder_with_a_sample_submission_is_an_archive_that_was_unpacked(here, home, plugins, pets):
    (pets / "cat").rename(pets / "train")
    (pets / "dog").rename(pets / "test")
    (pets / "train.csv").write_text("id,kind\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(10)))
    (pets / "sample_submission.csv").write_text("id,kind\n" + "".join(f"{n},a\n" for n in range(10)))
    done = here("new", "zoo", "--from", str(pets))
    assert done.stderr.endswith(f" download zoo --from {pets}\n") and not load_folder(plugins / "zoo").scored_here
    here("download", "zoo", "--from", str(pets))
    assert "10 training and 10 test images, 2 classes" in here("prepare", "zoo").stdout
