"""kit runs list"""

from typing import Any

import click

from kit.cli import options
from kit.cli.options import Settings


@click.command(short_help="every run and its score out of fold")
@click.argument("slug", metavar="[SLUG]", required=False)
@options.json_option
@click.pass_obj
def command(obj: Settings, slug: str | None, as_json: bool) -> None:
    """What was trained, and how it scored out of fold (with the standard error: less than twice that apart is noise)."""
    from kit import runs

    found = runs.every(obj.competition(slug).slug if slug else None)
    rows = [record(run) for run in found]
    shown = [{**row, "score": _number(row["score"]), "error": _number(row["error"])} for row in rows]
    for row in shown:
        row.pop("parents")
    options.result(rows, options.table(shown) or "no runs yet", as_json=as_json)
    if found:
        best = found[-1]
        options.next_step(f"report {best.id}   (or: kit submit {best.slug} {best.id})")
    else:
        options.next_step(f"train {slug or 'SLUG'}")


def record(run: Any) -> dict[str, Any]:
    """What there is to say of a run in one row."""
    from kit.files import read_json

    status = run.status()
    metrics = read_json(run.metrics) if status == "finished" else {}
    return {
        "run": run.id,
        "kind": run.kind,
        "status": status,
        "folds": run.config.folds,
        "seeds": run.config.seeds,
        "metric": metrics.get("metric", ""),
        "score": metrics.get("score"),
        "error": metrics.get("error"),
        "parents": list(run.parents),
    }


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"
