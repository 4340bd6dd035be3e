"""kit predict"""

from pathlib import Path
from typing import Any

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions
from kit.competition import Competition
from kit.errors import DataError
from kit.learn import backend
from kit.predictions import Predictions
from kit.progress import say
from kit.runs import Run
from kit.runs.scores import read_scores
from kit.targets import Target


@click.command()
@click.argument("reference", metavar="RUN", shell_complete=completion.runs)
@click.argument("photos", metavar="[PHOTO...]", nargs=-1, type=click.Path())
@click.option(
    "--tta",
    metavar="VIEW,VIEW,...",
    help="Without photos: views to average, such as identity,hflip; auto: those that help.",
)
@click.option("--weights", metavar="PATH", help="Where the run's file of pretrained weights was moved to.")
@click.option("--name", help="Goes into the id of the new run.")
@click.option("--top", default=3, show_default=True, type=click.IntRange(min=1), help="Of photos: columns to show.")
@click.option("--csv", "table", metavar="FILE", type=click.Path(dir_okay=False), help="Of photos: write all columns.")
@options.device_option
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, /, reference: str, photos: tuple[str, ...], tta: str | None, weights: str | None, **chosen: Any
) -> None:
    """Say what a finished run predicts of photos, or of folders of them; or predict its data again, with other TTA views.

    \b
    kit predict cifar-10-scratch-resnet9-1121-093012 cat.jpg holiday/
    kit predict cifar-10-scratch-resnet9-1121-093012 --tta identity,hflip
    kit predict cifar-10-scratch-resnet9-1121-093012 --tta auto

    Photos are decoded as the data were, and predicted by all members under the run's own views; an ensemble joins its runs. One
    that cannot be read is named, and the exit code is 3.

    Without photos the result is a new run, its id the last line; nothing is trained. auto measures every view that the
    competition declares, out of fold. From the first, a view is added as long as it lowers the target's loss (of classes the
    log loss) by more than the standard error; probabilities or logits are averaged, whichever is better. What judges a fold
    was chosen on the other folds; the test set is predicted with what all rows choose.
    """
    from kit import paths, runs
    from kit.runs import provenance

    if bool(photos) == (tta is not None):
        raise click.UsageError("give photos, or --tta to predict the data again")
    run = runs.find(reference)
    if weights:
        moved = provenance.move_weights(runs.training_of(run), paths.expand_home(weights))
        run = moved if tta else runs.find(reference)
    competition = obj.competition(run.slug)
    backend.load()
    from kit.learn import device

    device.check_wanted()
    if tta:
        _predict_again(run, competition, tta, chosen["name"], chosen["as_json"])
    else:
        _predict_photos(run, competition, photos, chosen["top"], chosen["table"], chosen["as_json"])


def _predict_photos(
    run: Run, competition: Competition, photos: tuple[str, ...], top: int, table: str | None, as_json: bool
) -> None:
    from kit.files import write_csv
    from kit.learn.predict_photos import predict_photos

    said, faults = predict_photos(run, competition, photos)
    if table:
        every = zip(said.ids.tolist(), said.values.tolist(), strict=True)
        write_csv(Path(table), ("photo", *said.columns), ([name, *values] for name, values in every))
    rows = _describe_photos(competition.target, said, top)
    options.result(rows, options.table([_shorten(row) for row in rows]), as_json=as_json)
    for fault in faults:
        say(f"left out: {fault}")
    if faults:
        raise DataError(f"{len(faults)} of {len(faults) + len(rows)} photos cannot be read")


def _describe_photos(target: Target, said: Predictions, top: int) -> list[dict[str, Any]]:
    """Of each photo what is decided, and the greatest values with their columns; of numbers all."""
    import numpy as np

    shown = said.before_finish().values
    places = np.argsort(-shown, axis=1, kind="stable")[:, :top]
    if target.has_units:
        places = np.tile(np.arange(len(said.columns)), (len(shown), 1))
    captions = target.caption(target.decide(said.values))
    return [
        {"photo": name, "predicted": caption, "values": {said.columns[place]: float(of[place]) for place in some}}
        for name, caption, of, some in zip(said.ids.tolist(), captions, shown, places.tolist(), strict=True)
    ]


def _shorten(row: dict[str, Any]) -> dict[str, str]:
    values = ", ".join(f"{name} {value:.4g}" for name, value in row["values"].items())
    return {"photo": row["photo"], "predicted": row["predicted"], "values": values}


def _predict_again(source: Run, competition: Competition, tta: str, name: str | None, as_json: bool) -> None:
    from kit.config import convert
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
    from kit.stats.paired import is_noise

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
    verdict = ": that is noise" if is_noise(gained["loss_gain"], gained["loss_error"]) else ""
    return "\n".join(
        [
            options.table(rows) + "\n",
            f"averaged: {average}",
            f"in sample, on the rows that chose the views: {report['optimistic_score']:.5f}",
            f"chosen on other folds, over {rows[0]['view']} alone: {words}{verdict}",
        ]
    )


def _gains(row: dict[str, float], competition: Competition) -> dict[str, str]:
    gains = {f"{competition.metric} gain": f"{row['gain']:.5f} ± {row['error']:.5f}"}
    return gains | {f"{competition.target.loss_name} gain": f"{row['loss_gain']:.5f} ± {row['loss_error']:.5f}"}
