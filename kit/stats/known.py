"""What is known of rows to judge on."""

from typing import NamedTuple

import numpy as np


class Known(NamedTuple):
    """ids: (N,) text. labels: of N rows. groups: (N,), equal for rows that depend on each other; None if none do."""

    ids: np.ndarray
    labels: np.ndarray
    groups: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> "Known":
        """Those rows of it."""
        return Known(self.ids[rows], self.labels[rows], None if self.groups is None else self.groups[rows])
