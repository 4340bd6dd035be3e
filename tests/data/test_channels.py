import cv2
import numpy as np
import pytest
from PIL import Image

from kit.data import prepare, write_cache
from kit.data.archives.unpack import extract
from kit.data.decode_all import batches
from kit.data.decode_image import Decoding, UnreadableImage, decode
from kit.data.find_window import find_window
from kit.errors import DataError


def layers(folder, count=4, side=12):
    """A file of grey for each channel, with values 10, 20, 30, ..."""
    files = [folder / f"{number}.png" for number in range(count)]
    for number, file in enumerate(files, 1):
        Image.fromarray(np.full((side, side), 10 * number, np.uint8)).save(file)
    return tuple(files)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 8])
def test_a_stack_of_files_is_an_image_with_a_channel_of_each(tmp_path, count):
    pixels = decode(layers(tmp_path, count), Decoding((6, 5, count)))
    assert pixels.shape == (6, 5, count) and pixels.dtype == np.uint8
    assert (pixels == 10 * np.arange(1, count + 1)).all()


def test_files_of_a_stack_may_be_in_color(tmp_path):
    for name, color in (("a", (1, 2, 3)), ("b", (4, 5, 6))):
        Image.new("RGB", (9, 9), color).save(tmp_path / f"{name}.png")
    pixels = decode((tmp_path / "a.png", tmp_path / "b.png"), Decoding((4, 4, 6)))
    assert pixels[0, 0].tolist() == [1, 2, 3, 4, 5, 6]


def test_a_stack_of_the_wrong_height_stops_the_work_and_a_bad_layer_is_named(tmp_path):
    files = layers(tmp_path, 3)
    with pytest.raises(DataError, match="3 files make no image of 4 channels"):
        decode(files, Decoding((6, 6, 4)))
    files[1].write_bytes(b"")
    with pytest.raises(UnreadableImage, match="1.png"):
        decode(files, Decoding((6, 6, 3)))


def test_four_channels_of_a_file_are_taken_as_they_are_and_fewer_are_refused(tmp_path):
    values = np.random.default_rng(0).integers(0, 256, (8, 8, 4), np.uint8)
    Image.fromarray(values, "RGBA").save(tmp_path / "x.png")
    assert (decode(tmp_path / "x.png", Decoding((8, 8, 4))) == values).all()
    half = decode(tmp_path / "x.png", Decoding((4, 4, 4)))
    assert np.abs(half.mean((0, 1)) - values.mean((0, 1))).max() < 8, "no channel weighs another"
    Image.new("RGB", (8, 8)).save(tmp_path / "y.png")
    with pytest.raises(UnreadableImage, match="3 channels, not 4"):
        decode(tmp_path / "y.png", Decoding((8, 8, 4)))
    wide = values.astype(np.uint16) * 100
    (tmp_path / "z.tif").write_bytes(cv2.imencode(".tiff", wide[..., [2, 1, 0, 3]])[1].tobytes())
    assert (decode(tmp_path / "z.tif", Decoding((8, 8, 4), window=(0, 25500))) == values).all()


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("kind", [np.float16, np.int16, np.uint8])
def test_a_npy_file_holds_channels_first_or_last_of_any_type(tmp_path, first, kind):
    values = np.random.default_rng(0).integers(0, 100, (20, 30, 6)).astype(kind)
    np.save(tmp_path / "x.npy", values.transpose(2, 0, 1) if first else values)
    pixels = decode(tmp_path / "x.npy", Decoding((20, 30, 6), window=None if kind == np.uint8 else (0, 255)))
    assert (pixels == values).all()
    assert decode(tmp_path / "x.npy", Decoding((10, 15, 6), window=(0, 255))).shape == (10, 15, 6)


def test_arrays_that_are_no_image_or_hide_code_are_unreadable(tmp_path):
    np.save(tmp_path / "flat.npy", np.zeros(9, np.uint8))
    np.save(tmp_path / "code.npy", np.array([{}], object), allow_pickle=True)
    for name, reason in (("flat", "an array of shape"), ("code", "no array of plain values")):
        with pytest.raises(UnreadableImage, match=reason):
            decode(tmp_path / f"{name}.npy", Decoding((4, 4, 3)))


def test_arrays_of_read_become_8_bits_by_the_window_too():
    arrays = [np.random.default_rng(n).normal(size=(4, 4, 2)).astype(np.float32) for n in range(50)]
    window = find_window(arrays)
    [batch] = batches(arrays, Decoding((4, 4, 2), window=window))
    assert batch.pixels.min() == 0 and batch.pixels.max() == 255
    with pytest.raises(DataError, match="received tuple"):
        list(batches([tuple(arrays)], Decoding((4, 4, 2))))


def test_stacks_of_16_bits_go_through_prepare(pets, folders, members, pack, tmp_path, changed):
    for number, name in enumerate(name for name in list(members) if name.endswith(".png")):
        for layer in range(4):
            values = np.random.default_rng(10 * number + layer).integers(0, 1000, (9, 9)).astype(np.uint16)
            members[name.replace("/", f"/layer{layer}/")] = cv2.imencode(".png", values)[1].tobytes()

    def read(raw, part):
        split = pets.read(raw, part)
        stacks = [tuple(path.parent / f"layer{n}" / path.name for n in range(4)) for path in split.images]
        return type(split)(split.ids, stacks, split.labels)

    raw = extract(pack(members), folders.raw)
    data = prepare.decode(changed(pets, read=read, image_shape=(8, 8, 4)), folders, raw, folds=2)
    assert data.train.images.shape == (24, 8, 8, 4) and data.train.images.max() > 200
    (folders.raw / "train" / "layer2" / "cat-3.png").write_bytes(b"")
    write_cache.write(changed(pets, read=read, image_shape=(8, 8, 4)), folders, raw, allow_bad=True)
    assert "layer2/cat-3.png" in (folders.cache / "quarantine.csv").read_text()
