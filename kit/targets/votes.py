"""Shares of several classes that sum to 1, such as what part of the experts said what: softmax and KL divergence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from kit import linear
from kit.errors import DataError
from kit.targets.classes import Classes
from kit.targets.likelihood import divergence
from kit.targets.rows import floats, parse_floats, write_floats

CAPTIONED = 3  # shares that a caption names


@dataclass(frozen=True)
class Votes(Classes):
    """columns: the classes. Labels: float32 (N, C), shares that sum to 1. Values: the same, as predicted."""

    kind = "votes"
    loss_name = "KL divergence"
    network_losses: ClassVar[tuple[str, ...]] = ("cross_entropy", "kl")
    keras_metrics: ClassVar[tuple[str, ...]] = ()
    exclusive = False

    def encode(self, labels: Sequence[Any]) -> np.ndarray:
        given = floats(labels, len(self.columns))
        totals = given.sum(1, keepdims=True)
        if (bad := (given < 0).any(1) | (totals[:, 0] <= 0)).any():
            row = int(bad.argmax())
            raise DataError(
                f"row {row + 1} of the training labels holds no votes", received=given[row].tolist(), expected="shares"
            )
        return np.asarray(given / totals, np.float32)

    def examples(self) -> tuple[np.ndarray, np.ndarray]:
        given, values = np.random.default_rng(0).dirichlet(np.ones(len(self.columns)), (2, 16)).astype(np.float32)
        return given, values

    def write(self, labels: np.ndarray) -> list[str]:
        return write_floats(labels)

    def caption(self, labels: np.ndarray) -> list[str]:
        """The largest shares."""
        order = np.argsort(-labels, axis=1, kind="stable")[:, :CAPTIONED]
        return [
            ", ".join(f"{self.columns[n]} {row[n]:.2f}" for n in best) for row, best in zip(labels, order, strict=True)
        ]

    def parse(self, texts: Sequence[str]) -> np.ndarray:
        return parse_floats(texts, len(self.columns))

    def describe(self, labels: np.ndarray) -> dict[str, int]:
        return super().describe(labels.argmax(1))

    def strata(self, labels: np.ndarray) -> np.ndarray:
        return np.asarray(labels.argmax(1))

    def tell(self, labels: np.ndarray) -> np.ndarray:
        return labels

    def decide(self, values: np.ndarray) -> np.ndarray:
        return values

    def distance(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """The share of votes that would have to be cast otherwise: the total variation distance."""
        return np.abs(one.astype(np.float64) - other).sum(1) / 2

    def describe_distance(self, mean: float) -> str:
        return f"{mean:.2%} of the votes"

    def count_changes(self, before: np.ndarray, after: np.ndarray) -> list[dict[str, Any]]:
        """By how much the mean share of each class."""
        moved = (after.astype(np.float64) - before).mean(0) if len(before) else np.zeros(len(self.columns))
        order = np.argsort(-np.abs(moved), kind="stable")
        return [{"class": self.columns[n], "mean change": round(float(moved[n]), 5)} for n in order.tolist()]

    def losses(self, labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The Kullback-Leibler divergence of the values from the labels."""
        return divergence(labels, values)

    def summarize(self, labels: np.ndarray, values: np.ndarray) -> dict[str, float]:
        return {}

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
        return linear.fit_votes(inputs, labels, strength, weights=weights, rounds=rounds, tolerance=tolerance)
