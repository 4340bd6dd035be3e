"""kit predict"""

from typing import Any

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions
from kit.competition import Competition
from kit.learn import backend
from kit.runs.scores import read_scores


@click.command()
@click.argument("reference", metavar="RUN", shell_complete=completion.runs)
@click.option(
    "--tta",
    required=True,
    metavar="VIEW,VIEW,...",
    help="Views to average, such as identity,hflip; auto: those that help.",
)
@click.option("--weights", metavar="PATH", help="Where the run's file of pretrained weights was moved to.")
@click.option("--name", help="Goes into the run id.")
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, reference: str, tta: str, weights: str | None, name: str | None, as_json: bool) -> None:
    """Predict a finished run again, with other TTA views; nothing is trained. The result is a new run, its id the last line.

    \b
    kit predict cifar-10-scratch-resnet9-1121-093012 --tta identity,hflip
    kit predict cifar-10-scratch-resnet9-1121-093012 --tta auto

    auto measures every view that the competition declares, out of fold. From the first, a view is added as long as it lowers
    the target's loss (of classes the log loss) by more than the standard error; probabilities or logits are averaged,
    whichever is better. What judges a fold was chosen on the other folds; the test set is predicted with what all rows choose.
    """
    from kit import paths, runs
    from kit.config import convert
    from kit.runs import provenance

    source = runs.find(reference)
    if weights:
        source = provenance.move_weights(runs.training_of(source), paths.expand_home(weights))
    competition = obj.competition(source.slug)
    backend.load()
    from kit.learn import predict_again
    from kit.tracking import export

    run = predict_again.predict_again(source, competition, convert("tta", tta), name=name)
    if not as_json and (report := read_scores(run).get("tta")):
        click.echo(_format(report, run.config.average, competition))
    export.export_finished(run)
    options.run_result(run, as_json=as_json)
    options.next_step(f"runs {run.slug}")


def _format(report: dict[str, Any], average: str, competition: Competition) -> str:
    """What each view gains, averaged with the first one, over that alone; and all that were kept, honestly."""
    rows = [
        {
            "view": row["view"],
            **_gains(row, competition),
            "kept in folds": row["kept_in_folds"],
            "": "kept" if row["kept"] else "dropped",
        }
        for row in report["views"]
    ]
    gained = report["gain_over_first_view"]
    words = ", ".join(f"{key} {value}" for key, value in _gains(gained, competition).items())
    verdict = ": that is noise" if gained["loss_gain"] <= 2 * gained["loss_error"] else ""
    return "\n".join(
        [
            options.table(rows) + "\n",
            f"averaged: {average}",
            f"judged where it was chosen (optimistic): {report['optimistic_score']:.5f}",
            f"chosen on other folds, over {rows[0]['view']} alone: {words}{verdict}",
        ]
    )


def _gains(row: dict[str, float], competition: Competition) -> dict[str, str]:
    gains = {f"{competition.metric} gain": f"{row['gain']:.5f} ± {row['error']:.5f}"}
    return gains | {f"{competition.target.loss_name} gain": f"{row['loss_gain']:.5f} ± {row['loss_error']:.5f}"}
