"""`kit pick`: which two submissions to choose for the private board."""

from collections.abc import Collection, Sequence
from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.competition import Competition
from kit.stats.digits import write_error, write_gain, write_with_error
from kit.targets import Target

PUBLIC_SHARE = 0.3  # where nobody says: Kaggle shows a fifth to a half
ASK_SHARE = "the competition's leaderboard page says it: --public-share, or public_share in its competition.py"


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
@click.option("--offline", is_flag=True, help="By the list of submissions as Kaggle last gave it; no request is made.")
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, slug: str, every: bool, public_share: float | None, offline: bool, as_json: bool
) -> None:
    """Forecast the private scores, and propose the pair of runs with the best expected maximum.

    The forecast joins scores out of fold, public scores where they are known, how alike the runs are row by row, and how much
    easier or harder the test rows are. ± is its standard error; 80 % of such scores are to lie in the interval. Submissions
    that only Kaggle's list knows take part: how they move with the others is assumed. At least one run has to be here.
    """
    from kit import metrics, paths
    from kit.data import corrections
    from kit.leaderboard import candidates, final_two, ledger, post_mortem
    from kit.progress import say
    from kit.submission import kaggle_list

    competition = obj.competition(slug)
    entries, public = ledger.refresh(competition, offline=offline), candidates.read_submitted(slug)
    compared, elsewhere, assumed = _gather(competition, entries, public, every)
    share = public_share or competition.public_share or PUBLIC_SHARE
    if not (public_share or competition.public_share):
        say(f"public share not known: {PUBLIC_SHARE} is assumed; {ASK_SHARE}")
    known = corrections.read_clean_labels(competition, paths.data(slug))
    result = final_two.propose(competition, compared, known, public, min(share, 0.99), assumed)
    result["elsewhere"] = elsewhere
    ticked = None if offline or competition.scored_here else kaggle_list.ask_ticked(slug)
    result["after_the_end"] = post_mortem.look_back(result, entries, metrics.find(competition).sign, ticked)
    result["to_tick"] = ledger.find_runs(result["proposed"]["runs"], entries, ticked)
    chosen = [] if competition.scored_here else _on_kaggle(slug, result["to_tick"], ticked)
    text = [
        *_text(result, competition.target),
        *chosen,
        *_after_the_end(result["after_the_end"]),
        *_elsewhere(elsewhere, assumed),
    ]
    options.result(result, "\n".join(text), as_json=as_json)
    safe, other = result["proposed"]["runs"]
    here = {one.run.id for one in compared}
    options.next_step(f"diff {safe} {other}" if here >= {safe, other} else f"submissions {slug}")


def _gather(
    competition: Competition, entries: list[Any], public: Collection[str], every: bool
) -> tuple[list[Any], list[dict[str, Any]], list[Any]]:
    """(runs to compare row by row, submissions that are not, and those of these that can be forecast). public: ids of the runs
    that were sent. Raises DataError where they make no pair.
    """
    from kit.errors import DataError
    from kit.leaderboard import candidates, listed
    from kit.progress import say

    runs = [run for run in candidates.list_finished(competition) if every or run.id in public]
    compared, few, assumed = listed.gather(competition, runs, entries)
    if few:
        say(f"not compared row by row, as judged on too few rows: {', '.join(one.run.id for one in few)}")
    elsewhere = candidates.list_elsewhere(entries, {one.run.id for one in compared})
    if not compared or len(compared) + len(assumed) < 2:
        for line in _elsewhere(elsewhere, assumed):
            say(line)
        raise DataError(
            "a final two needs two runs, one of them here: its rows say how far scores vary",
            received=f"{len(compared)} {'finished' if every else 'submitted'} here",
            do="train more" if every else "--all chooses among all finished runs",
        )
    return compared, elsewhere, assumed


def _elsewhere(rows: list[dict[str, Any]], assumed: Sequence[Any]) -> list[str]:
    """What is not compared row by row, though it may hold the best public scores."""
    if not rows:
        return []
    shown = [
        {
            "ref": row["ref"],
            "by": row["by"],
            "run": row["run"] or " ".join(row["message"].split())[:60],
            "CV": write_with_error(row["cv"], row["cv_error"]),
            "public": write_with_error(row["public"]),
            "what is missing": row["missing"],
        }
        for row in rows
    ]
    return [
        "",
        f"not compared row by row: {len(rows)} submissions; {len(assumed)} of them can be forecast all the same",
        options.table(shown),
    ]


