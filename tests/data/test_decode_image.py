import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from kit.data import decode_image
from kit.data.decode_image import Decoding, UnreadableImage
from kit.errors import DataError

COLOURS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [120, 120, 120]]], np.uint8)  # red green / blue grey


def decode(path, shape, **how):
    return decode_image.decode(path, Decoding(shape, **how))


def save(path, image: Image.Image, form: str = "PNG", **options):
    image.save(path, form, **options)
    return path


def blocks(side: int = 16) -> Image.Image:
    return Image.fromarray(COLOURS.repeat(side, 0).repeat(side, 1))


def corners(pixels: np.ndarray) -> np.ndarray:
    return pixels[[1, 1, -2, -2], [1, -2, 1, -2]]


@pytest.mark.parametrize("form", ["PNG", "BMP", "JPEG", "GIF"])
def test_formats_are_told_by_content_and_colours_are_rgb(tmp_path, form):
    pixels = decode(
        save(tmp_path / "x.jpg", blocks(), form, **({"quality": 95} if form == "JPEG" else {})), (20, 30, 3)
    )
    assert (pixels.shape, pixels.dtype) == ((20, 30, 3), np.uint8)
    assert np.abs(corners(pixels).astype(int) - COLOURS.reshape(4, 3)).max() <= (12 if form == "JPEG" else 0)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "RGBA", "LA", "I;16"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_mode_becomes_8_bits_of_the_channels_asked_for(tmp_path, mode, channels):
    image = Image.new("L", (6, 4), 0)
    image.paste(255, (3, 0, 6, 4))
    wide = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    image = wide if mode == "I;16" else image.convert("RGB").convert(mode)
    path = save(tmp_path / "x", image, "JPEG" if mode == "CMYK" else "PNG")
    pixels = decode(path, (4, 6, channels), window=(0, 65535))
    assert pixels.shape == (4, 6, channels)
    assert pixels[0, 0].max() <= 3
    assert pixels[0, -1].min() >= 252


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 3)])
def test_16_bit_values_become_8_by_the_window_in_grey_and_in_colour(tmp_path, form, shape):
    values = np.full(shape, 0x4000, np.uint16)
    values[0] = 0x2000
    (tmp_path / "x").write_bytes(cv2.imencode(f".{form.lower()}", values)[1].tobytes())
    for channels in (1, 3):
        pixels = decode(tmp_path / "x", (4, 4, channels), window=(0x2000, 0x6000))
        assert (pixels[0] == 0).all()
        assert (pixels[1:] == 128).all()
        wide = decode(tmp_path / "x", (4, 8, channels), window=(0x2000, 0x6000))
        assert (wide[:, -1] == pixels[:, -1]).all()


def test_colours_of_16_bits_are_rgb(tmp_path):
    (tmp_path / "x").write_bytes(cv2.imencode(".png", np.full((4, 4, 3), (1, 2, 3), np.uint16))[1].tobytes())
    assert decode(tmp_path / "x", (4, 4, 3), window=(0, 255))[0, 0].tolist() == [3, 2, 1]


