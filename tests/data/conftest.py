"""Small archives, pictures and competitions made from nothing."""

import dataclasses
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder
from kit.paths import DataFolders
from kit.targets import Classes


@pytest.fixture
def picture():
    """picture(7) -> the bytes of a 12x10 picture, different for each number; picture(7, "JPEG") in that format."""

    def make(number: int, form: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (12, 10)) -> bytes:
        pixels = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(pixels).convert(mode).save(buffer, form)
        return buffer.getvalue()

    return make


@pytest.fixture
def folders(tmp_path) -> DataFolders:
    return DataFolders(tmp_path / "data" / "pets")


def read_pets(raw: Path, part: str) -> Split:
    paths = image_folder(raw / part, ".png")
    return Split(
        [path.stem for path in paths], paths, [path.stem.split("-")[0] for path in paths] if part == "train" else None
    )


@pytest.fixture
def pets() -> Competition:
    """Cats and dogs, labels in the file names: train/cat-1.png, test/1.png, sample.csv."""
    return Competition(
        slug="pets",
        title="Pets",
        target=Classes(("cat", "dog")),
        image_shape=(8, 8, 3),
        metric="accuracy",
        submission=Submission("id", ("label",)),
        archives=Archives("train.zip", "test.zip", "sample.csv"),
        read=read_pets,
    )


@pytest.fixture
def members(picture) -> dict[str, bytes]:
    """What the archive of `pets` holds: 12 cats, 12 dogs, 5 test images; to be changed by a test, then packed."""
    train = {
        f"train/{name}-{n}.png": picture(100 * place + n)
        for place, name in enumerate(("cat", "dog"))
        for n in range(12)
    }
    test = {f"test/{n}.png": picture(1000 + n) for n in range(5)}
    return {**train, **test, "sample.csv": b"id,label\n" + b"".join(b"%d,cat\n" % n for n in range(5))}


@pytest.fixture
def pack(folders):
    """pack(members) writes archives/pets.zip, with train/ and test/ as zips inside, as Kaggle does."""

    def write(members: dict[str, bytes]) -> Path:
        folders.archives.mkdir(parents=True, exist_ok=True)
        archive = folders.archives / "pets.zip"
        with zipfile.ZipFile(archive, "w") as out:
            for part in ("train", "test"):
                inner = io.BytesIO()
                with zipfile.ZipFile(inner, "w") as packed:
                    for name, data in members.items():
                        if name.startswith(f"{part}/"):
                            packed.writestr(zipfile.ZipInfo(name), data)
                out.writestr(zipfile.ZipInfo(f"{part}.zip"), inner.getvalue())
            for name, data in members.items():
                if "/" not in name:
                    out.writestr(zipfile.ZipInfo(name), data)
        return archive

    return write


@pytest.fixture
def changed():
    """changed(competition, **fields): the same competition with other fields."""
    return dataclasses.replace
