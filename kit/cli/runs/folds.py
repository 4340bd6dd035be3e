"""kit runs folds"""

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions


@click.command()
@click.argument("slug", metavar="SLUG", callback=options.refuse_store, shell_complete=completion.competitions)
@options.store_option(required=True)
@click.option(
    "--reset-folds", is_flag=True, help="In place of other folds here; runs that were trained on those stay behind."
)
@click.pass_obj
def command(obj: GlobalOptions, where: str, slug: str, reset_folds: bool) -> None:
    """Take the team's folds.csv, which the first `kit runs push` has brought there: only runs on equal folds can be joined."""
    from kit.sharing import stores, team_folds

    click.echo(team_folds.take(stores.open_store(where), obj.competition(slug), reset=reset_folds))
    options.next_step(f"runs remote {slug}{options.typed_store()}")
