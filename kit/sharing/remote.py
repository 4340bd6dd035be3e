"""A look into a store: which runs are there, whose they are and how they score, by their manifests alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kit import paths
from kit.errors import DataError
from kit.fields import ID, is_text
from kit.json_files import parse_json
from kit.progress import say
from kit.runs import listing, trash
from kit.sharing import manifest
from kit.sharing.manifest import PREDICTIONS
from kit.sharing.stores import Store

Row = dict[str, Any]
COLUMNS = ("run", "author", "created", "recipe", "backbone", "metric", "score", "error", "here")


def list_shared(store: Store, slug: str | None = None, competitions: Sequence[Path] = ()) -> list[Row]:
    """A row per run in the store, of one competition if asked, the best first: COLUMNS, kind, slug, rows, note, tags, bytes;
    None for what the kit that pushed it did not say. here: "yes", "deleted" where it was, or "".

    competitions: further folders of them, whose metrics may be their own. Runs with damaged manifests are named and left out.
    """
    rows, left_out, deleted = [], 0, trash.list_deleted()
    for name in store.ids(PREDICTIONS.name):
        if not ID.fullmatch(name):
            continue
        try:
            own = manifest.parse(store.read(f"{name}/{PREDICTIONS.name}") or b"", name, PREDICTIONS)
        except DataError as error:
            left_out += 1
            say(f"left out: {error}")
            continue
        about = own.about if "slug" in own.about else own.about | _read_slug(store, name)
        rows.append(_row(replace(own, about=about), deleted))
    if left_out:
        say(f"{left_out} of {left_out + len(rows)} runs are left out")
    of_slug = [row for row in rows if slug in (None, row["slug"])]
    return listing.sort_rows(of_slug, "score", competitions)


def _read_slug(store: Store, run: str) -> Row:
    """By run.json: an older kit said nothing of a run in its manifest. Empty for a damaged one."""
    try:
        slug = parse_json(store.read(f"{run}/run.json") or b"")["slug"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {"slug": slug} if is_text(slug) else {}


def _row(own: manifest.Manifest, deleted: set[str]) -> Row:
    told = dict.fromkeys((*COLUMNS, "slug", "rows", "note")) | {"tags": []} | own.about
    here = "yes" if (paths.runs() / own.run / "run.json").exists() else "deleted" if own.run in deleted else ""
    return told | {"run": own.run, "kind": own.kind, "bytes": own.size, "here": here}


def choose_best(rows: Sequence[Row], count: int) -> list[Row]:
    """Of rows in the order of `list_shared`, the first `count` of each competition with a score that were not deleted here."""
    taken: dict[str, int] = {}
    chosen = []
    for row in rows:
        if row["score"] is not None and row["here"] != "deleted" and taken.get(row["slug"], 0) < count:
            taken[row["slug"]] = taken.get(row["slug"], 0) + 1
            chosen.append(row)
    return chosen
