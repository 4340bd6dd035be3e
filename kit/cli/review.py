"""`kit review`: what is wrong with the data, to look at; what people decide about it, and what that gains."""

import shlex
from pathlib import Path
from typing import Any

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions


@click.group("review")
def command() -> None:
    """Likely label errors and near-duplicates: look at them, correct labels, measure what that gains.

    \b
    kit review labels RUN              a sheet of likely label errors, and a corrections.csv to fill in
    kit review apply SLUG FILE         takes what was filled in: trainings from now on honour it
    kit review compare RUN RUN         without and with corrections, on rows that none of them touches
    kit review twins SLUG              near-duplicates within train, and between train and test
    """


@command.command()
@click.argument("reference", metavar="RUN", shell_complete=completion.runs)
@click.option("--top", type=click.IntRange(1), default=100, show_default=True, help="List at most so many.")
@click.option("--action", type=click.Choice(["drop", "relabel"]), help="Fill this in; change it where you disagree.")
@options.json_option
@click.pass_obj
def labels(obj: GlobalOptions, reference: str, top: int, action: str | None, as_json: bool) -> None:
    """List the labels that RUN, best an ensemble, contradicts out of fold, most suspicious first.

    \b
    Writes runs/RUN/review/labels.png to look at, and corrections.csv to fill in. Its column action takes
      drop      nothing learns from the image
      relabel   it is learned from under the class in the column label
      keep      the label is right: it is not proposed again
    Rows without an action decide nothing. What is filled in stays when the list is made again.
    """
    from kit import runs
    from kit.review.labels import propose

    run = runs.find(reference)
    proposals = propose(run, obj.competition(run.slug), top=top, action=action or "")
    folder = run.folder / "review"
    sheet = f"\nsheet: {folder / 'labels.png'}" if (folder / "labels.png").exists() else ""
    text = f"{options.table(proposals)}{sheet}" if proposals else "no label looks wrong"
    options.result(proposals, text, as_json=as_json)
    filled = shlex.quote(str(folder / "corrections.csv"))
    options.next_step(f"review apply {run.slug} {filled}   (when its actions are filled in)")


@command.command()
@options.slug_argument
@click.argument("file", type=click.Path(path_type=Path))
@options.json_option
@click.pass_obj
def apply(obj: GlobalOptions, slug: str, file: Path, as_json: bool) -> None:
    """Add the decisions in FILE (id, action, label) to data/SLUG/corrections.csv, which the team shares.

    Folds stay; a dropped image is not learned from, a relabelled one under its new label, and neither is judged.
    """
    from kit import paths
    from kit.review import apply_corrections

    counts = apply_corrections.apply(obj.competition(slug), file)
    told = ", ".join(f"{count} {action}" for action, count in counts.items())
    options.result(counts, f"{paths.data(slug).corrections}: {told}", as_json=as_json)
    options.next_step(f"train {slug}   (then: kit review compare RUN_WITHOUT RUN_WITH)")


@command.command()
@click.argument("without", metavar="RUN_WITHOUT")
@click.argument("corrected", metavar="RUN_WITH")
@options.json_option
@click.pass_obj
def compare(obj: GlobalOptions, without: str, corrected: str, as_json: bool) -> None:
    """Judge two runs on the rows that no correction touches, and say what the second gains."""
    from kit import runs
    from kit.review import compare_corrected

    first, second = runs.find(without), runs.find(corrected)
    comparison = compare_corrected.compare(obj.competition(first.slug), first, second)
    verdict = ": that is noise" if comparison["noise"] else ""
    gain = f"gain {comparison['gain']:+.5f} ±{comparison['error']:.5f} on {comparison['rows']} clean rows{verdict}"
    options.result(
        comparison, f"{options.table([_format_row(row) for row in comparison['runs']])}\n{gain}", as_json=as_json
    )
    options.next_step(f"ensemble {first.slug} {first.id} {second.id}   (or: kit submit {first.slug} {second.id})")


def _format_row(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {key: f"{row[key]:.5f}" for key in ("score", "error")}
    return row | numbers | {"corrections": (row["corrections"] or "none")[:12]}


@command.command()
@options.slug_argument
@click.option("--at-least", type=click.FloatRange(-1, 1), help="Similarity of a pair. Default: 0.75, fit for photos.")
@options.json_option
@click.pass_obj
def twins(obj: GlobalOptions, slug: str, at_least: float | None, as_json: bool) -> None:
    """Find images that are nearly the same: compressed again, resized, cropped a little, brighter or darker.

    Writes data/SLUG/review/twins.csv, and twins.png with the most doubtful pairs. Drawings of few strokes, such as digits, look
    alike without being the same: there --at-least 0.98 or more.
    """
    from kit.data.near_duplicates import SAME
    from kit.review import alike

    counts = alike.review(obj.competition(slug), SAME if at_least is None else at_least)
    lines = [
        f"within train          {counts['train']} pairs, {counts['other_label']} of them with different labels",
        f"between train, test   {counts['test']} pairs",
        f"table                 {counts['table']}",
        f"sheet                 {counts['sheet'] or 'none'}",
    ]
    options.result(counts, "\n".join(lines), as_json=as_json)
    options.next_step(f"prepare {slug} --reset-folds   (pairs then share a fold; runs on the old folds do not mix)")
