"""kit runs list"""

from typing import Any

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions


@click.command()
@click.argument("slug", metavar="[SLUG]", required=False, shell_complete=completion.competitions)
@click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="TEXT",
    help="Only runs of which that holds, such as recipe=finetune, score>0.99, kind!=ensemble; may be repeated.",
)
@options.tag_option
@click.option(
    "--sort", "key", metavar="KEY", help="A column or setting; -KEY turns it around. Scores are sorted best first."
)
@click.option("--columns", metavar="KEY,KEY", default="", help="Settings to show as well.")
@click.option("--archived", is_flag=True, help="Archived runs too.")
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions,
    slug: str | None,
    conditions: tuple[str, ...],
    tags: tuple[str, ...],
    key: str | None,
    columns: str,
    archived: bool,
    as_json: bool,
) -> None:
    """What was trained, and how it scored out of fold (with the standard error: less than twice that apart is noise)."""
    from kit import paths, runs
    from kit.runs import listing

    tests = [listing.condition(text) for text in conditions]
    shown = [listing.check_key(name) for name in columns.split(",") if name]
    listed = runs.list_runs(obj.competition(slug).slug if slug else None, archived=archived)
    rows = [
        row for row in map(listing.record, listed) if all(test(row) for test in tests) and {*tags} <= {*row["tags"]}
    ]
    if key:
        rows = listing.sort_rows(rows, key, obj.folders)
    wanted = [*listing.COLUMNS, *(name for name in shown if name not in listing.COLUMNS)]
    answer = [
        {name: row[name] for name in (*wanted, "slug", "author", "parents", "archived", "tags", "note")} for row in rows
    ]
    options.result(answer, options.table(_cells(rows, wanted)) or "no runs yet", as_json=as_json)
    here = [row for row in rows if (paths.runs() / row["run"]).is_dir()]  # not in a folder of another name
    if finished := [row for row in here if row["status"] == "finished"]:
        best = finished[0 if key else -1]
        options.next_step(f"report {best['run']}   (or: kit submit {best['slug']} {best['run']})")
    else:
        options.next_step(f"train {slug}" if slug else "list")


def _cells(rows: list[dict[str, Any]], wanted: list[str]) -> list[dict[str, Any]]:
    """The wanted columns as texts; notes only where there are any, authors where there are several."""
    several = ["author"] if len({row["author"] for row in rows}) > 1 and "author" not in wanted else []
    wanted = [*wanted, *several, *(name for name in ("archived", "tags", "note") if any(row[name] for row in rows))]
    return [{name: _cell(name, row[name]) for name in wanted} for row in rows]


def _cell(name: str, value: Any) -> Any:
    if name == "created":
        return value[:16].replace("T", " ")
    if name == "archived":
        return "archived" if value else ""
    if isinstance(value, tuple | list):
        return ",".join(map(str, value))
    return "" if value is None else f"{value:.5f}" if name in ("score", "error") else value