def test_float_and_int32_tiff_become_8_bits_by_the_window_and_what_is_no_number_0(tmp_path):
    values = np.array([[-1, 0.5], [1, np.nan]], np.float32)
    path = save(tmp_path / "x.tif", Image.fromarray(values), "TIFF")
    assert decode(path, (2, 2, 1), window=(0, 1)).ravel().tolist() == [0, 128, 255, 0]
    path = save(tmp_path / "x.tif", Image.fromarray(np.array([[-1000, 1000]], np.int32)), "TIFF")
    assert decode(path, (1, 2, 1), window=(-1000, 1000)).ravel().tolist() == [0, 255]
    (tmp_path / "x.tif").write_bytes(cv2.imencode(".tiff", np.full((2, 2, 3), (0, 0, 1), np.float32))[1].tobytes())
    assert decode(tmp_path / "x.tif", (2, 2, 3), window=(0, 1))[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("shape", [(40, 40), (40, 40, 3)])
def test_more_than_8_bits_cut_off_or_without_a_window_are_unreadable(tmp_path, shape):
    data = cv2.imencode(".png", np.random.default_rng(0).integers(0, 4096, shape).astype(np.uint16))[1].tobytes()
    (tmp_path / "x.png").write_bytes(data)
    with pytest.raises(
        UnreadableImage, match=r"uint16 values and no window; declare Competition\(window=\(low, high\)\)"
    ):
        decode(tmp_path / "x.png", (8, 8, 1))
    (tmp_path / "x.png").write_bytes(data[:-60])
    with pytest.raises(UnreadableImage, match="truncated"):
        decode(tmp_path / "x.png", (8, 8, 1), window=(0, 4095))


def test_transparency_is_laid_on_white(tmp_path):
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert (decode(save(tmp_path / "a.png", image), (4, 4, 3)) == 255).all()
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([9, 9, 9, 50, 60, 70])
    assert (decode(save(tmp_path / "b.png", palette, transparency=0), (4, 4, 3)) == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_image_upright(tmp_path, orientation):
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # orientation -> the Transpose that undoes it
    exif = Image.Exif()
    exif[0x0112] = orientation
    back = {0: 0, 1: 1, 3: 3, 5: 5, 6: 6, 2: 4, 4: 2}
    image = blocks()
    if orientation > 1:
        image = image.transpose(Image.Transpose(back[turns[orientation]]))
    path = save(tmp_path / "x.png", image, exif=exif)
    assert (corners(decode(path, (8, 8, 3))) == COLOURS.reshape(4, 3)).all()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_exif_block_counts_as_none(tmp_path):
    path = save(tmp_path / "x.jpg", blocks(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xee" * 40, quality=95)
    assert np.abs(corners(decode(path, (8, 8, 3))).astype(int) - COLOURS.reshape(4, 3)).max() <= 12


def test_shrinking_averages_instead_of_skipping_pixels(tmp_path):
    stripes = np.zeros((256, 256), np.uint8)
    stripes[:, ::2] = 255
    for form in ("PNG", "JPEG"):
        pixels = decode(save(tmp_path / form, Image.fromarray(stripes), form), (16, 16, 1))
        assert 120 <= pixels.min() <= pixels.max() <= 135


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("turned", [False, True])
def test_images_of_other_proportions_are_stretched_letterboxed_or_cropped(tmp_path, turned, channels):
    long = np.full((16, 64, 4), 50, np.uint8)  # dark at one end, light at the other, in the middle between
    long[:, 24:40], long[:, 40:] = 100, 200
    np.save(tmp_path / "x.npy", long.swapaxes(0, 1) if turned else long)

    def look(fit):
        pixels = decode(tmp_path / "x.npy", (16, 16, channels), fit=fit)
        return pixels[..., -1].T if turned else pixels[..., -1]

    assert (look("crop") == 100).all()
    assert (look("stretch")[:, [0, 8, 15]] == [50, 100, 200]).all()
    assert (look("letterbox")[6:10, [0, 8, 15]] == [50, 100, 200]).all()
    assert not look("letterbox")[[5, 10]].any(), "a quarter as high as it is wide"


def test_a_large_jpeg_is_cropped_to_its_middle_and_letterboxed_whole(tmp_path):
    wide = np.zeros((500, 2000, 3), np.uint8)
    wide[:, 750:1250] = 240
    path = save(tmp_path / "x.jpg", Image.fromarray(wide), "JPEG", quality=95)
    assert decode(path, (32, 32, 3), fit="crop").min() >= 200
    whole = decode(path, (32, 32, 3), fit="letterbox")
    assert not whole[:11].any() and not whole[21:].any() and abs(whole[16].mean() - 60) < 6


@pytest.mark.parametrize(("form", "cut"), [("PNG", 60), ("JPEG", 10), ("BMP", 10)])
def test_truncated_files_are_unreadable(tmp_path, picture, form, cut):
    data = picture(1, form, size=(120, 100))
    for length in (len(data) // 2, len(data) - cut):
        (tmp_path / "x.jpg").write_bytes(data[:length])
        with pytest.raises(UnreadableImage) as error:
            decode(tmp_path / "x.jpg", (8, 8, 3))
        assert "x.jpg" in str(error.value)
        assert error.value.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"<html><body>404</body></html>", "neither JPEG"),
        (b"hello", "neither JPEG"),
        (b"\xff\xd8\xff", ""),
    ],
)
def test_what_is_no_image_is_unreadable(tmp_path, data, reason):
    (tmp_path / "x.jpg").write_bytes(data)
    with pytest.raises(UnreadableImage) as error:
        decode(tmp_path / "x.jpg", (8, 8, 3))
    assert reason in error.value.reason


def huge_png(side: int) -> bytes:
    """A 1-bit PNG of side x side pixels that takes a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7100, 14000])
def test_an_image_above_the_pixel_limit_is_refused_before_it_is_decoded(tmp_path, monkeypatch, side):
    (tmp_path / "x.png").write_bytes(huge_png(side))
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(UnreadableImage, match="pixels"):
        decode(tmp_path / "x.png", (8, 8, 3))


def tiff_of_three_floats(side: int) -> bytes:
    """A TIFF of side x side pixels, as Pillow opens none; all of its strips are the same few bytes."""
    strip = zlib.compress(bytes(side * 12), 9)
    count = side * 4  # bytes of a list of a number for each strip
    start = 8 + 2 + 12 * 10 + 4
    rows = (256, 4, 1, side), (257, 4, 1, side), (258, 3, 3, start), (259, 3, 1, 8), (262, 3, 1, 2)
    rows += (273, 4, side, start + 6), (277, 3, 1, 3), (278, 4, 1, 1), (279, 4, side, start + 6 + count)
    rows += ((339, 3, 3, start + 6 + 2 * count),)
    listed = b"".join(struct.pack("<HHLL", *row) for row in rows)
    where = start + 12 + 2 * count
    body = struct.pack("<3H", 32, 32, 32) + struct.pack("<L", where) * side + struct.pack("<L", len(strip)) * side
    return b"II*\0" + struct.pack("<LH", 8, 10) + listed + bytes(4) + body + struct.pack("<3H", 3, 3, 3) + strip


def test_a_tiff_that_only_opencv_opens_is_refused_by_its_header(tmp_path, monkeypatch):
    (tmp_path / "x.tif").write_bytes(tiff_of_three_floats(40))
    assert not decode(tmp_path / "x.tif", (8, 8, 3), window=(0, 1)).any()
    (tmp_path / "x.tif").write_bytes(tiff_of_three_floats(7100))
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    with pytest.raises(UnreadableImage, match="7100x7100 pixels, more than 50 megapixels"):
        decode(tmp_path / "x.tif", (8, 8, 3), window=(0, 1))


def test_a_file_that_vanished_stops_the_work_instead_of_counting_as_corrupt(tmp_path):
    with pytest.raises(DataError, match=r"cannot open image .*x\.png; received No such file") as error:
        decode(tmp_path / "x.png", (8, 8, 3))
    assert not isinstance(error.value, UnreadableImage)


def test_decoding_twice_gives_the_same_pixels(tmp_path, picture):
    (tmp_path / "x.jpg").write_bytes(picture(3, "JPEG", size=(50, 40)))
    assert (decode(tmp_path / "x.jpg", (9, 7, 3)) == decode(tmp_path / "x.jpg", (9, 7, 3))).all()
