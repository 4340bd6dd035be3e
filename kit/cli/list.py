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
    waiting = [entry for entry in sound if not entry["prepared"]]
    if waiting:
        options.next_step(f"{'prepare' if waiting[0]['downloaded'] else 'download'} {waiting[0]['slug']}")


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
