"""The tables of docs/reliability.md, written by `make reliability ARGS=--write` from what it has just counted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.reliability import faults, full_disk, kills
from tests.reliability.tally import Tally

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BLOCK = re.compile(r"(?<=<!-- tests/reliability -->\n).*(?=<!-- end of reliability -->)", re.S)
HEAD = ("promise", "attempts", "held", "bytes lost", "rows lost", "submissions counted twice", "secrets found")
ONCE = "a submission is counted once, whatever happens to it"
HIDDEN = "the token is in no output and in no file"
VERBS = {"killed and repeated": kills.PROMISE, "Kaggle fails": faults.PROMISE, "the disk is full": full_disk.PROMISE}


def write(page: str, tallies: Sequence[Tally], how: str) -> str:
    """The text of a page with these figures. how: the command, and when and where it ran."""
    parts = (how, _table(sum_up(tallies)), "By verb, how many of the attempts held:", _table(_by_verb(tallies)))
    return BLOCK.sub(lambda _: "\n" + "\n\n".join(parts) + "\n\n", page)


def sum_up(tallies: Sequence[Tally]) -> Iterator[tuple[str, ...]]:
    """A row for each promise, its head first."""
    yield HEAD
    for promise in dict.fromkeys(tally.promise for tally in tallies):
        yield _row(promise, [tally for tally in tallies if tally.promise == promise])
    yield _row(ONCE, [tally for tally in tallies if "--send" in tally.verb], lambda tally: tally.counted_twice)
    yield _row(HIDDEN, tallies, lambda tally: tally.secrets)


def _row(promise: str, tallies: Sequence[Tally], count=lambda tally: len(tally.broken)) -> tuple[str, ...]:
    attempts = sum(tally.attempts for tally in tallies)
    held = attempts - sum(map(count, tallies))
    lost = [
        sum(getattr(tally, name) for tally in tallies)
        for name in ("bytes_lost", "rows_lost", "counted_twice", "secrets")
    ]
    return promise, *(f"{number:,}" for number in (attempts, held, *lost))


def _by_verb(tallies: Sequence[Tally]) -> Iterator[tuple[str, ...]]:
    yield "verb", *VERBS
    for verb in dict.fromkeys(tally.verb for tally in tallies if tally.verb):
        found = {tally.promise: f"{tally.held} of {tally.attempts}" for tally in tallies if tally.verb == verb}
        yield f"`{verb}`", *(found.get(promise, "") for promise in VERBS.values())


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    head, *body = rows
    marks = ("---", *("---:" for _ in head[1:]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, marks, *body))


def text(rows: Iterable[tuple[str, ...]]) -> str:
    """As aligned columns, for a terminal."""
    lines = list(rows)
    widths = [max(len(cells[column]) for cells in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        for cells in lines
    )
