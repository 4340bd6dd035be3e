"""Files called .png that are none, are cut off, or decode to far more than they hold; one in train, and the same in test."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

COUNT = 12  # images of each part


def picture(number: int, form: str = "PNG") -> bytes:
    pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form)
    return out.getvalue()


def pack(target: Path, data: bytes) -> None:
    with zipfile.ZipFile(target, "w") as out:
        for part in ("train", "test"):
            for number in range(COUNT):
                out.writestr(f"{part}/{number}.png", data if number == COUNT - 1 else picture(number))
        out.writestr("labels.csv", "id,label\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(COUNT)))
        out.writestr("sample.csv", "id,label\n" + "".join(f"{n},a\n" for n in range(COUNT)))


def _png(width: int, height: int, bits: int = 1, color: int = 0) -> bytes:
    """One that declares its size, with data of nothing but zeros."""
    row = bytes(1 + (width * bits + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


GOOD = picture(COUNT)
CASES = {
    "nothing": b"",
    "a web page": b"<html>Sign in</html>",
    "zeros": bytes(1000),
    "cut off in the middle": GOOD[: len(GOOD) // 2],
    "cut off at the end": GOOD[:-20],
    "a flipped bit": GOOD[:300] + bytes([GOOD[300] ^ 1]) + GOOD[301:],
    "a JPEG cut off": picture(COUNT, "JPEG")[:-10],
    "a GIF": picture(COUNT, "GIF"),
    "a BMP that declares more": picture(COUNT, "BMP")[:18]
    + struct.pack("<ii", 1 << 30, 1 << 30)
    + picture(COUNT, "BMP")[26:],
    "a TIFF cut off": picture(COUNT, "TIFF")[:100],
    "14,000 x 14,000": _png(14_000, 14_000),
    "40,000 x 30,000": _png(40_000, 30_000),
    "no pixels": _png(0, 0),
    "a header of 2 billion columns": GOOD[:16] + struct.pack(">II", 2**31 - 1, 2**31 - 1) + GOOD[24:],
    "an archive": b"PK\x05\x06" + bytes(18),
    "a script": b"import os\nos.system('touch /tmp/evil')\n",
}
