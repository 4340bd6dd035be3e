"""Each form of competition from Kaggle's archive to a checked file: prepared, trained for an epoch, written."""

import json
import re

import pytest

from kit.data.tables import table
from kit.plugins import load
from tests.built_in_archives import ARCHIVES
from tests.small_archives import zipped

SMALL = (
    "recipe=scratch",
    "backbone=cnn",
    "epochs=1",
    "patience=0",
    "width=4",
    "image_size=32",
    "workers=0",
    "tta=identity",
)
TREES = ("trees=20", "leaf_rows=2")
NUMBER = r"[01]?\.?[0-9e-]+"
WRITTEN = {
    "aerial-cactus-identification": ("has_cactus", NUMBER),
    "plant-pathology-2020-fgvc7": ("multiple_diseases", NUMBER),
    "planet-understanding-the-amazon-from-space": ("tags", "([a-z_]+( [a-z_]+)*)?"),
    "aptos2019-blindness-detection": ("diagnosis", "[0-4]"),
    "state-farm-distracted-driver-detection": ("c9", NUMBER),
    "siim-isic-melanoma-classification": ("target", NUMBER),
    "petfinder-pawpularity-score": ("Pawpularity", r"\d+(\.\d+)?"),
    "house-prices-advanced-regression-techniques": ("SalePrice", r"1[0-6]\d{4}(\.\d+)?"),
    "humpback-whale-identification": ("Id", "[a-z0-9_]+( [a-z0-9_]+){4}"),
}


@pytest.mark.parametrize("slug", sorted(WRITTEN))
def test_from_the_archive_to_a_checked_file(here, tmp_path, slug):
    archive = tmp_path / f"{slug}.zip"
    archive.write_bytes(zipped(ARCHIVES[slug]()))
    here("download", slug, "--from", str(archive))
    here("prepare", slug, "--folds", "2")
    settings = [word for one in (SMALL if load(slug).has_images else TREES) for word in ("--set", one)]
    run = here("train", slug, "--folds", "1", *settings).stdout.splitlines()[-1]
    submitted = json.loads(here("submit", slug, run, "--json").stdout)
    column, form = WRITTEN[slug]
    texts = [row[column] for row in table(submitted["path"])]
    assert len(texts) == submitted["rows"] == 11 and all(re.fullmatch(form, text) for text in texts)
