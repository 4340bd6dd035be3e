"""kit ensemble"""

import click

from kit.cli import options
from kit.cli.options import Settings


@click.command(short_help="blend runs by weights learned out of fold; ends with the run id")
@click.argument("slug", metavar="SLUG")
@click.argument("references", metavar="RUN RUN ...", nargs=-1, required=True)
@click.option("--name", help="Goes into the run id.")
@options.json_option
@click.pass_obj
def command(obj: Settings, slug: str, references: tuple[str, ...], name: str | None, as_json: bool) -> None:
    """Blend finished runs. The weights are learned on out-of-fold predictions only; each fold is judged by weights fitted on
    the other folds, and the optimistic score (judged where it was fitted) stands beside it. The run id is the last line.
    """
    from kit import runs
    from kit.ensemble.build import ensemble
    from kit.files import read_json

    run = ensemble(obj.competition(slug), [runs.find(reference) for reference in references], name=name)
    metrics = read_json(run.metrics)
    if not as_json:
        rows = [
            {"run": row["run"], "weight": f"{row['weight']:.4f}", metrics["metric"]: f"{row['score']:.5f}"}
            for row in metrics["parts"]
        ]
        click.echo(options.table(rows))
        click.echo(f"judged where it was fitted (optimistic): {metrics['optimistic_score']:.5f}")
        if not metrics["better_than_best_part"]:
            click.echo("not better than its best part: prefer that one, it is simpler")
    options.run_result(run, as_json=as_json)
    options.next_step(f"submit {run.slug} {run.id}   (or: kit report {run.id})")