def _text(result: dict[str, Any], target: Target) -> list[str]:
    from kit.leaderboard.final_two import PAIRS

    pair, shift = result["proposed"], result["shift"]
    forecast = {run["run"]: write_with_error(run["forecast"], run["forecast_error"]) for run in result["runs"]}
    wins = pair["first_is_better"]
    differs = (
        "unknown how often it decides"
        if pair["differs"] is None
        else f"decides {target.describe_distance(pair['differs'])}"
    )
    unseen = [run for run in result["runs"] if run["assumed"] and run["run"] in pair["runs"]]
    odd = [run for run in result["runs"] if run["odd"]]
    public = f"{result['public_scores']} public scores" if result["public_scores"] else "no public score"
    return [
        f"safe           {pair['runs'][0]}  {forecast[pair['runs'][0]]} expected, the better of the two with {wins:.0%}",
        f"different      {pair['runs'][1]}  {forecast[pair['runs'][1]]} expected, {differs} otherwise",
        *(f"assumed        how {run['run']} moves with the others: their rows are not compared" for run in unseen),
        *(
            f"odd            {run['run']}: its public score is as that of no other, and moves no other forecast"
            for run in odd
        ),
        f"forecast       of {result['private_rows']} private rows, from {result['out_of_fold_rows']} out of fold and {public}",
        f"test rows      {write_gain(shift['of'], shift['error'])} against those out of fold",
        "",
        options.table([_row(result, key, what) for key, what in PAIRS.items() if result[key]]),
    ]


def _on_kaggle(slug: str, rows: Sequence[dict[str, Any]], ticked: Collection[int] | None) -> list[str]:
    """Where the two are chosen, and by what one finds them there."""
    shown = [
        {
            "submission": row["ref"] or "not sent yet",
            "by": row["by"],
            "description": " ".join((row["message"] or row["run"]).split()),
            "public": write_with_error(row["public"]),
            "ticked": {None: "not asked", True: "yes", False: "no"}[row["ticked"]],
        }
        for row in rows
    ]
    others = sorted(set(ticked or ()) - {row["ref"] for row in rows})
    told = [f"ticked there and not proposed: {', '.join(map(str, others))}"] if others else []
    page = f"https://www.kaggle.com/competitions/{slug}/submissions"
    return ["", f"to tick at {page}", options.table(shown), *told]


def _after_the_end(after: dict[str, Any] | None) -> list[str]:
    """What the private scores say, once Kaggle shows them: none of them is part of the forecast."""
    from kit.leaderboard.final_two import PAIRS

    if after is None:
        return []
    best, runs = after["best"], after["runs"]
    pairs = [
        {"pair": PAIRS[name], "private": f"{one['private']:.5f}", "cost": f"{one['cost']:.5f}"}
        for name, one in after["pairs"].items()
        if one
    ]
    if after["ticked"]:
        named = ", ".join(map(str, after["ticked"]["refs"]))
        ticked = {"private": f"{after['ticked']['private']:.5f}", "cost": f"{after['ticked']['cost']:.5f}"}
        pairs.append({"pair": f"ticked at Kaggle: {named}", **ticked})
    forecasts = [
        {
            "run": run["run"],
            "forecast": write_with_error(run["forecast"], run["forecast_error"]),
            "private": write_with_error(run["private"]),
            "80 %": "held" if run["held"] else f"off by {run['off']:+.1f} standard errors",
        }
        for run in runs
    ]
    of = f"{best['ref']} ({best['run'] or 'no run here'})"
    head = f"after the end: the best private score is {write_with_error(best['private'])}, of {of}"
    told = f"{after['held']} of {len(runs)} forecasts held; 80 % were to"
    return ["", head, options.table(pairs), "", told, options.table(forecasts)]


def _row(result: dict[str, Any], key: str, what: str) -> dict[str, str]:
    pair, low, high = result[key], *(f"{end:.5f}" for end in result[key]["interval"])
    verdict = ", equal within the noise" if pair["noise"] else ""
    behind = f"{pair['behind']:.5f} ±{write_error(pair['behind_error'])} less{verdict}"
    if set(pair["runs"]) == set(result["proposed"]["runs"]):
        behind = "" if key == "proposed" else "the same two"
    return {
        "pair": what,
        f"expected best {result['metric']}": write_with_error(pair["expected_max"], pair["error"]),
        "80 %": f"{low} to {high}",
        "against the first": behind,
        "runs": ", ".join(pair["runs"]),
    }
