"""kit run"""

from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions


@click.command()
@options.slug_argument
@click.option(
    "--from", "archive", metavar="ARCHIVE", type=click.Path(), help="Take the archive from disk, not from Kaggle."
)
@click.option(
    "--folds", type=int, metavar="N", help="Train each model on only the first N of its folds; 1: a single member."
)
@click.option("--seed", type=int)
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Any setting of kit.config, for every model."
)
@options.archive_options
@options.device_option
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, /, slug: str, archive: str | None, overrides: tuple[str, ...], as_json: bool, **chosen: Any
) -> None:
    """Download, prepare, train the competition's models, ensemble them, report, and check a submission; nothing is uploaded.

    \b
    kit run cifar-10 --from ~/Downloads/cifar-10.zip --folds 1
    """
    from kit.pipeline import run_all
    from kit.runs import listing
    from kit.submission import check

    competition = obj.competition(slug)
    outcome = run_all(competition, archive, options.select_typed(chosen), overrides)
    result = {
        "models": [listing.summary(run) for run in outcome.models],
        "report": str(outcome.reports[-1]),
        "report_of_best_run": str(outcome.reports[0]),
        **check.describe(competition, outcome.checked),
    }
    options.result(result, _text(result), as_json=as_json)
    options.next_step(f"runs {slug}" if competition.scored_here else f"submit {slug} {outcome.final.id} --send --wait")


def _text(result: dict[str, Any]) -> str:
    rows = [
        {
            "run": row["run"],
            f"CV {row['metric']}": f"{row['score']:.5f}",
            "±": f"{row['error']:.5f}",
            "rows": row["rows"],
        }
        for row in result["models"]
    ]
    lines = [options.table(rows), ""]
    if "local_score" in result:
        lines.append(
            f"local leaderboard  {result['local_score']:.5f} ({result['metric']} on {result['rows']} labels set aside)"
        )
    lines.append(f"submission         {result['path']} ({result['rows']} rows)")
    lines.append(f"report             {result['report']}")
    if result["report_of_best_run"] != result["report"]:
        lines.append(f"of the best run    {result['report_of_best_run']}")
    return "\n".join([*lines, *(f"notice             {notice}" for notice in result["notices"])])
