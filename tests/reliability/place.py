"""A tiny competition beside a loopback Kaggle. All of it lies in a folder of its own, in one state or another."""

import contextlib
import copy
import importlib
import os
import pkgutil
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import kit
from tests.conftest import COMPETITION, write_archive
from tests.kaggle_kernels import Kernels
from tests.kaggle_server import SECRET, Kaggle, serve
from tests.reliability import child, tree
from tests.reliability.child import Ended, Kill
from tests.reliability.faulty_server import FaultyHandler

SLUG = "tiny-stripes"
PHOTOS = "tiny-photos"
WITHOUT_KERAS = ("cli", "data", "kaggle", "scaffold", "submission")  # rooms of the kit
MEMORY = Path("/dev/shm")


OF_PHOTOS = """
from kit.competition import Archives, Competition, Split, Submission
from kit.data.readers import image_folder, labels
from kit.targets import Classes


def read(raw, part):
    files = image_folder(raw / part)
    ids = [file.stem for file in files]
    return Split(ids, files, labels(raw / "labels.csv", ids, "id", "label") if part == "train" else None)


COMPETITION = Competition(
    slug="tiny-photos",
    title="Tiny photos",
    target=Classes(("a", "b")),
    image_shape=(16, 16, 3),
    metric="accuracy",
    submission=Submission("id", ("label",)),
    archives=Archives("train", "test", "sample.csv", labels="labels.csv"),
    read=read,
    folds=2,
)
"""


class Place:
    """kept: what a state is made of: the home, and the folder that a team shares. given: files for verbs. kernels: what Kaggle
    has of datasets and kernels in each state.
    """

    def __init__(self, root: Path, kaggle: Kaggle, proxy: str) -> None:
        self.root, self.kaggle = root, kaggle
        self.kept, self.states, self.plugins = root / "kept", root / "states", root / "plugins"
        self.given = root / "given"
        self.home, self.team, self.archive = self.kept / "home", self.kept / "team", root / f"{SLUG}.zip"
        self.environment = {
            "KIT_HOME": str(self.home),
            "HOME": str(self.home),
            "http_proxy": proxy,
            "HTTP_PROXY": proxy,
            "KAGGLE_API_ENVIRONMENT": "LOCALHOST",
            "KAGGLE_USERNAME": "somebody",
            "KAGGLE_KEY": SECRET,
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        self.kernels: dict[str, Kernels] = {}
        self.secrets = 0  # times that the secret was seen where it does not belong

    def run(self, words: Sequence[str], kill: Kill | None = None, kill_after_s: float | None = None) -> Ended:
        given = ["--competitions", str(self.plugins), *words]
        ended = child.run(given, self.root, self.environment, kill, kill_after_s)
        self.secrets += SECRET in ended.said
        return ended

    def restore(self, state: str) -> None:
        """The state on disk, and a Kaggle that has the archive and what was pushed to it."""
        for folder in (self.home, self.team):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.states / state, self.kept, symlinks=True, dirs_exist_ok=True)
        fresh = Kaggle()
        fresh.archive = self.archive.read_bytes()
        fresh.of_kernels = copy.deepcopy(self.kernels[state])
        self.kaggle.__dict__.clear()  # the server holds this very object
        self.kaggle.__dict__.update(fresh.__dict__)

    def read_tree(self) -> dict[str, bytes]:
        found = tree.read(self.kept)
        self.secrets += sum(SECRET.encode() in data for data in found.values())
        return found

    def keep(self, state: str) -> None:
        shutil.copytree(self.kept, self.states / state, symlinks=True)
        self.kernels[state] = copy.deepcopy(self.kaggle.of_kernels)

    def make(self, state: str, before: str, *commands: Sequence[str]) -> None:
        """The state that the commands make of another one. Raises RuntimeError if one of them fails."""
        self.restore(before)
        for words in commands:
            if (ended := self.run(words)).code:
                raise RuntimeError(f"kit {' '.join(words)} ended with {ended.code}: {ended.said[-600:]}")
        self.keep(state)


@contextlib.contextmanager
def open_place() -> Iterator[Place]:
    """With the kit's modules imported, so that forked processes need not."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as root:
        kaggle = Kaggle()
        with serve(kaggle, FaultyHandler) as proxy:
            place = Place(Path(root), kaggle, proxy)
            write_archive(place.archive)
            for slug, text in ((SLUG, COMPETITION), (PHOTOS, OF_PHOTOS)):
                (place.plugins / slug).mkdir(parents=True)
                (place.plugins / slug / "competition.py").write_text(text)
            for folder in (place.home, place.team, place.given):
                folder.mkdir(parents=True)
            place.keep("fresh")
            yield place


def import_all(place: Place, keras: bool = True) -> None:
    """Imports what verbs import, in this process."""
    os.environ.update(place.environment)
    import pandas  # noqa: F401

    if keras:
        import keras as _  # noqa: F401
        import sklearn.linear_model  # noqa: F401
    for found in pkgutil.walk_packages(kit.__path__, "kit."):
        if (keras or found.name.split(".")[1] in WITHOUT_KERAS) and not found.name.endswith("__main__"):
            importlib.import_module(found.name)
