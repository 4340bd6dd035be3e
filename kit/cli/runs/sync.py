"""kit runs sync"""

from collections import Counter
from typing import Any

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions


@click.command()
@click.argument("slug", metavar="[SLUG]", required=False, shell_complete=completion.competitions)
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, slug: str | None, as_json: bool) -> None:
    """Export to MLflow every finished run that is missing there, or whose records have changed since.

    Where to: a server in MLFLOW_TRACKING_URI, else runs/mlflow/mlflow.db (`make ui` shows it). With either KIT_TRACK=1 or
    MLFLOW_TRACKING_URI in the environment, runs are exported as they finish, and this only catches up after failures.
    """
    from kit import runs
    from kit.progress import bar
    from kit.tracking import export, store

    there = runs.list_runs(obj.competition(slug).slug if slug else None)
    finished = [run for run in there if run.metrics.exists()]
    counts = Counter(exported=0, updated=0, unchanged=0, unfinished=len(there) - len(finished))
    try:
        for _, outcome in bar(export.sync(finished), total=len(finished), label="to MLflow", unit="run"):
            counts[outcome] += 1
    finally:  # what was done before a failure is told, too
        where = store.redact(store.address())
        value: dict[str, Any] = {**counts, "store": where}
        text = ", ".join(f"{count} {what}" for what, count in counts.items())
        options.result(value, f"{text}\n{where}", as_json=as_json)
    options.next_step(f"runs {slug or ''}".rstrip())
