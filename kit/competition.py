"""The plug-in contract: what a competition folder declares. kit.plugins finds and loads it.

A competition is data plus at most three small functions. `competitions/<slug>/competition.py` holds one
`COMPETITION = Competition(...)`; a new competition never needs a change in kit/.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from kit.errors import ConfigError
from kit.targets import Target

Scored = Callable[[np.ndarray, np.ndarray], Any]  # (labels (N,) or (N, L), values (N, C)) -> score, or one per row
View = Callable[[np.ndarray], np.ndarray]  # uint8 (N, H, W, C) -> uint8 (N, H, W, C)

Fit = Literal["stretch", "letterbox", "crop"]
FinishName = Literal["temperature and clip", "class factors", "cut points", "thresholds"]


@dataclass(frozen=True)
class Metric:
    """What Kaggle computes. kit.metrics has the usual ones; a competition may bring its own.

    score: of all rows, a number from `low` to `high`, nan where it is not defined. Its two arguments are the labels, int64 (N,)
    of classes and grades, else (N, L), and what the submission's file says of them, (N, C) or (N, L). Of very many
    classes (kit.top_k) these are a scipy.sparse.csr_array.
    per_row: each row's contribution, float64 (N,), where the score is their mean; else None. influence: where it is no mean,
    how each row moves it, float64 (N,) (kit.metrics.means). Either gives the standard error, deviation / sqrt(N); without one
    it is bootstrapped.
    binary_rows: a row contributes 0 or 1, so that the noise of a score follows from the score.
    forms, targets: kinds of Submission, and of what is predicted, that it can judge; empty: any.
    clip: probabilities in the file are clipped to [clip, 1 - clip], where Submission.clip does not say otherwise.
    exclusive: a row of the submission has to sum to 1.
    finish: last steps of an ensemble that may help (kit.ensemble.finish.FINISHES), each for other forms or targets.
    """

    score: Scored
    greater_is_better: bool
    low: float = 0.0
    high: float = 1.0
    per_row: Scored | None = None
    exclusive: bool = False
    finish: tuple[FinishName, ...] = ()
    influence: Scored | None = None
    binary_rows: bool = False
    forms: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    clip: float = 0.0

    @property
    def sign(self) -> int:
        """1 where greater scores are better, else -1: `sign * score` is better when it is greater."""
        return 1 if self.greater_is_better else -1

    def bound(self, score: float) -> float:
        """The nearest score that there can be."""
        return min(max(score, self.low), self.high)


class Images(Protocol):
    """The images of a split in order: paths of files to decode, a tuple of paths for an image whose channels lie in several
    files, or arrays (H, W, C), uint8, or integers and floats of any size,
    which Competition.window brings to 0 to 255. May be read more than once.
    """

    def __len__(self) -> int: ...
    def __iter__(self) -> Any: ...


@dataclass(frozen=True)
class Table:
    """What is known of each row in columns, beside its image or in its place. A value is missing that is None, nan or "".

    numbers: names of columns that hold numbers. categories: of those that hold one of several texts, 7 and 7.0 being one.
    """

    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All their names, numbers first."""
        return (*self.numbers, *self.categories)


@dataclass(frozen=True)
class Split:
    """What `read` returns for "train" or "test".

    ids: unique within the split, as text, in the order of the images.
    images: none for a competition without an image_shape.
    labels: for "train" what is known of each row, None for "test": a class's name (Classes, Grades), a collection of names
        (Labels), a number or several (Numbers), a share for each class (Votes).
    auxiliary: likewise of Competition.auxiliary, if there is one.
    groups: of each training row its patient, driver, site or the like, as text, which folds keep whole.
    weights: how much each training row counts in the loss, 0 or more; by default all alike.
    rows: the row of the submission that each image belongs to, as text, where several images answer for one.
    table: the columns of Competition.table by name, a value per row in each, such as a pandas DataFrame; others are not read.
    """

    ids: Sequence[str]
    images: Images = ()
    labels: Sequence[Any] | None = None
    auxiliary: Sequence[Any] | None = None
    groups: Sequence[str] | None = None
    weights: Sequence[float] | None = None
    rows: Sequence[str] | None = None
    table: Mapping[str, Sequence[Any]] | None = None


