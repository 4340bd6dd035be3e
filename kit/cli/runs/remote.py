"""kit runs remote"""

from typing import Any

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions


@click.command()
@click.argument(
    "slug",
    metavar="[SLUG]",
    required=False,
    callback=options.refuse_store,
    shell_complete=completion.competitions,
)
@options.store_option(required=True)
@options.tag_option
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, where: str, slug: str | None, tags: tuple[str, ...], as_json: bool) -> None:
    """What lies in the team's store: whose runs, and how they score. None is pulled.

    The best comes first. here: yes, or deleted, where `kit runs pull` brings it only by its name.
    """
    from kit.sharing import remote, stores

    listed = remote.list_shared(stores.open_store(where), slug, obj.folders)
    rows = [row for row in listed if {*tags} <= {*row["tags"]}]
    shown = [*remote.COLUMNS, *(name for name in ("tags", "note") if any(row[name] for row in rows))]
    text = options.table([{name: _cell(name, row[name]) for name in shown} for row in rows])
    options.result(rows, text or "no runs", as_json=as_json)
    options.next_step(f"runs pull --best 3{options.typed_store()}   (or name runs; without either, all)")


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "created":
        return str(value)[:16].replace("T", " ")
    if name == "tags":
        return ",".join(value)
    return f"{value:.5f}" if name in ("score", "error") else str(value)
