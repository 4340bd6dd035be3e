"""One of several classes in their order, such as grades of a disease: learned as classes, decided by cut points."""

from dataclasses import dataclass

import numpy as np

from kit.targets.classes import Classes


@dataclass(frozen=True)
class Grades(Classes):
    """columns: the grades, the least first; their places 0, 1, 2, ... are what a metric reckons with. Else as Classes."""

    kind = "grades"

    def expect(self, values: np.ndarray) -> np.ndarray:
        """float64 (N,): the mean grade, from 0 to C - 1, that the probabilities expect."""
        return np.asarray(values @ np.arange(len(self.columns)))
