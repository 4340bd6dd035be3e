"""Images decode to the very pixels that were recorded, whatever versions of Pillow and its libraries are installed.

`make test-pillow` runs this with the oldest Pillow that is allowed and the newest. JPEG and WebP that lose are held to the bit,
too: libjpeg-turbo decodes them in integers, and 3.1 (Pillow 11.3) agrees with 3.2 (Pillow 13.0). A build on another library
(libjpeg, a system's own) may differ by a grey level there: then these fail, and its data are other data.
"""

import csv
import tomllib
from pathlib import Path

import pytest

from tests.data.golden.write import FOLDER, decoded

ROOT = Path(__file__).parents[2]
with open(FOLDER / "decoded.csv", newline="") as handle:
    RECORDED = list(csv.DictReader(handle))


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: f"{row['file']}-{row['height']}-{row['channels']}")
def test_an_image_decodes_to_the_recorded_pixels(row):
    assert decoded(row["file"], tuple(int(row[name]) for name in ("height", "width", "channels"))) == row["sha256"]


def test_every_kind_of_image_is_recorded():
    assert len(RECORDED) == 3 * 22 and len({row["file"] for row in RECORDED}) == 22
    lossless = {
        row["sha256"] for row in RECORDED if row["file"] in ("color.bmp", "color-lzw.tif", "color-lossless.webp")
    }
    assert len(lossless) == 3, "one for each shape, since all three hold the same image"


def test_the_oldest_pillow_is_that_of_kaggles_image_and_ours_are_newer():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    [oldest] = [one.removeprefix("pillow>=") for one in wanted if one.startswith("pillow>=")]
    assert f"\npillow=={oldest}." in (ROOT / "locks" / "kaggle.txt").read_text()
    [floor] = [one for one in (ROOT / "locks" / "floors.txt").read_text().splitlines() if one.startswith("pillow>=")]
    assert [int(part) for part in oldest.split(".")] < [int(part) for part in floor.removeprefix("pillow>=").split(".")]
