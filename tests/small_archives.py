"""What small archives of Kaggle's form are made of: a few images, tables, and what packs them."""

import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import py7zr
from PIL import Image


def image(number: int, form: str) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form)
    return buffer.getvalue()


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """The same bytes at any time: they name tests too, which every process must name alike."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, data in members.items():
            out.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def packed7(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as out:
        for name, data in members.items():
            out.writestr(data, name)
    return buffer.getvalue()


def tarred(members: Mapping[str, bytes], mode: Literal["w", "w:gz"] = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as out:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            out.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def table(header: str, rows: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in (header, *rows)).encode()


def images(names: Iterable[str], form: str = "JPEG", first: int = 0) -> dict[str, bytes]:
    return {name: image(first + n, form) for n, name in enumerate(names)}


def pixel_rows(count: int, width: int, labels: bool) -> bytes:
    head = ["label"] * labels + [f"pixel{n}" for n in range(width)]
    rows = [",".join([str(n % 10)] * labels + [str((n + place) % 256) for place in range(width)]) for n in range(count)]
    return "\n".join([",".join(head), *rows, ""]).encode()


def sample(header: str, count: int, value: str) -> bytes:
    return table(header, (f"{n},{value}" for n in range(1, count + 1)))
