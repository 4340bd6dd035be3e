"""One or more numbers per row: a linear output, and squared errors in units of each number's own spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from kit import linear
from kit.targets.rows import floats, parse_floats, write_floats

BINS = 10  # of a number, in which rows are dealt out evenly


@dataclass(frozen=True)
class Numbers:
    """columns: the names of the numbers. Labels and values: float32 (N, K). low, high: what is predicted lies between.

    log: what is learned is log(1 + number), as of prices and counts, whose errors are shares of them; `low` is 0 or more then.
    """

    columns: tuple[str, ...]
    low: float = -np.inf
    high: float = np.inf
    log: bool = False
    kind = "numbers"
    named = "numbers"
    network_losses: ClassVar[tuple[str, ...]] = ("huber", "squared", "absolute")
    loss_name = "relative squared error"
    keras_metrics: ClassVar[tuple[str, ...]] = ()
    has_units = True
    exclusive = False
    independent = True
    expected = "finite numbers"
    counted = "range"

    def fault(self) -> str:
        if not 0 < len(set(self.columns)) == len(self.columns):
            return "numbers must have different names"
        if self.log and self.low < 0:
            return "log=True needs low=0 or more"
        return "" if self.low < self.high else "low must be below high"

    def encode(self, labels: Sequence[float | Sequence[float]]) -> np.ndarray:
        return floats([label if isinstance(label, Sequence) else [label] for label in labels], len(self.columns))

    def examples(self) -> tuple[np.ndarray, np.ndarray]:
        """Around 0 and 1, or as near to that as the bounds allow."""
        given, values = np.random.default_rng(0).normal(0.5, 1, (2, 16, len(self.columns))).astype(np.float32)
        return self.decide(given), self.decide(values)

    def write(self, labels: np.ndarray) -> list[str]:
        return write_floats(labels)

    def caption(self, labels: np.ndarray) -> list[str]:
        return [", ".join(f"{value:.4g}" for value in row) for row in labels.tolist()]

    def parse(self, texts: Sequence[str]) -> np.ndarray:
        return parse_floats(texts, len(self.columns))

    def describe(self, labels: np.ndarray) -> dict[str, int]:
        """Rows per tenth of the range of the first number."""
        counts, edges = np.histogram(labels[:, 0], BINS)
        return {f"{low:.4g} to {high:.4g}": int(n) for n, low, high in zip(counts, edges, edges[1:], strict=False)}

    def strata(self, labels: np.ndarray) -> np.ndarray:
        """Ranges of the first number that hold as many rows each."""
        if not len(labels):
            return np.zeros(0, np.int64)
        return np.searchsorted(np.unique(np.quantile(labels[:, 0], np.linspace(0, 1, BINS + 1)[1:-1])), labels[:, 0])

    def tell(self, labels: np.ndarray) -> np.ndarray:
        return np.log1p(np.maximum(labels, 0)) if self.log else labels

    def decide(self, values: np.ndarray) -> np.ndarray:
        return np.clip(values, self.low, self.high)

    def distance(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """The absolute difference, its mean over numbers."""
        return np.abs(one.astype(np.float64) - other).mean(1)

    def describe_distance(self, mean: float) -> str:
        return f"{mean:.4g} on average"

    def count_changes(self, before: np.ndarray, after: np.ndarray) -> list[dict[str, Any]]:
        """By how much each number changes: on average, with and without its sign, and at most."""
        moved = after.astype(np.float64) - before
        if not len(moved):
            return []
        figures = {"mean change": moved.mean(0), "mean size": np.abs(moved).mean(0), "largest": np.abs(moved).max(0)}
        return [
            {"number": name} | {what: float(f"{of[n]:.4g}") for what, of in figures.items()}
            for n, name in enumerate(self.columns)
        ]

    def find_bad(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(~np.isfinite(values).all(1))

    def activate(self, logits: np.ndarray) -> np.ndarray:
        numbers = np.expm1(logits) if self.log else logits
        return np.asarray(np.clip(numbers, self.low, self.high), np.float32)

    def link(self, values: np.ndarray, least: float) -> np.ndarray:
        return self.tell(values.astype(np.float64))

    def keep_off(self, values: np.ndarray, least: float) -> np.ndarray:
        return values

    def confidence(self, values: np.ndarray) -> np.ndarray:
        return np.ones(len(values))

    def surest(self, smoothing: float) -> np.ndarray:
        return np.zeros((1, len(self.columns)))

    def losses(self, labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The squared error of what is told, in units of the labels' variance, its mean over numbers."""
        told, said = self.tell(labels), self.tell(values)
        scale = np.maximum(told.std(0, dtype=np.float64), 1e-12)
        return np.asarray((((said - told) / scale) ** 2).mean(1))

    def summarize(self, labels: np.ndarray, values: np.ndarray) -> dict[str, float]:
        return {"mean_error": float(np.abs(values - labels).mean())}

    def logit_loss(self, labels: np.ndarray, logits: np.ndarray) -> float:
        return float(self.losses(labels, self.activate(logits)).mean())

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
        return linear.fit_numbers(inputs, self.tell(labels), strength, weights)
