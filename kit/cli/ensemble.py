"""kit ensemble"""

from typing import Any

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions
from kit.runs.scores import Scores, read_scores


@click.command()
@click.argument("slug", metavar="SLUG", shell_complete=completion.competitions)
@click.argument("references", metavar="RUN RUN ...", nargs=-1, required=True, shell_complete=completion.runs)
@click.option("--name", help="Goes into the run id.")
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, slug: str, references: tuple[str, ...], name: str | None, as_json: bool) -> None:
    """Make one run of finished runs; of a single run, one with better calibrated probabilities.

    \b
    Methods, all cross-fitted: the best single run, means (plain, geometric, of ranks), a weighted geometric mean, a
    mixture of least log loss, greedy selection, stacking. Of those not clearly behind the best score (twice the standard
    error), the one of least log loss is taken that does not score below the best run; inner folds choose, outer folds
    judge. The run id is the last line.
    """
    from kit import runs
    from kit.ensemble.build import ensemble
    from kit.tracking import export

    run = ensemble(obj.competition(slug), [runs.find(reference) for reference in references], name=name)
    metrics = read_scores(run)
    if not as_json:
        click.echo(options.table(_format_rows(metrics["parts"])) + "\n")
        click.echo(options.table(_format_rows(metrics["methods"])))
        folds = ", ".join(f"{name} in {count}" for name, count in metrics["chosen_in_folds"].items())
        click.echo(f"method: {metrics['method']} (chosen among the other folds: {folds})")
        if metrics["given_up"]:
            click.echo(f"rejected: {metrics['given_up']}, worse than the best single run")
        click.echo(f"in sample, on the rows that it was fitted on: {metrics['optimistic_score']:.5f}")
        click.echo(_verdict(metrics))
    export.export_finished(run)
    options.run_result(run, as_json=as_json)
    options.next_step(f"submit {run.slug} {run.id}   (or: kit report {run.id})")


def _format_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: _cell(value) for key, value in row.items()} for row in rows]


def _cell(value: Any) -> Any:
    return "" if value is None else f"{value:.5f}" if isinstance(value, float) else value


def _verdict(metrics: Scores) -> str:
    from kit.stats.paired import is_noise

    gain, error = (metrics["gain_over_best_part"][key] for key in ("gain", "error"))
    if metrics["method"] == "single":
        chosen = f"what the other folds chose gains {gain:.5f} ± {error:.5f}"
        return f"the best run alone is kept: no method beats it; {chosen}"
    return f"better than the best run by {gain:.5f} ± {error:.5f}" + (
        ": that is noise" if is_noise(gain, error) else ""
    )
