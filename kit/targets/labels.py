"""Any of several labels, each for itself: sigmoid and binary cross entropy."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from kit import linear
from kit.errors import DataError, list_names
from kit.targets.likelihood import binary_cross_entropy
from kit.targets.links import logit, sigmoid

SEPARATOR = "|"  # between the labels of a row, in the kit's own tables


@dataclass(frozen=True)
class Labels:
    """columns: the labels. Labels: uint8 (N, L), 1 for those that a row has. Values: float32 (N, L), a probability each."""

    columns: tuple[str, ...]
    kind = "labels"
    named = "labels"
    network_losses: ClassVar[tuple[str, ...]] = ("binary_cross_entropy", "binary_focal", "asymmetric")
    loss_name = "log loss"
    keras_metrics: ClassVar[tuple[str, ...]] = ()
    has_units = False
    exclusive = False
    independent = True
    expected = "probabilities, each from 0 to 1"
    counted = "label"

    def fault(self) -> str:
        if not 0 < len(set(self.columns)) == len(self.columns):
            return "labels must be different names"
        return f"a label holds {SEPARATOR!r} or is empty" if any(SEPARATOR in n or not n for n in self.columns) else ""

    def encode(self, labels: Sequence[Collection[str]]) -> np.ndarray:
        index = {name: place for place, name in enumerate(self.columns)}
        out = np.zeros((len(labels), len(self.columns)), np.uint8)
        for row, names in enumerate(labels):
            odd = repr(names) if isinstance(names, str) else next((repr(one) for one in names if one not in index), "")
            if odd:
                raise DataError(
                    f"row {row + 1} of the training labels is not of the labels",
                    received=odd,
                    expected="names among " + list_names(self.columns),
                )
            out[row, [index[name] for name in names]] = 1
        return out

    def examples(self) -> tuple[np.ndarray, np.ndarray]:
        given, values = np.random.default_rng(0).random((2, 16, len(self.columns)), np.float32)
        return (given > 0.5).astype(np.uint8), values

    def write(self, labels: np.ndarray) -> list[str]:
        return [SEPARATOR.join(self.columns[place] for place in np.flatnonzero(row)) for row in labels]

    def caption(self, labels: np.ndarray) -> list[str]:
        return [", ".join(self.columns[place] for place in np.flatnonzero(row)) or "none" for row in labels]

    def parse(self, texts: Sequence[str]) -> np.ndarray:
        return self.encode([text.split(SEPARATOR) if text else [] for text in texts])

    def describe(self, labels: np.ndarray) -> dict[str, int]:
        return dict(zip(self.columns, labels.sum(0, dtype=np.int64).tolist(), strict=True))

    def strata(self, labels: np.ndarray) -> np.ndarray:
        """The rarest label of each row, so that rare ones are dealt out evenly; L for rows without one."""
        counts = labels.sum(0, dtype=np.int64)
        rarity = np.where(labels > 0, counts, len(labels) + 1)
        return np.where(labels.any(1), rarity.argmin(1), len(self.columns))

    def tell(self, labels: np.ndarray) -> np.ndarray:
        return labels.astype(np.float32)

    def decide(self, values: np.ndarray) -> np.ndarray:
        return (values > 0.5).astype(np.uint8)

    def distance(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """The share of labels that only one of them has."""
        return np.asarray((one != other).mean(1))

    def describe_distance(self, mean: float) -> str:
        return f"{mean:.2%} of the labels"

    def count_changes(self, before: np.ndarray, after: np.ndarray) -> list[dict[str, Any]]:
        """On how many rows each label comes and goes."""
        comes, goes = ((one > other).sum(0) for one, other in ((after, before), (before, after)))
        order = [n for n in np.argsort(-(comes + goes), kind="stable").tolist() if comes[n] + goes[n]]
        return [{"label": self.columns[n], "added": int(comes[n]), "taken away": int(goes[n])} for n in order]

    def find_bad(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(~((values >= 0) & (values <= 1)).all(1))  # nor is a number that is not finite

    def activate(self, logits: np.ndarray) -> np.ndarray:
        return sigmoid(logits)

    def link(self, values: np.ndarray, least: float) -> np.ndarray:
        return logit(values, least)

    def keep_off(self, values: np.ndarray, least: float) -> np.ndarray:
        return np.asarray(np.clip(values, least, 1 - least), np.float32)

    def confidence(self, values: np.ndarray) -> np.ndarray:
        """That of the label which is the least sure."""
        return np.asarray(np.maximum(values, 1 - values).min(1))

    def surest(self, smoothing: float) -> np.ndarray:
        return np.full((1, len(self.columns)), 1 - smoothing / 2)

    def losses(self, labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The binary cross entropy, its mean over labels."""
        return binary_cross_entropy(labels, values)

    def summarize(self, labels: np.ndarray, values: np.ndarray) -> dict[str, float]:
        return {"accuracy": float((self.decide(values) == labels).mean())}

    def logit_loss(self, labels: np.ndarray, logits: np.ndarray) -> float:
        logits = logits.astype(np.float64)
        return float((np.logaddexp(0, logits) - labels * logits).mean())

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
        return linear.fit_labels(inputs, labels, strength, weights=weights, rounds=rounds, tolerance=tolerance)
