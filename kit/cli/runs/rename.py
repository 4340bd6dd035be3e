"""kit runs rename"""

import click

from kit.cli import completion, options


@click.command()
@click.argument("reference", metavar="RUN", shell_complete=completion.runs)
@click.argument("name", metavar="[NAME]", required=False)
def command(reference: str, name: str | None) -> None:
    """Put NAME into a run's id; the new id is the last line. Refused where Kaggle or another run knows the old one.

    Without NAME: a folder that was renamed by hand gets its run's id back, a copy of another run's folder one of its own.
    """
    from kit import runs
    from kit.leaderboard import ledger
    from kit.runs.rename import rename

    run = runs.find(reference, runs.read_run)
    renamed = rename(run, name, ledger.list_refs(run))
    click.echo(renamed.id)
    options.next_step(f"runs {renamed.slug}")
