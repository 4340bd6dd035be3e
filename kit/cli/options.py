"""What the verbs share: the competition argument, --json, and the line that names the next sensible command."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kit.competition import Competition, load


@dataclass(frozen=True)
class Settings:
    """Options given before the verb."""

    extra: tuple[str, ...] = ()

    @property
    def folders(self) -> tuple[Path, ...]:
        return tuple(Path(folder).resolve() for folder in self.extra)

    def competition(self, slug: str) -> Competition:
        return load(slug, self.folders)


slug_argument = click.argument("slug", metavar="SLUG")
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")


def result(value: Any, text: str, *, as_json: bool) -> None:
    """Prints a verb's result on stdout: `value` as JSON, or `text` for people."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False) if as_json else text)


def table(rows: list[dict[str, Any]]) -> str:
    """Rows of equal keys as aligned columns; numbers to the right."""
    if not rows:
        return ""
    cells = [[str(value) for value in row.values()] for row in rows]
    head = list(rows[0])
    widths = [max(len(line[i]) for line in (head, *cells)) for i in range(len(head))]
    right = [all(isinstance(row[key], (int, float)) for row in rows) for key in head]
    lines = [
        [
            text.rjust(width) if flag else text.ljust(width)
            for text, width, flag in zip(line, widths, right, strict=True)
        ]
        for line in (head, *cells)
    ]
    return "\n".join("  ".join(line).rstrip() for line in lines)


def next_step(words: str) -> None:
    """The next sensible command, on stderr so that stdout stays a result."""
    click.echo(f"next: kit {words}", err=True)
