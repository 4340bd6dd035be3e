"""One of several classes, which exclude each other: softmax and cross entropy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from kit import linear, top_k
from kit.errors import DataError, list_names, nearest
from kit.targets.likelihood import cross_entropy
from kit.targets.links import logs, softmax


@dataclass(frozen=True)
class Classes:
    """columns: the classes. Labels: int64 (N,), places in `columns`. Values: float32 (N, C), probabilities that sum to 1."""

    columns: tuple[str, ...]
    kind = "classes"
    named = "classes"
    network_losses: ClassVar[tuple[str, ...]] = ("cross_entropy", "focal")
    loss_name = "log loss"
    keras_metrics: ClassVar[tuple[str, ...]] = ("accuracy",)
    has_units = False
    exclusive = True
    independent = False
    expected = "probabilities that sum to 1"
    counted = "class"

    def fault(self) -> str:
        return "" if len(set(self.columns)) == len(self.columns) > 1 else "classes must be two or more different names"

    def encode(self, labels: Sequence[Any]) -> np.ndarray:
        index = {name: place for place, name in enumerate(self.columns)}
        for row, label in enumerate(labels):
            if label not in index:
                raise DataError(
                    f"unknown class in row {row + 1} of the training labels",
                    received=repr(label),
                    expected="one of " + list_names(self.columns),
                )
        return np.array([index[label] for label in labels], dtype=np.int64)

    def examples(self) -> tuple[np.ndarray, np.ndarray]:
        labels = np.arange(min(len(self.columns), 8)).repeat(2)
        values = np.random.default_rng(0).dirichlet(np.ones(len(self.columns)), len(labels))
        return labels, values.astype(np.float32)

    def write(self, labels: np.ndarray) -> list[str]:
        return [self.columns[label] for label in labels.tolist()]

    def caption(self, labels: np.ndarray) -> list[str]:
        return self.write(labels)

    def parse(self, texts: Sequence[str]) -> np.ndarray:
        index = {name: place for place, name in enumerate(self.columns)}
        if (odd := next((text for text in texts if text not in index), None)) is not None:
            raise DataError(f"unknown class {odd!r}", do=nearest(odd, self.columns))
        return np.array([index[text] for text in texts], dtype=np.int64)

    def describe(self, labels: np.ndarray) -> dict[str, int]:
        return dict(zip(self.columns, np.bincount(labels, minlength=len(self.columns)).tolist(), strict=True))

    def strata(self, labels: np.ndarray) -> np.ndarray:
        return labels

    def tell(self, labels: np.ndarray) -> np.ndarray:
        out = np.zeros((len(labels), len(self.columns)), np.float32)
        out[np.arange(len(labels)), labels] = 1
        return out

    def decide(self, values: np.ndarray) -> np.ndarray:
        return top_k.best(values, 1)[:, 0].astype(np.int64) if top_k.is_top_k(values) else values.argmax(1)

    def distance(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return (one != other).astype(np.float64)

    def describe_distance(self, mean: float) -> str:
        return f"{mean:.2%} of the test rows"

    def count_changes(self, before: np.ndarray, after: np.ndarray) -> list[dict[str, Any]]:
        """From which class to which."""
        size, moved = len(self.columns), before != after
        pairs, counts = np.unique((before * size + after)[moved], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return [
            {"from": self.columns[pair // size], "to": self.columns[pair % size], "rows": int(count)}
            for pair, count in zip(pairs[order].tolist(), counts[order], strict=True)
        ]

    def find_bad(self, values: np.ndarray) -> np.ndarray:
        if top_k.is_top_k(values):
            return top_k.find_bad(values, len(self.columns))
        return np.asarray(~np.isfinite(values).all(1) | (values < 0).any(1) | (np.abs(values.sum(1) - 1) > 1e-3))

    def activate(self, logits: np.ndarray) -> np.ndarray:
        return softmax(logits)

    def link(self, values: np.ndarray, least: float) -> np.ndarray:
        return logs(values, least)

    def keep_off(self, values: np.ndarray, least: float) -> np.ndarray:
        kept = np.maximum(values, least)
        return np.asarray(kept / kept.sum(1, keepdims=True), dtype=np.float32)

    def confidence(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(values["probability"][:, 0] if top_k.is_top_k(values) else values.max(1))

    def surest(self, smoothing: float) -> np.ndarray:
        classes = len(self.columns)
        return np.asarray((1 - smoothing) * np.eye(classes)[:1] + smoothing / classes)

    def losses(self, labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Minus the logarithm of the true class's probability."""
        if top_k.is_top_k(values):
            values, labels = top_k.probability_of(values, labels, len(self.columns))[:, None], np.zeros_like(labels)
        return cross_entropy(labels, values)

    def summarize(self, labels: np.ndarray, values: np.ndarray) -> dict[str, float]:
        return {"accuracy": float((self.decide(values) == labels).mean())}

    def logit_loss(self, labels: np.ndarray, logits: np.ndarray) -> float:
        shifted = logits - logits.max(1, keepdims=True)
        return float((np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(labels)), labels]).mean())

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
        return linear.fit_classes(
            inputs, labels, len(self.columns), strength, weights=weights, rounds=rounds, tolerance=tolerance
        )
