"""Archives of Kaggle's form that hold a few images, for each built-in competition."""

import io
import zipfile
from collections.abc import Mapping

import numpy as np
import py7zr
from PIL import Image

from kit.plugins import load


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


def pixel_rows(count: int, width: int, labels: bool) -> bytes:
    head = ["label"] * labels + [f"pixel{n}" for n in range(width)]
    rows = [",".join([str(n % 10)] * labels + [str((n + place) % 256) for place in range(width)]) for n in range(count)]
    return "\n".join([",".join(head), *rows, ""]).encode()


def sample(header: str, count: int, value: str) -> bytes:
    return "".join([header + "\n", *(f"{n},{value}\n" for n in range(1, count + 1))]).encode()


def cats_and_dogs(test: str) -> dict[str, bytes]:
    train = {
        f"train/{name}.{n}.jpg": image(20 * n + len(name + "x" * (name == "cat")), "JPEG")
        for name in ("cat", "dog")
        for n in range(4)
    }
    return {
        "train.zip": zipped(train),
        f"{test}.zip": zipped({f"{test}/{n}.jpg": image(900 + n, "JPEG") for n in range(1, 12)}),
    }


def cifar() -> dict[str, bytes]:
    names = load("cifar-10").target.columns
    labels = [names[n % 10] for n in range(40)]
    return {
        "train.7z": packed7({f"train/{n + 1}.png": image(n, "PNG") for n in range(40)}),
        "test.7z": packed7({f"test/{n}.png": image(900 + n, "PNG") for n in range(1, 12)}),
        "trainLabels.csv": ("id,label\n" + "".join(f"{n + 1},{label}\n" for n, label in enumerate(labels))).encode(),
        "sampleSubmission.csv": sample("id,label", 11, "cat"),
    }


ARCHIVES = {
    "digit-recognizer": lambda: {
        "train.csv": pixel_rows(40, 784, labels=True),
        "test.csv": pixel_rows(11, 784, labels=False),
        "sample_submission.csv": sample("ImageId,Label", 11, "0"),
    },
    "dogs-vs-cats": lambda: cats_and_dogs("test1") | {"sampleSubmission.csv": sample("id,label", 11, "0")},
    "dogs-vs-cats-redux-kernels-edition": lambda: (
        cats_and_dogs("test") | {"sample_submission.csv": sample("id,label", 11, "0.5")}
    ),
    "cifar-10": cifar,
}
