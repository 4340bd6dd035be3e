"""What is predicted of a row, one file per kind. Whatever depends on the kind asks the target; nothing asks for its name.

Classes(("cat", "dog"))                        one of several classes
Grades(("0", "1", "2"))                        one of several classes, in their order
Votes(("seizure", "other"))                    shares of several classes, such as votes of experts
Labels(("haze", "road"))                       any of several labels
Numbers(("Pawpularity",), low=1, high=100)     one or more numbers
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from kit.targets.classes import Classes
from kit.targets.grades import Grades
from kit.targets.labels import Labels
from kit.targets.numbers import Numbers
from kit.targets.votes import Votes

__all__ = ["Classes", "Grades", "KINDS", "Labels", "Numbers", "Target", "Votes", "count_columns"]


class Target(Protocol):
    """Labels are what is known of N rows, int64 (N,) or one column per name; values what is predicted of them, float32 (N, K).

    kind: its name. columns: the names of the K columns of values; named: what they are. network_losses: what a network can
    minimise, the first unless told otherwise (kit.learn.fit.loss). loss_name: of `losses`, for people. keras_metrics: what it
    tells of its training beside. has_units: its values are numbers in units of their own, no classes. exclusive: one column is
    right of each row, labels are its place. independent: each column speaks for itself. expected: what values are, in words.
    counted: what `describe` counts the rows of, in the singular.
    """

    @property
    def kind(self) -> str: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def named(self) -> str: ...
    @property
    def network_losses(self) -> tuple[str, ...]: ...
    @property
    def loss_name(self) -> str: ...
    @property
    def keras_metrics(self) -> tuple[str, ...]: ...
    @property
    def has_units(self) -> bool: ...
    @property
    def exclusive(self) -> bool: ...
    @property
    def independent(self) -> bool: ...
    @property
    def expected(self) -> str: ...
    @property
    def counted(self) -> str: ...

    def fault(self) -> str:
        """What is wrong with the declaration itself; empty if nothing is."""

    def encode(self, labels: Sequence[Any]) -> np.ndarray:
        """Labels of what a competition's `read` gives. Raises DataError for a label that cannot be one, with its row."""

    def examples(self) -> tuple[np.ndarray, np.ndarray]:
        """(labels, values) of a few rows that are made up: what a metric of a competition's own is tried on."""

    def write(self, labels: np.ndarray) -> list[str]:
        """A text per row, for tables, from which `parse` gets the labels back."""

    def caption(self, labels: np.ndarray) -> list[str]:
        """A short text per row, for people."""

    def parse(self, texts: Sequence[str]) -> np.ndarray:
        """Labels of what `write` wrote. Raises DataError for a text that is none."""

    def describe(self, labels: np.ndarray) -> dict[str, int]:
        """How many of the rows have what: a count per class or label, or per range of a number."""

    def strata(self, labels: np.ndarray) -> np.ndarray:
        """int64 (N,): what rows to deal out evenly, in folds and where some are set aside."""

    def tell(self, labels: np.ndarray) -> np.ndarray:
        """float32 (N, K): what a network is told of them, as values."""

    def decide(self, values: np.ndarray) -> np.ndarray:
        """What the values say, as labels."""

    def distance(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """float64 (N,): how far two sets of labels are apart, row by row: 0 if they say the same, 1 if nothing the same; of
        numbers in their units.
        """

    def describe_distance(self, mean: float) -> str:
        """A mean distance in words, for people."""

    def count_changes(self, before: np.ndarray, after: np.ndarray) -> list[dict[str, Any]]:
        """What changes from one set of labels to another, the most frequent first: records for tables."""

    def find_bad(self, values: np.ndarray) -> np.ndarray:
        """bool (N,): rows that cannot be values."""

    def activate(self, logits: np.ndarray) -> np.ndarray:
        """float32 (..., K): values of logits, which a linear layer gives."""

    def link(self, values: np.ndarray, least: float) -> np.ndarray:
        """(..., K): logits of values, for which nothing counts as less likely than `least`."""

    def keep_off(self, values: np.ndarray, least: float) -> np.ndarray:
        """float32 (N, K): values of which none is surer than `least` allows; numbers as they are."""

    def confidence(self, values: np.ndarray) -> np.ndarray:
        """(N,): how sure each row's values are, up to 1, which they always are where nothing says otherwise."""

    def surest(self, smoothing: float) -> np.ndarray:
        """(1, K): the surest values of a network that learned labels smoothed so much."""

    def losses(self, labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        """float64 (N,): how far each row's values are from the truth, the smaller the better, whatever the metric."""

    def summarize(self, labels: np.ndarray, values: np.ndarray) -> dict[str, float]:
        """Figures for people, by name, whatever the metric."""

    def logit_loss(self, labels: np.ndarray, logits: np.ndarray) -> float:
        """The mean loss of logits: what decides when a training stops."""

    def solve(
        self,
        inputs: np.ndarray,
        labels: np.ndarray,
        strength: float,
        *,
        weights: np.ndarray | None = None,
        rounds: int = 2000,
        tolerance: float = 1e-4,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Kernel (D, K) and bias (K,) of the linear layer of least loss. strength: inverse regularisation. weights: (N,),
        how much each row counts; None: all alike.
        """


KINDS = ("classes", "grades", "votes", "labels", "numbers")


def count_columns(target: Target) -> str:
    """Such as "3 classes", "1 number"."""
    columns = len(target.columns)
    return f"{columns} {target.named if columns > 1 else target.named.removesuffix('s')}"
