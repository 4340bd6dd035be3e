"""Writes the images of this folder, once: their bytes stay, whatever later versions of Pillow and OpenCV would write. And
decoded.csv, what they decode to: another hash in it is other data for everybody, and a line in CHANGELOG.md.

    .venv/bin/python -m tests.data.golden.write              both
    .venv/bin/python -m tests.data.golden.write decoded      decoded.csv alone
"""

import csv
import hashlib
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from kit.data.decode_image import Decoding, decode

FOLDER = Path(__file__).parent
ORIENTATION = 0x0112


def write_images() -> None:
    rows, columns = np.mgrid[0:24, 0:32]
    noise = np.random.default_rng(0).integers(0, 40, (24, 32, 3))
    colors = np.stack([rows * 9, columns * 6, (rows * columns) % 200], axis=2) + noise
    image = Image.fromarray(colors.astype(np.uint8))
    clear = Image.fromarray((columns * 8).astype(np.uint8))
    turned = Image.Exif()
    turned[ORIENTATION] = 6
    few = image.quantize(16)
    for name, saved, options in (
        ("color.jpg", image, {"quality": 80}),
        ("color-progressive.jpg", image, {"quality": 80, "progressive": True, "subsampling": 0}),
        ("color-turned.jpg", image, {"quality": 80, "exif": turned}),
        ("grey.jpg", image.convert("L"), {"quality": 80}),
        ("cmyk.jpg", image.convert("CMYK"), {"quality": 80}),
        ("grey.png", image.convert("L"), {}),
        ("two-levels.png", image.convert("1"), {}),
        ("palette.png", few, {}),
        ("palette-clear.png", few, {"transparency": 3}),
        ("grey-alpha.png", Image.merge("LA", (image.convert("L"), clear)), {}),
        ("alpha.png", Image.merge("RGBA", (*image.split(), clear)), {}),
        ("color-turned.png", image, {"exif": turned}),
        ("palette.gif", few, {}),
        ("color.bmp", image, {}),
        ("color-lzw.tif", image, {"compression": "tiff_lzw"}),
        ("cmyk.tif", image.convert("CMYK"), {"compression": "tiff_adobe_deflate"}),
        ("float.tif", Image.fromarray((colors[..., 0] / 250).astype(np.float32)), {}),
        ("color-lossless.webp", image, {"lossless": True}),
        ("alpha.webp", Image.merge("RGBA", (*image.split(), clear)), {"quality": 80}),
    ):
        saved.save(FOLDER / name, **options)
    deep = (colors * 257).astype(np.uint16)
    for name, values in (("grey-16.png", deep[..., 0]), ("color-16.png", deep), ("color-16.tif", deep)):
        cv2.imwrite(str(FOLDER / name), values)


def decoded(name: str, shape: tuple[int, int, int]) -> str:
    """The sha256 of the pixels, values of more than 8 bits by a fixed window."""
    window = (0, 1) if name == "float.tif" else (0, 65535)
    return hashlib.sha256(decode(FOLDER / name, Decoding(shape, window=window)).tobytes()).hexdigest()


def write_decoded() -> None:
    """In color and grey as large as they are, and shrunk."""
    with open(FOLDER / "decoded.csv", "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("file", "height", "width", "channels", "sha256"))
        for path in sorted(path for path in FOLDER.iterdir() if path.suffix not in (".py", ".csv")):
            for shape in ((24, 32, 3), (24, 32, 1), (10, 14, 3)):
                across = (shape[1], shape[0], shape[2]) if "turned" in path.name else shape
                writer.writerow((path.name, *across, decoded(path.name, across)))


if __name__ == "__main__":
    if sys.argv[1:] != ["decoded"]:
        write_images()
    write_decoded()
