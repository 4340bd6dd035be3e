import numpy as np
import pytest
from PIL import Image

from kit.data import cache, prepare, write_cache
from kit.data.archives.unpack import extract
from kit.data.check import text
from kit.data.find_window import find_window
from kit.data.window import apply_window
from kit.errors import DataError


def files(folder, values):
    folder.mkdir(exist_ok=True)
    for number, one in enumerate(values):
        Image.fromarray(one).save(folder / f"{number:04}.png")
    return sorted(folder.iterdir())


@pytest.mark.parametrize("top", [255, 4095, 65535])
def test_the_window_is_what_the_images_hold_whatever_their_files_could(tmp_path, top):
    draw = np.random.default_rng(1)
    images = [draw.integers(0, top + 1, (30, 30)).astype(np.uint16) for _ in range(10)]
    low, high = find_window(files(tmp_path / "train", images))
    assert 0 <= low <= 0.01 * top
    assert 0.99 * top <= high <= top
    assert find_window(images) == (low, high), "of arrays, too"


def test_a_saturated_pixel_does_not_darken_the_others(tmp_path):
    images = [np.random.default_rng(n).integers(0, 4096, (50, 50)).astype(np.uint16) for n in range(4)]
    images[2][0, 0] = 65535
    low, high = find_window(files(tmp_path / "train", images))
    assert high <= 4095
    assert apply_window(images[2], (low, high))[0, 0] == 255


def test_images_of_8_bits_have_no_window_and_stay_as_they_are(tmp_path):
    image = np.arange(100, dtype=np.uint8).reshape(10, 10)
    assert find_window(files(tmp_path / "train", [image] * 3)) is None
    assert find_window([image] * 3) is None
    assert find_window([tmp_path / "none.png"]) is None
    assert apply_window(image, (0, 10)) is image


def test_one_value_everywhere_still_is_a_window():
    assert find_window([np.full((4, 4), 7, np.uint16)]) == (7, 8)
    mostly = np.zeros((100, 100), np.float32)
    mostly[0, 0], mostly[0, 1] = 3, np.nan
    assert find_window([mostly]) == (0, 3)


@pytest.fixture
def deep(members, tmp_path):
    """The members of `pets` with images of 12 bits in 16; those of the test are twice as dark."""
    for number, name in enumerate(name for name in members if name.endswith(".png")):
        top = 2048 if name.startswith("test") else 4096
        values = np.random.default_rng(number).integers(0, top, (8, 8)).astype(np.uint16)
        members[name] = files(tmp_path / "made", [values])[0].read_bytes()
    return members


def test_train_and_test_share_one_window_which_the_data_check_tells(deep, pets, folders, pack):
    raw = extract(pack(deep), folders.raw)
    data = prepare.decode(pets, folders, raw, folds=2)
    assert data.train.images.mean() == pytest.approx(2 * data.test.images.mean(), rel=0.1)
    low, high = cache.read_window(folders)
    tested = data.test.images.tobytes()
    report = prepare.check_data(pets, folders, data)
    assert f"values         {low:g} to {high:g} are 0 to 255" in text(pets, report)
    write_cache.write(pets, folders, raw, test_only=True, window=(low, high))
    assert cache.load(pets, folders).test.images.tobytes() == tested, "in a kernel that sees no training image"


def test_a_declared_window_is_taken_and_another_one_needs_another_cache(deep, pets, folders, pack, changed):
    raw = extract(pack(deep), folders.raw)
    declared = changed(pets, window=(0, 65535))
    assert prepare.decode(declared, folders, raw, folds=2).train.images.max() == 16
    with pytest.raises(DataError, match=r"values \[0, 65535\] became 0 to 255, competition \[0, 4095\]"):
        cache.load(changed(pets, window=(0, 4095)), folders)
