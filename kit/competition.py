"""The plug-in contract: what a competition folder declares, and how it is loaded.

A competition is data plus at most three small functions. `competitions/<slug>/competition.py` holds one
`COMPETITION = Competition(...)`; a new competition never needs a change in kit/.
"""

import importlib.util
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from kit.errors import DataError, nearest

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BESIDE = Path(__file__).resolve().parent.parent
# So called in a wheel: "competitions" could be anybody's among what is installed.
_INSTALLED = _BESIDE / "kit_competitions"
BUILT_IN = _INSTALLED if _INSTALLED.is_dir() else _BESIDE / "competitions"


class Images(Protocol):
    """The images of a split in order: paths of files to decode, or uint8 arrays (H, W, C). May be read more than once."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Any: ...


@dataclass(frozen=True)
class Split:
    """What `read` returns for "train" or "test".

    ids: unique within the split, as text, in the order of the images.
    labels: class names (members of Competition.classes) for "train", None for "test".
    """

    ids: Sequence[str]
    images: Images
    labels: Sequence[str] | None = None


@dataclass(frozen=True)
class Submission:
    """The file that Kaggle expects. Ids and row count come from the sample file, never from here.

    kind "label": one target column, holding a class written as `values[i]` for class i (default: the class names).
    kind "probability": each target column holds the probability of the class at its place in `of`
    (default: the columns are the class names), clipped to [clip, 1 - clip].
    """

    id_column: str
    target_columns: tuple[str, ...]
    kind: Literal["label", "probability"] = "label"
    values: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    clip: float = 1e-6


@dataclass(frozen=True)
class Archives:
    """Members of the archive that Kaggle's "download all" gives. Archives among them (.zip, .7z) are opened by `prepare`."""

    train: str
    test: str
    sample: str = "sampleSubmission.csv"
    labels: str | None = None


@dataclass(frozen=True)
class Competition:
    """Everything particular to one competition.

    image_shape: (height, width, channels) of the decoded cache.
    read: (raw folder, "train" | "test") -> Split.
    augment: () -> an albumentations transform for uint8 images; None trains on the images as they are.
    augment_batches: () -> layers of Keras that mean the same, for batches on a GPU (`--set augment_on=device`).
    tta: names of the views (kit.learn.input.views.VIEWS) that make sense here.
    defaults: Config fields for `kit train`; `runs`: what `kit run` trains, each a dict over the defaults; one
        of a recipe that wants a teacher is taught by those before it.
    public_share: of the test rows, those that the public leaderboard is computed on, 0 to 1; its page says it.
    networks, recipes: its own, beside the kit's (kit.learn.networks.Network, kit.learn.recipe.Recipe).
    build: writes the archive `<slug>.zip` and `solution.csv` of a competition that is not on Kaggle into two given paths.
    """

    slug: str
    title: str
    classes: tuple[str, ...]
    image_shape: tuple[int, int, int]
    metric: str
    submission: Submission
    archives: Archives
    read: Callable[[Path, str], Split]
    augment: Callable[[], Any] | None = None
    augment_batches: Callable[[], Sequence[Any]] | None = None
    tta: tuple[str, ...] = ("identity",)
    defaults: dict[str, Any] = field(default_factory=dict)
    runs: tuple[dict[str, Any], ...] = ({},)
    public_share: float | None = None
    build: Callable[[Path, Path], None] | None = None
    networks: Mapping[str, Any] = field(default_factory=dict)
    recipes: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None  # where it was loaded from: worker processes load it again from there

    @property
    def folds(self) -> int:
        """How many folds `kit prepare` deals out."""
        return int(self.defaults.get("folds", 5))

    @property
    def local(self) -> bool:
        """Scored here, against labels set aside, not on Kaggle."""
        return self.build is not None


def folders(extra: Iterable[Path] = ()) -> dict[str, Path]:
    """Competition folders by slug; a folder from `--competitions` wins over a built-in one of the same name."""
    found: dict[str, Path] = {}
    for root in (BUILT_IN, *extra):
        if not root.is_dir():
            raise DataError(f"no folder of competitions at {root}")
        for file in sorted(root.glob("*/competition.py")):
            found[file.parent.name] = file.parent
    return found


def load(slug: str, extra: Iterable[Path] = ()) -> Competition:
    """The competition of that slug. extra: folders of competition folders beside the built-in ones.

    Raises DataError for an unknown slug, naming the nearest, and naming file and line for anything that is not a sound plug-in.
    """
    if not SLUG.fullmatch(slug):
        raise DataError(
            f"{slug!r} is not a competition's slug", expected="lower-case letters, digits and single dashes"
        )
    known = folders(extra)
    if slug not in known:
        raise DataError(f"no competition {slug!r} here", do=nearest(slug, known) + " (`kit new SLUG` starts a new one)")
    return load_folder(known[slug])


def load_folder(folder: Path) -> Competition:
    """Loads `folder`/competition.py by path, so it works for any folder, installed or not."""
    file = folder / "competition.py"
    name = "kit_competition_" + re.sub(r"\W", "_", folder.name)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise DataError(f"cannot load {file}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before executing it: dataclasses and pickling look modules up by name
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise DataError(
            f"{file}{_line(error, file)} does not load", received=f"{type(error).__name__}: {error}"
        ) from error
    competition = getattr(module, "COMPETITION", None)
    if not isinstance(competition, Competition):
        raise DataError(
            f"{file} lacks COMPETITION", expected="COMPETITION = Competition(...)", received=repr(competition)
        )
    _check(competition, file)
    return replace(competition, folder=folder.resolve())


def _line(error: Exception, file: Path) -> str:
    if isinstance(error, SyntaxError):
        return f", line {error.lineno},"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return f", line {lines[-1]}," if lines else ""


def _check(competition: Competition, file: Path) -> None:
    if competition.slug != file.parent.name:
        raise DataError(f"{file}: slug and folder name differ", received=competition.slug, expected=file.parent.name)
    if len(set(competition.classes)) != len(competition.classes) or len(competition.classes) < 2:
        raise DataError(f"{file}: classes must be two or more different names", received=competition.classes)
    if competition.public_share is not None and not 0 < competition.public_share <= 1:
        raise DataError(f"{file}: public_share is out of range", received=competition.public_share, expected="0 to 1")
    form = competition.submission
    if form.kind == "label" and len(form.values or competition.classes) != len(competition.classes):
        raise DataError(f"{file}: submission.values needs one value per class", received=form.values)
    if form.kind == "label" and len(form.target_columns) != 1:
        raise DataError(f"{file}: a label submission has one target column", received=form.target_columns)
    columns = form.of or form.target_columns
    if form.kind == "probability" and (
        len(columns) != len(form.target_columns) or not set(columns) <= set(competition.classes)
    ):
        raise DataError(
            f"{file}: submission.of needs one class per target column", received=columns, expected=competition.classes
        )


def class_indices(competition: Competition, labels: Sequence[str]) -> np.ndarray:
    """Labels as int64 indices into Competition.classes, shape (N,). Raises DataError naming the first unknown label."""
    index = {name: i for i, name in enumerate(competition.classes)}
    for row, label in enumerate(labels):
        if label not in index:
            raise DataError(
                f"unknown class in row {row + 1} of the training labels",
                received=repr(label),
                expected="one of " + ", ".join(competition.classes),
            )
    return np.array([index[label] for label in labels], dtype=np.int64)
