import numpy as np
import pytest
from PIL import Image

from kit.competition import Split
from kit.data import prepare
from kit.data.archives.unpack import extract
from kit.data.decode_image import Decoding, decode
from kit.data.tiles import Tile, cut_into_tiles, list_grids
from kit.errors import DataError


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_tile_is_its_part_of_the_image(tmp_path, form, channels):
    values = np.repeat(np.repeat(np.arange(6).reshape(2, 3) * 40, 400, 0), 300, 1).astype(np.uint8)
    Image.fromarray(values).save(tmp_path / "x", form)
    seen = [decode(Tile(tmp_path / "x", n // 3, n % 3, 2, 3), Decoding((8, 8, channels))) for n in range(6)]
    assert [abs(pixels[1:-1, 1:-1] - 40.0 * n).max() <= 3 for n, pixels in enumerate(seen)] == [True] * 6


def test_tiles_of_any_number_of_channels_are_kept_in_proportion(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(10, dtype=np.uint8)[None, :, None].repeat(10, 0).repeat(5, 2))
    pixels = decode(Tile(tmp_path / "x.npy", 0, 1, 1, 2), Decoding((5, 5, 5), fit="crop"))
    assert pixels.min() >= 5 and pixels.max() <= 9


def test_what_is_known_of_an_image_is_known_of_its_tiles(tmp_path):
    split = Split(["a", "b"], [tmp_path / "a", tmp_path / "b"], ["cat", "dog"], table={"age": [3, 4]})
    tiles = cut_into_tiles(split, 1, 2)
    assert tiles.ids == ["a_0", "a_1", "b_0", "b_1"] and tiles.rows == ["a", "a", "b", "b"]
    assert tiles.labels == ["cat", "cat", "dog", "dog"] and tiles.table == {"age": [3, 3, 4, 4]}
    assert tiles.groups is None and tiles.images[3] == Tile(tmp_path / "b", 0, 1, 1, 2)
    mixed = Split(["a", "b_0", "b_1"], [tmp_path / "a", *tiles.images[2:]])
    assert [list_grids(one) for one in (split, tiles, mixed, Split(["a"]))] == [
        [(1, 1)],
        [(1, 2)],
        [(1, 1), (1, 2)],
        [],
    ]
    with pytest.raises(DataError, match="only images in files are cut into tiles; received ndarray"):
        cut_into_tiles(Split(["a"], [np.zeros((4, 4, 1))]), 2, 2)


def test_tiles_go_through_prepare_and_stay_together_in_the_folds(pets, folders, members, pack, changed):
    raw = extract(pack(members), folders.raw)
    tiled = changed(pets, read=lambda raw, part: cut_into_tiles(pets.read(raw, part), 2, 2))
    data = prepare.decode(tiled, folders, raw, folds=3)
    assert len(data.train.images) == 4 * 24 and len(data.test.images) == 4 * 5
    folds = np.array([line.split(",")[1] for line in folders.folds.read_text().splitlines()[1:]])
    assert len(folds) == 24 or all(len(set(folds[n : n + 4])) == 1 for n in range(0, 96, 4))
