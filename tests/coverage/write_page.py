"""Writes the tables of docs/coverage.md from forms.py: `.venv/bin/python -m tests.coverage.write_page`."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.coverage.forms import COMPETITIONS, FORMS, MISSING

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
BLOCK = re.compile(r"(?<=<!-- tests/coverage -->\n).*(?=<!-- end of coverage -->)", re.S)


def write(page: str) -> str:
    """The text of a page with its tables as the forms are now."""
    fitting = f"**{len(FORMS)} of {COMPETITIONS} fit:**"
    parts = (fitting, _table(_fitting()), "**What is missing for the others:**", _table(_missing()))
    return BLOCK.sub(lambda _: "\n" + "\n\n".join(parts) + "\n\n", page)


def _fitting() -> Iterator[tuple[str, ...]]:
    yield "competition", "what the archive holds", "target", "submission", "metric", "also read", "lines edited"
    for slug, form in sorted(FORMS.items()):
        special = f"{form.special} (not certain: {form.unsure})" if form.unsure else form.special
        written = (form.target, f"`{form.submits}`", f"`{form.metric}`", ", ".join(form.also), str(form.edited))
        yield f"`{slug}`", special, *written


def _missing() -> Iterator[tuple[str, ...]]:
    yield "competition", "what is missing"
    for slug, lacking in sorted(MISSING.items()):
        yield f"`{slug}`", lacking


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    head, *body = rows
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *body))


if __name__ == "__main__":
    PAGE.write_text(write(PAGE.read_text("utf-8")), "utf-8")
