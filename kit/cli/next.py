"""`kit next`: which run is worth one of the day's submissions."""

from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions


@click.command()
@options.slug_argument
@click.option(
    "--offline", is_flag=True, help="Do not ask Kaggle what the team has sent and how many submissions are left today."
)
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, slug: str, offline: bool, as_json: bool) -> None:
    """Rate the finished runs that were not submitted yet, against the best one that was, on the same rows out of fold.

    Worth it is what is better by more than twice the error of its gain, or equal within the noise and different enough to be
    the second of a final two. "may add": the expected improvement over the best so far, if the better of the two is kept.
    """
    from kit.leaderboard import ledger, next_steps
    from kit.submission import kaggle_list

    competition = obj.competition(slug)
    ledger.refresh(competition, offline=offline)
    left = None if offline or competition.scored_here else kaggle_list.count_left(slug)
    result = {"metric": competition.metric, "left_today": left, **next_steps.rate_finished(competition)}
    options.result(result, "\n".join(_text(slug, result)), as_json=as_json)
    best = next((record["run"] for record in result["candidates"] if record["worth"]), None)
    upload = "" if competition.scored_here else " --send --wait"
    options.next_step(f"submit {slug} {best}{upload}" if best and left != 0 else f"train {slug}")


def _text(slug: str, result: dict[str, Any]) -> list[str]:
    from kit.leaderboard import next_steps

    rated, left = result["candidates"], result["left_today"]
    lines = [f"left today     {'not asked' if left is None else left}"]
    lines.append(f"submitted      {', '.join(result['submitted']) or 'none of the runs here'}")
    if not rated:
        return [
            *lines,
            "there is no finished run here that was not submitted (`kit runs pull` brings the team's)",
        ]
    lines += ["", options.table(next_steps.describe(rated, result["metric"]))]
    if skipped := len(result["not_compared"]):
        lines.append(f"... and {skipped} runs of lower scores")
    worthy = [record["run"] for record in rated if record["worth"]]
    if left == 0:
        return [*lines, "", "nothing is left today"]
    return [
        *lines,
        "",
        f"submit {worthy[0]}" if worthy else "none is worth a submission: train something better or other",
    ]
