"""What the tests share: a home of their own, the real command line, and a small competition made from nothing."""

import os
import shutil
import zipfile
from pathlib import Path

import click.testing
import numpy as np
import pytest

from tests import command_line

pytest_plugins = ["tests.kaggle_server", "tests.quick"]

COMPETITION = """
import numpy as np
from pathlib import Path
from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import pixel_csv
from kit.learn.networks import Network
from kit.targets import Classes

SHAPE = (8, 8, 1)


def read(raw: Path, part: str) -> Split:
    images, labels = pixel_csv(raw / f"{part}.csv", SHAPE, label_column="label" if part == "train" else None)
    return Split([str(n + 1) for n in range(len(images))], images, labels)


def tiny(shape, classes, config):
    import keras
    from kit.learn.networks.cnn import convolution

    head = [keras.layers.Dropout(config.dropout), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(classes)]
    rescaled = keras.layers.Rescaling(1 / 127.5, offset=-1.0)
    return keras.Sequential([keras.Input(shape), rescaled, *convolution(config.width, 5, strides=2), *head])


def augment():
    import albumentations as A

    return A.Compose([A.Affine(translate_px=(-1, 1), p=1.0)])


COMPETITION = Competition(
    slug="tiny-stripes",
    title="Which way do the stripes go?",
    target=Classes(("flat", "steep", "none")),
    image_shape=SHAPE,
    metric="accuracy",
    submission=Submission("Id", ("Label",), values=("0", "1", "2")),
    archives=Archives("train.csv", "test.csv", "sample.csv"),
    read=read,
    augment=augment,
    tta=("identity", "hflip"),
    networks={"tiny": Network(tiny)},
    defaults={"backbone": "tiny", "width": 4, "epochs": 2, "batch_size": 16, "workers": 0, "patience": 0},
)
"""


def stripes(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (count, 8, 8) noisy pictures of flat stripes, steep stripes, or none; and their class 0, 1, 2."""
    draw = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    images = draw.integers(0, 60, (count, 8, 8))
    bright = np.arange(8) % 4 < 2
    images[labels == 0] += 150 * bright[:, None]
    images[labels == 1] += 150 * bright[None, :]
    return images.astype(np.uint8), labels


def pixel_table(images: np.ndarray, labels: list[str] | None) -> str:
    head = (["label"] if labels else []) + [f"pixel{n}" for n in range(images[0].size)]
    lines = [",".join(head)]
    for row, image in enumerate(images):
        lines.append(",".join(([labels[row]] if labels else []) + [str(value) for value in image.ravel()]))
    return "\n".join(lines) + "\n"


def write_archive(path: Path) -> None:
    train, labels = stripes(90, seed=1)
    test, _ = stripes(30, seed=2)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("train.csv", pixel_table(train, [("flat", "steep", "none")[label] for label in labels]))
        out.writestr("test.csv", pixel_table(test, None))
        out.writestr("sample.csv", "Id,Label\n" + "".join(f"{n + 1},0\n" for n in range(30)))


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """$KIT_HOME and $HOME in an empty folder; no Kaggle credentials in the environment."""
    place = tmp_path / "home"
    place.mkdir()
    for name in [name for name in os.environ if name.startswith("KAGGLE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KIT_HOME", str(place))
    monkeypatch.setenv("HOME", str(place))
    return place


@pytest.fixture
def plugins(tmp_path) -> Path:
    """A folder of competitions outside the repository: one, called tiny-stripes."""
    folder = tmp_path / "plugins" / "tiny-stripes"
    folder.mkdir(parents=True)
    (folder / "competition.py").write_text(COMPETITION)
    return folder.parent


@pytest.fixture
def archive(tmp_path) -> Path:
    """tiny-stripes as Kaggle would serve it: 90 training and 30 test images in a zip of CSV files."""
    path = tmp_path / "tiny-stripes.zip"
    write_archive(path)
    return path


@pytest.fixture
def kit(home, plugins):
    """Runs the real command line: kit("train", "tiny-stripes", ...) -> CompletedProcess with text stdout and stderr."""
    return lambda *words, **how: command_line.in_process(["--competitions", str(plugins), *words], **how)


@pytest.fixture
def here(home, plugins):
    """As `kit`, within this process, which is quick: what is loaded stays loaded. Signals are left to pytest."""
    return lambda *words, **how: command_line.here(["--competitions", str(plugins), *words], **how)


@pytest.fixture
def cli(home, plugins):
    """`kit ...` within this process: returns click's result; raises what the command raises."""
    from kit.cli.main import kit

    def run(*words: str, **how):
        arguments = ["--competitions", str(plugins), *words]
        return click.testing.CliRunner().invoke(kit, arguments, catch_exceptions=False, standalone_mode=False, **how)

    return run


@pytest.fixture
def prepared(home, archive, plugins):
    """tiny-stripes prepared under $KIT_HOME with 3 folds; returns the loaded Competition."""
    from kit import paths
    from kit.data.prepare import prepare
    from kit.plugins import load

    competition, folders = load("tiny-stripes", [plugins]), paths.data("tiny-stripes")
    folders.archives.mkdir(parents=True)
    shutil.copy(archive, folders.archives)
    prepare(competition, folders, folds=3)
    return competition
