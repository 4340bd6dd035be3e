"""kit leaderboard"""

import datetime
from pathlib import Path
from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.errors import DataError
from kit.stats.digits import write_error, write_gain, write_with_error

SHOWN = 10  # submissions in the table for people; --json has all
UNKNOWN_ERROR = (
    "the error of the public score is not known: it wants the prepared data and --public-share, "
    "which the competition's leaderboard page says"
)
MEDALS_FROM = "if this competition gives any; kaggle.com/progression"


@click.command()
@options.slug_argument
@click.option("--offline", is_flag=True, help="As Kaggle last said; no request is made.")
@click.option(
    "--public-share",
    type=click.FloatRange(min=0, max=1, min_open=True),
    metavar="SHARE",
    help="Of the test rows, those that the public score is of, 0 to 1, as the competition's leaderboard page says. "
    "Default: that of the competition.",
)
@click.option("--picture", is_flag=True, help="Draw CV against public score, into runs/submissions/SLUG/.")
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, slug: str, offline: bool, public_share: float | None, picture: bool, as_json: bool
) -> None:
    """Where the team stands, what is left of today's submissions, and how far CV and public scores can be believed.

    ± is one standard error: of a CV over its rows and, beside it, over its folds; of a public score over its rows. What is less
    than twice that apart is noise. A submission is surprising if it lies further off the line through all of them.
    """
    from kit import metrics
    from kit.leaderboard import agreement, board, ledger, overview
    from kit.submission import kaggle_list

    competition = obj.competition(slug)
    competition.check_on_kaggle()
    entries = ledger.refresh(competition, offline=True) if offline else ledger.fetch(slug)
    kept = board.read_cached(slug) if offline else board.fetch(slug)
    if not (kept.asked or entries):
        raise DataError(
            f"nothing of Kaggle's leaderboard of {slug} is kept here", do="ask Kaggle once, without --offline"
        )
    rows = overview.public_rows(competition, public_share or competition.public_share)
    scored = overview.list_scored(competition, entries, rows)
    pairs = overview.pairs(scored)
    line = agreement.fit(pairs)
    greater = metrics.find(competition).greater_is_better
    value = {
        "asked": kept.asked.isoformat(timespec="seconds") if kept.asked else None,
        **board.describe_standing(
            kept.teams, board.ours(kept.teams, kaggle_list.rows(slug).values()), greater_is_better=greater
        ),
        "allowance": board.allowance(kept, entries, datetime.datetime.now(datetime.UTC)),
        "metric": competition.metric,
        "greater_is_better": greater,
        "public_rows": rows,
        "submissions": scored,
        "agreement": overview.describe_fit(pairs, line),
        "best_two": overview.best_two(competition),
        "picture": str(_draw(slug, pairs, line, competition.metric)) if picture and pairs else None,
    }
    options.result(value, "\n\n".join(_paragraphs(value)), as_json=as_json)
    options.next_step(f"submissions {slug}")


def _draw(slug: str, pairs: Any, line: Any, metric: str) -> Path:
    from kit import paths
    from kit.files import open_atomic
    from kit.leaderboard import picture

    path = paths.submissions(slug) / "cv-public.png"
    with open_atomic(path) as out:
        out.write(picture.scatter(pairs, line, metric))
    return path


def _paragraphs(value: dict[str, Any]) -> list[str]:
    parts = [
        _describe_standing(value),
        _allowance(value["allowance"]),
        _best(value),
        _agreement(value["agreement"], {row["ref"]: row["run"] for row in value["submissions"]}),
        _best_two(value["best_two"]),
        f"picture: {value['picture']}" if value["picture"] else "",
    ]
    return [part for part in parts if part]


