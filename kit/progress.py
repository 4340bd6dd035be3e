"""One bar for long work, with rate and time left, on stderr; quiet when that is not a terminal."""

import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm

from kit.suggest import complete


def bar(
    items: Iterable[Any] | None = None, *, total: int | None = None, done: int = 0, label: str, unit: str = "it"
) -> Any:
    """Wraps `items`, or returns a bar to `.update(n)` that starts at `done`.

    Shown after half a second, so that short work stays quiet.
    """
    return tqdm(
        items,
        total=total,
        initial=done,
        desc=label,
        unit=unit,
        delay=0.5,
        dynamic_ncols=True,
        leave=False,
        disable=not sys.stderr.isatty(),
    )


def say(message: str) -> None:
    """A line for people about what is going on, on stderr: stdout is for results. Commands in it become as they type them."""
    tqdm.write(complete(message), file=sys.stderr)
