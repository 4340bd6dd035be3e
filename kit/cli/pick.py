"""`kit pick`: which two submissions to choose for the private board."""

from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.targets import Target

PUBLIC_SHARE = 0.3  # where nobody says: Kaggle shows a fifth to a half


@click.command()
@options.slug_argument
@click.option(
    "--all", "every", is_flag=True, help="Choose among all finished runs, also those that were not submitted."
)
@click.option(
    "--public-share",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Of the test rows, those that the public score is of, as the competition's leaderboard page says. "
    f"Default: that of the competition, else {PUBLIC_SHARE}.",
)
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, slug: str, every: bool, public_share: float | None, as_json: bool) -> None:
    """Simulate the private board, and propose the pair of runs with the best expected maximum.

    Simulated from out-of-fold rows, and from public scores where they are known, each weighted by its number of rows.
    """
    from kit import paths
    from kit.data import corrections
    from kit.errors import DataError
    from kit.leaderboard import candidates, final_two
    from kit.progress import say

    competition, public = obj.competition(slug), candidates.read_submitted(slug)
    runs = [run for run in candidates.list_finished(competition) if every or run.id in public]
    compared, few = candidates.split_comparable(candidates.load(competition, runs[: candidates.MAX_CANDIDATES]))
    if few:
        say(f"left out, as judged on too few rows: {', '.join(one.run.id for one in few)}")
    if len(compared) < 2:
        raise DataError(
            "a final two needs two runs",
            received=f"{len(compared)} {'finished' if every else 'submitted'} here",
            do="train more" if every else "--all chooses among all finished runs",
        )
    share = public_share or competition.public_share or PUBLIC_SHARE
    known = corrections.read_clean_labels(competition, paths.data(slug))
    result = final_two.propose(competition, compared, known, public, min(share, 0.99))
    options.result(result, "\n".join(_text(result, competition.target)), as_json=as_json)
    safe, other = result["proposed"]["runs"]
    options.next_step(f"diff {safe} {other}")


PAIRS = {
    "proposed": "the pair with the best expected maximum",
    "best_public": "the two best public scores",
    "best_cv": "the two best out of fold",
}


def _text(result: dict[str, Any], target: Target) -> list[str]:
    pair = result["proposed"]
    metric, wins = result["metric"], pair["first_is_better"]
    differs = target.describe_distance(pair["differs"])
    lines = [
        f"safe           {pair['runs'][0]}  (the better of the two with {wins:.0%})",
        f"different      {pair['runs'][1]}  (with {1 - wins:.0%}; decides {differs} otherwise)",
        f"simulated      {result['private_rows']} private rows, from {result['out_of_fold_rows']} rows out of fold",
        "",
    ]
    rows = [
        {
            "pair": what,
            f"expected best {metric}": f"{result[key]['expected_max']:.5f}",
            "runs": ", ".join(result[key]["runs"]),
        }
        for key, what in PAIRS.items()
        if result[key]
    ]
    return [*lines, options.table(rows)]
