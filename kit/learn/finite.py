"""A training whose numbers are none ends at once: what it would learn or say from then on is worth nothing."""

from typing import Any

import numpy as np

from kit.errors import TrainingError
from kit.learn.member import Member


def check(member: Member, what: str, values: Any) -> None:
    """Raises TrainingError unless all values, an array or a single number, are finite. what: which values, and when."""
    odd = np.asarray(values)
    odd = odd[~np.isfinite(odd)]
    if len(odd):
        slower = ", with a lower --set learning_rate" * member.recipe.uses("learning_rate")
        raise TrainingError(
            f"{member.label}: {what} is no number",
            received=odd[0],
            do=f"train a new run with other settings{slower}: --resume goes on from the last whole epoch with the same ones",
        )
