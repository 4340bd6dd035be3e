"""scikit-learn's digits under noise as a competition, 900 to learn from, 897 hidden, and Kaggle's judge of files."""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SLUG = "noisy-digits"
KNOWN = 900  # rows to learn from; the others are hidden
NOISE = 7.0  # standard deviation added to pixels of 0 to 16
PUBLIC = 0.5  # of the hidden rows

PLUGIN = '''"""scikit-learn's digits under noise."""

from pathlib import Path

from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import pixel_csv
from kit.learn.networks import Network
from kit.targets import Classes

SHAPE = (8, 8, 1)


def read(raw: Path, part: str) -> Split:
    images, labels = pixel_csv(raw / f"{part}.csv", SHAPE, label_column="label" if part == "train" else None)
    return Split([f"{part}-{row}" for row in range(len(images))], images, labels)


def small(shape, classes, config):
    import keras

    return keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Rescaling(1 / 127.5, offset=-1.0),
            keras.layers.Conv2D(config.width, 5, activation="relu"),
            keras.layers.Conv2D(config.width, 3, activation="relu"),
            keras.layers.GlobalMaxPooling2D(),
            keras.layers.Dropout(config.dropout),
            keras.layers.Dense(classes),
        ]
    )


def augment():
    import albumentations as A

    return A.Compose([A.Affine(translate_px=(-1, 1), p=0.5)])


COMPETITION = Competition(
    slug="noisy-digits",
    title="Digits under noise",
    target=Classes(tuple("0123456789")),
    image_shape=SHAPE,
    metric="accuracy",
    submission=Submission("Id", ("Label",), values=tuple("0123456789")),
    archives=Archives("train.csv", "test.csv", "sample.csv"),
    read=read,
    augment=augment,
    tta=("identity",),
    networks={"small": Network(small)},
    defaults={"backbone": "small", "width": 16, "epochs": 4, "batch_size": 32, "workers": 0, "patience": 0},
)
'''


@dataclass(frozen=True)
class World:
    """archive: the bytes that Kaggle serves. ids: of the hidden rows. truth: their digits, int (N,). public: bool (N,), the
    rows that the public score is of; the private one is of the others.
    """

    archive: bytes
    ids: list[str]
    truth: np.ndarray
    public: np.ndarray

    def judge(self, content: bytes) -> dict[str, str]:
        """The fields of Kaggle's answer to the bytes of a file, while the competition runs."""
        said = _read_labels(content)
        if sorted(said) != sorted(self.ids):
            return {"status": "ERROR", "errorDescription": f"Submission must have {len(self.ids)} rows"}
        return {"status": "COMPLETE", "publicScore": self.score(content, public=True)}

    def score(self, content: bytes, *, public: bool) -> str:
        said = _read_labels(content)
        hit = np.array([int(said[name]) for name in self.ids]) == self.truth
        return f"{hit[self.public == public].mean():.5f}"


def _read_labels(content: bytes) -> dict[str, str]:
    return dict(list(csv.reader(io.StringIO(content.decode())))[1:])


def make(seed: int) -> World:
    """Which digits are hidden, their noise and the public half, by the seed."""
    from sklearn.datasets import load_digits

    draw, digits = np.random.default_rng(seed), load_digits()
    order = draw.permutation(len(digits.target))
    noisy = digits.images[order] + draw.normal(0, NOISE, digits.images.shape)
    pixels = np.clip(noisy * 15, 0, 255).astype(np.uint8).reshape(len(order), -1)
    labels = digits.target[order]
    ids = [f"test-{row}" for row in range(len(order) - KNOWN)]
    return World(_pack(pixels, labels, ids), ids, labels[KNOWN:], draw.permutation(len(ids)) < round(PUBLIC * len(ids)))


def write_plugin(folder: Path) -> Path:
    """A member's own clone of the competition's folder; returns the folder of folders."""
    (folder / SLUG).mkdir(parents=True)
    (folder / SLUG / "competition.py").write_text(PLUGIN)
    return folder


def _pack(pixels: np.ndarray, labels: np.ndarray, ids: list[str]) -> bytes:
    head = ",".join(f"pixel{place}" for place in range(pixels.shape[1]))
    rows = [",".join(map(str, row)) for row in pixels.tolist()]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        known = [f"{label},{row}" for label, row in zip(labels[:KNOWN].tolist(), rows[:KNOWN], strict=True)]
        archive.writestr("train.csv", "\n".join([f"label,{head}", *known]) + "\n")
        archive.writestr("test.csv", "\n".join([head, *rows[KNOWN:]]) + "\n")
        archive.writestr("sample.csv", "\n".join(["Id,Label", *(f"{name},0" for name in ids)]) + "\n")
    return out.getvalue()
