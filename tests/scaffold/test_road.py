"""From `kit new` to a checked submission, with no edit; trained in tests.bench.forms."""

import pytest

from tests.scaffold import forms
from tests.small_archives import zipped

FILES = [
    (forms.whales, "Image,Id\nb0.jpg,w_1 w_2 new_whale\nb1.jpg,w_2\n"),
    (forms.drivers, "img,c0,c1\nb0.jpg,.1,.9\nb1.jpg,.8,.2\n"),
    (forms.pets, "Id,Pawpularity\nb0,12.5\nb1,40\n"),
]


@pytest.mark.parametrize(("form", "file"), FILES, ids=["ranking", "probabilities", "number"])
def test_data_are_prepared_and_a_file_is_checked(here, tmp_path, form, file):
    archive = tmp_path / "zoo.zip"
    archive.write_bytes(zipped(form()))
    here("new", "zoo", "--from", str(archive))
    here("download", "zoo", "--from", str(archive))
    assert "zoo: " in here("prepare", "zoo", "--folds", "2").stdout
    mine = tmp_path / "mine.csv"
    mine.write_text(file)
    assert here("submit", "zoo", str(mine)).returncode == 0
    mine.write_text(file.replace("w_2", "w_9").replace(".9", "high").replace("40", "forty"))
    assert here("submit", "zoo", str(mine), check=False).returncode == 6


def test_a_class_of_a_single_image_is_named(here, tmp_path):
    archive = tmp_path / "zoo.zip"
    archive.write_bytes(zipped(forms.whales()))
    here("new", "zoo", "--from", str(archive))
    here("download", "zoo", "--from", str(archive))
    assert (
        "1 class or kind of rows has fewer than 2 different rows: w_3 (1)"
        in here("prepare", "zoo", "--folds", "2").stderr
    )