def _describe_standing(value: dict[str, Any]) -> str:
    if value["asked"] is None:
        return "the leaderboard was not asked for yet: without --offline it is"
    asked = value["asked"][:16].replace("T", " ")
    if value["rank"] is None:
        return f"not on the leaderboard of {value['teams']:,} teams (asked {asked} UTC)"
    tied = f", as {value['tied']} others" if value["tied"] else ""
    place = f"place {value['rank']:,} of {value['teams']:,} teams"
    head = f"{place}: {value['team']}, {value['score']:.5f}{tied} (asked {asked} UTC)"
    ahead = [{"place": row["rank"], **_line(row)} for row in value["ahead"]]
    none = {"to place": "none", "team": "", "score": "", "missing": ""}
    medals = [
        {"medal": medal, **({"to place": row["rank"], **_line(row)} if row else none)}
        for medal, row in value["medals"].items()
    ]
    return "\n".join([head, options.table(ahead), f"medals ({MEDALS_FROM}):", options.table(medals)])


def _line(row: dict[str, Any]) -> dict[str, str]:
    return {"team": row["team"], "score": f"{row['score']:.5f}", "missing": _format_distance(row["distance"])}


def _format_distance(distance: float) -> str:
    return f"{distance:.5f}" if distance > 0 else "nothing"


def _allowance(allowance: dict[str, Any]) -> str:
    left = "not known: ask Kaggle" if allowance["left"] is None else allowance["left"]
    return f"submissions left today: {left}; renewed at {allowance['renews'][:16].replace('T', ' ')} UTC"


def _row(row: dict[str, Any]) -> dict[str, Any]:
    folds = row["cv_error_folds"]
    return {
        "ref": row["ref"],
        "run": row["run"] or "",
        "CV ± over rows": write_with_error(row["cv"], row["cv_error"]),
        "over folds": "" if folds is None else f"±{write_error(folds)}",
        "public": write_with_error(row["public"], row["public_error"]),
        "private": write_with_error(row["private"]),
    }


def _best(value: dict[str, Any]) -> str:
    """The best submissions by public score, each with what is known of its noise."""
    rows = sorted(value["submissions"], key=lambda row: row["public"], reverse=value["greater_is_better"])
    if not rows:
        return "no submission has a score yet"
    head = f"best {min(SHOWN, len(rows))} of {len(rows)} by public score (± one standard error):"
    parts = [head, options.table([_row(row) for row in rows[:SHOWN]])]
    if ended := [row for row in rows if row["private"] is not None]:
        best = (max if value["greater_is_better"] else min)(ended, key=lambda row: row["private"])
        told = f"{write_with_error(best['private'])}, of {best['ref']} ({best['run'] or 'no run'})"
        parts.append(f"after the end: the best private score is {told}; kit pick says which forecasts held")
    if not value["public_rows"]:
        parts.append(UNKNOWN_ERROR)
    return "\n".join(parts)


def _agreement(agreement: dict[str, Any], run_of: dict[int, str | None]) -> str:
    fit = agreement["fit"]
    if fit is None:
        return f"CV against public score: {agreement['pairs']} with both; three that differ are needed to compare"
    head = (
        f"CV against public score over {agreement['pairs']} files: public = {fit['intercept']:.4f} + {fit['slope']:.3f} CV, "
        f"Spearman's rank correlation {fit['spearman']:.2f}"
    )
    if agreement["surprising"] is None:
        return f"{head}\nwhich are surprising cannot be said without the errors of both scores"
    far = [
        f"surprising: {row['ref']} ({run_of[row['ref']]}) scored {row['public']:.5f}, expected {row['expected']:.5f} "
        f"({row['off']:+.1f} standard errors)"
        for row in agreement["surprising"]
    ]
    return "\n".join([head, *(far or ["none is surprising"])])


def _best_two(two: dict[str, Any]) -> str:
    if "missing" in two:
        return f"the two best runs are not compared: {two['missing']}"
    first, second = two["runs"]
    gain = f"{write_gain(two['gain'], two['error'])} on the same {two['rows']:,} rows"
    verdict = "that is noise" if two["noise"] else "more than noise, though they were picked by these rows"
    return f"the two best runs, {first} against {second}: {gain}: {verdict}"
