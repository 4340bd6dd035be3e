"""`kit list`: the competitions this kit knows, and how far each has come here."""

from pathlib import Path
from textwrap import shorten
from typing import Any

import click

from kit import paths
from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.errors import KitError
from kit.learn.competitions import check_learning
from kit.plugins import folders, load_folder

WIDEST = 60  # characters of the defaults that a line shows; --json has all


@click.command()
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, as_json: bool) -> None:
    """The competitions this kit knows, and how far each has come here.

    A folder that does not load takes one line with its error; the others are listed all the same.
    """
    entries = [_entry(slug, folder) for slug, folder in sorted(folders(obj.folders).items())]
    sound = [entry for entry in entries if "error" not in entry]
    lines = [options.table([_row(entry) for entry in sound])] if sound else []
    lines += [f"{entry['slug']}: broken: {entry['error']}" for entry in entries if "error" in entry]
    options.result(entries, "\n".join(lines) or "none yet", as_json=as_json)
    options.next_step(_find_next({entry["slug"]: entry for entry in sound}))


def _find_next(known: dict[str, dict[str, Any]]) -> str:
    """What follows for the competition that was last fetched, prepared or trained here."""
    from kit import runs

    trained = {run.slug: (run.folder / "run.json").stat().st_mtime for run in runs.list_runs(archived=True)}
    last = {slug: max(_time_data(slug), trained.get(slug, 0)) for slug in known}
    slug = max(known, key=lambda slug: last[slug], default=None)
    if slug is None or not last[slug]:
        return "demo   (or: kit download SLUG)"
    return f"{'next' if slug in trained else 'train' if known[slug]['prepared'] else 'prepare'} {slug}"


def _time_data(slug: str) -> float:
    """When the archive or the folds came, in seconds since the epoch; 0 if neither has."""
    data = paths.data(slug)
    return max(path.stat().st_mtime if path.is_file() else 0 for path in (data.archives / "manifest.json", data.folds))


def _entry(slug: str, folder: Path) -> dict[str, Any]:
    try:
        competition = load_folder(folder)
        check_learning(competition)
    except KitError as error:
        return {"slug": slug, "error": str(error)}
    data = paths.data(slug)
    return {
        "slug": slug,
        "title": competition.title,
        "metric": competition.metric,
        "defaults": competition.defaults,
        "local": competition.scored_here,
        "downloaded": (data.archives / "manifest.json").is_file(),
        "prepared": data.folds.is_file(),  # the last thing that `prepare` writes
    }


def _row(entry: dict[str, Any]) -> dict[str, str]:
    defaults = " ".join(f"{key}={_show(value)}" for key, value in entry["defaults"].items())
    state = "prepared" if entry["prepared"] else "downloaded" if entry["downloaded"] else "-"
    return {
        "slug": entry["slug"],
        "title": entry["title"],
        "metric": entry["metric"],
        "defaults": shorten(defaults, WIDEST, placeholder=" ...") or "-",
        "data": state,
    }


def _show(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
