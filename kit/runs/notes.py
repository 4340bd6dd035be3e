"""What people say of a run: a note on one line, and tags, words to find it by. Nothing that is computed depends on them."""

from collections.abc import Sequence
from typing import Any

from kit.errors import ConfigError
from kit.fields import is_tag
from kit.files import write_text
from kit.runs.run import Run


def read_note(run: Run) -> str:
    """The line that somebody noted about it; empty without one."""
    text = run.note_file.read_text(errors="replace") if run.note_file.exists() else ""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def read_tags(run: Run) -> list[str]:
    """In the order in which they were given; what is no tag in a file that was written by hand is left out."""
    text = run.tags_file.read_text(errors="replace") if run.tags_file.exists() else ""
    return [word for word in dict.fromkeys(text.split()) if is_tag(word)]


def change_tags(run: Run, add: Sequence[str], remove: Sequence[str]) -> None:
    """Raises ConfigError for what is no tag to add."""
    if odd := [word for word in add if not is_tag(word)]:
        raise ConfigError("that is no tag", received=repr(odd[0]), expected=is_tag.__doc__)
    tags = [word for word in (*read_tags(run), *add) if word not in remove]
    write_text(run.tags_file, "".join(f"{word}\n" for word in dict.fromkeys(tags)))


def describe(run: Run) -> dict[str, Any]:
    """note and tags, those of the two that it has."""
    said = {"note": read_note(run), "tags": read_tags(run)}
    return {name: value for name, value in said.items() if value}


def take(run: Run, note: str, tags: Sequence[str]) -> None:
    """Writes what teammates say of it, where nobody has said anything here."""
    if note and not run.note_file.exists():
        write_text(run.note_file, f"{note}\n")
    if tags and not run.tags_file.exists():
        change_tags(run, tags, ())