@dataclass(frozen=True)
class Submission:
    """The file that Kaggle expects. Ids and row count come from the sample file, never from here.

    kind "label": one target column, holding a class written as `values[i]` for class i (default: the class names).
    kind "probability": each target column holds the probability of the class at its place in `of`
    (default: the columns are the class names), clipped to [clip, 1 - clip] (default: as the metric needs it, Metric.clip).
    kind "labels": the labels of the row in one column, written as `values[i]` and joined by `separator`; or, with a target
    column for each, 0 or 1.
    kind "ranking": one target column, holding the `k` most probable classes, best first, joined by `separator`.
    kind "value": each target column holds a number, that of its name in the target or at its place in `of`.
    """

    id_column: str
    target_columns: tuple[str, ...]
    kind: Literal["label", "probability", "labels", "ranking", "value"] = "label"
    values: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    clip: float | None = None
    separator: str = " "
    k: int = 5

    @property
    def named(self) -> tuple[str, ...]:
        """Of each target column, the column of the target that it is about."""
        return self.of or self.target_columns


@dataclass(frozen=True)
class Archives:
    """Members of the archive that Kaggle's "download all" gives. `prepare` opens archives among them (.zip, .7z, .tar, .gz)."""

    train: str
    test: str
    sample: str = "sampleSubmission.csv"
    labels: str | None = None


@dataclass(frozen=True)
class Competition:
    """Everything particular to one competition.

    target: what is predicted of a row, one of kit.targets.
    image_shape: (height, width, channels) of the decoded cache, 1 to 8 channels, RGB if 3; left out where there are no images,
        but a table.
    table: the columns of Split.table that are learned from.
    read: (raw folder, "train" | "test") -> Split.
    fit: how an image of other proportions becomes that shape: "stretch", without keeping them; "letterbox", whole, with black
        beside it; "crop", its middle.
    window: the values that become 0 and 255, of images of more than 8 bits (a 12-bit X-ray: (0, 4095)); None: as found in the
        training images. Those of 8 bits stay as they are.
    auxiliary: what else is known of training rows, another of kit.targets: networks learn it beside, nothing predicts it.
    augment: () -> an albumentations transform for uint8 images; None trains on the images as they are.
    augment_batches: () -> layers of Keras that mean the same, for batches on a GPU (`--set augment_on=device`).
    metric: a name in kit.metrics.METRICS, or in `metrics`, those of its own.
    tta: names of the views that make sense here, in kit.learn.input.views.VIEWS, or in `views`, those of its own.
    defaults: Config fields for `kit train`; `runs`: what `kit run` trains, each a dict over the defaults; one
        of a recipe that requires a teacher is taught by those before it.
    public_share: of the test rows, those that the public leaderboard is computed on, 0 to 1; its page says it.
    metrics, views, networks, recipes: its own by name, beside the kit's; the latter two are kit.learn.networks.Network and
        kit.learn.recipe.Recipe.
    build: writes the archive `<slug>.zip` and `solution.csv` of a competition that is not on Kaggle into two given paths.
    """

    slug: str
    title: str
    target: Target
    image_shape: tuple[int, int, int] = field(default=(0, 0, 0), kw_only=True)
    metric: str
    submission: Submission
    archives: Archives
    read: Callable[[Path, str], Split]
    fit: Fit = "stretch"
    window: tuple[float, float] | None = None
    auxiliary: Target | None = None
    table: Table = field(default_factory=Table)
    augment: Callable[[], Any] | None = None
    augment_batches: Callable[[], Sequence[Any]] | None = None
    tta: tuple[str, ...] = ("identity",)
    defaults: dict[str, Any] = field(default_factory=dict)
    runs: tuple[dict[str, Any], ...] = ({},)
    public_share: float | None = None
    build: Callable[[Path, Path], None] | None = None
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    views: Mapping[str, View] = field(default_factory=dict)
    networks: Mapping[str, Any] = field(default_factory=dict)
    recipes: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None  # where it was loaded from: worker processes load it again from there

    @property
    def has_images(self) -> bool:
        """Its rows are images; else the columns of a table alone."""
        return self.image_shape != (0, 0, 0)

    @property
    def row_name(self) -> str:
        """What to call a row, for people."""
        return "image" if self.has_images else "row"

    @property
    def rows_name(self) -> str:
        """Of several."""
        return f"{self.row_name}s"

    @property
    def folds(self) -> int:
        """How many folds `kit prepare` deals out."""
        return int(self.defaults.get("folds", 5))

    @property
    def scored_here(self) -> bool:
        """Scored here, against labels set aside, not on Kaggle."""
        return self.build is not None

    def check_has_images(self, what: str) -> None:
        """Raises ConfigError for what is made of images alone, where there are none. what: such as "review twins"."""
        if not self.has_images:
            raise ConfigError(f"{what} is for images; {self.slug} has a table alone")

    def check_on_kaggle(self, do: str = "`kit runs` lists what scored") -> None:
        """Raises ConfigError, which says what to do instead, for a competition that is scored here."""
        if self.scored_here:
            raise ConfigError(f"{self.slug} is not on Kaggle: it is scored here", do=do)
