"""`kit diff`: what changes from one run or submission file to another."""

import shlex
from pathlib import Path
from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.targets import Target

SHOWN = 12  # pairs of classes
PICTURES = 40


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--slug", metavar="SLUG", help="The competition, where both are files.")
@click.option(
    "--ids", type=click.IntRange(min=1), metavar="N", help="List N differing test rows, largest change first."
)
@click.option("--sheet", type=click.Path(path_type=Path, dir_okay=False), help="Write thumbnails of them as a PNG.")
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, a: str, b: str, slug: str | None, ids: int | None, sheet: Path | None, as_json: bool
) -> None:
    """Compare A with B, each a RUN (or ensemble) or a FILE.csv: gains and losses are those of B over A.

    Of two runs: who is right out of fold where they differ (of labels and numbers: nearer), McNemar's exact test, the paired
    gain in the competition's metric, and what that lets expect of the test rows. Of files: the rows that differ, and what they
    can do at best and worst.
    """
    from kit import paths
    from kit.compare import diff, pair
    from kit.data import cache, corrections

    competition = obj.competition(slug or _slug(a, b))
    if sheet:
        competition.check_has_images("--sheet")
    left, right = (pair.side(competition, reference) for reference in (a, b))
    where = paths.data(competition.slug)
    known = corrections.read_clean_labels(competition, where) if left.run and right.run else None
    result = diff.compare(competition, left, right, known)
    if ids or sheet:
        differing = diff.list_differing(competition.target, left, right, max(ids or 0, PICTURES if sheet else 0))
        result |= {"ids": differing[:ids]} if ids else {}
        if sheet:
            result["sheet"] = _sheet(cache.load(competition, where), differing[:PICTURES], sheet)
    options.result(result, "\n".join(_text(result, competition.target)), as_json=as_json)
    options.next_step(f"submit {competition.slug} {shlex.quote(b)}" if not right.run else f"report {right.run.id}")


def _slug(*references: str) -> str:
    from kit import runs
    from kit.errors import ConfigError

    for reference in references:
        if not reference.endswith(".csv"):
            return runs.find(reference).slug
    raise ConfigError("two files do not say which competition they are of", do="add --slug SLUG")


def _sheet(data: Any, rows: list[dict[str, str]], path: Path) -> str | None:
    import numpy as np

    from kit.data.image_rows import first_images
    from kit.files import open_atomic
    from kit.report.render import pictures

    ids = np.array([row["id"] for row in rows], str)
    ours = np.flatnonzero(np.isin(ids, data.test.rows))  # a file may hold other ids
    if not len(ours):
        return None
    titles = [f"id {rows[row]['id']}\n{rows[row]['from']} > {rows[row]['to']}" for row in ours.tolist()]
    with open_atomic(path) as handle:
        handle.write(pictures.sheet(data.test.images[first_images(data.test.rows, ids[ours])], titles))
    return str(path)


def _text(result: dict[str, Any], target: Target) -> list[str]:
    out_of_fold, test = result["out_of_fold"], result["test"]
    lines = [f"A  {result['a']}", f"B  {result['b']}"]
    if out_of_fold:
        lines += ["", f"out of fold    {_differ(out_of_fold, target)}; {_compare_rows(out_of_fold, target)[0]}"]
        lines.append(_compare_rows(out_of_fold, target)[1])
        lines += [f"{result['metric']:<14} {_gain(out_of_fold['gain'])} for B", "", _pairs(out_of_fold, target)]
    lines += ["", f"test           {_differ(test, target)}"]
    for side in ("a", "b"):
        if only := test[f"only_in_{side}"]:
            lines.append(f"               {only} more rows only in {side.upper()}")
    if test["expected"]:
        lines.append(f"expected       {_gain(test['expected'])}, from {test['expected']['from']}")
    if test["best"] is not None:
        lines.append(f"at best        {test['best']:+.5f}; at worst {test['worst']:+.5f}, whatever the truth")
    lines += ["", _pairs(test, target)]
    if id_rows := result.get("ids"):
        lines += ["", options.table(id_rows)]
    return lines


def _compare_rows(part: dict[str, Any], target: Target) -> tuple[str, str]:
    """On how many rows each is better, and what a test says of it."""
    if target.exclusive:
        told, test, p = "A alone is right on {only_a_right}, B alone on {only_b_right}", "McNemar", part["mcnemar_p"]
    else:
        told, test, p = "A is nearer on {a_nearer}, B on {b_nearer}", "sign test", part["sign_p"]
    return told.format(**part), f"{test:<14} p = {p:.3g}: {_verdict(p, target)}"


def _differ(part: dict[str, Any], target: Target) -> str:
    rows = f"{part['differ']} of {part['rows']} rows"
    if target.exclusive:
        return f"{rows} are decided otherwise ({part['share']:.2%})"
    return f"{rows} differ, by {target.describe_distance(part['distance'])}"


def _gain(gain: dict[str, Any]) -> str:
    low, high = gain["interval"]
    return f"{gain['gain']:+.5f} ±{gain['error']:.5f} (95 %: {low:+.5f} to {high:+.5f})"


def _verdict(p: float, target: Target) -> str:
    better = "right" if target.exclusive else "nearer"
    return f"one is {better} more often" if p < 0.05 else "so uneven a split is no surprise if both are equally good"


def _pairs(part: dict[str, Any], target: Target) -> str:
    text = options.table(part["pairs"][:SHOWN])
    more = len(part["pairs"]) - SHOWN
    what = "pairs of classes" if target.exclusive else target.named
    return text + (f"\n... and {more} more {what}" if more > 0 else "")
