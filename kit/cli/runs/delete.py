"""kit runs delete"""

import click

from kit.cli import completion, options
from kit.stats.digits import write_size
from kit.suggest import complete


@click.command()
@click.argument("references", metavar="RUN...", nargs=-1, required=True, shell_complete=completion.runs)
@click.option("--force", is_flag=True, help="Also runs that were submitted; the records of their submissions stay.")
@click.option(
    "--weights-only",
    is_flag=True,
    help="Remove weights and checkpoints for good; predictions and records stay, so that ensembles and submissions still work.",
)
def command(references: tuple[str, ...], force: bool, weights_only: bool) -> None:
    """Move runs to runs/.trash, from where `kit runs restore RUN` brings them back.

    A run that is being trained is refused, one that was submitted, and one that another run is made of.
    """
    from kit import runs
    from kit.leaderboard import ledger
    from kit.runs import trash

    doomed = list({run.id: run for run in (runs.find(reference, runs.read_run) for reference in references)}.values())
    if weights_only:
        freed = 0
        for run in doomed:
            freed += trash.delete_weights(run)
            click.echo(run.id)
        click.echo(f"freed {write_size(freed)}")
        options.next_step("runs")
        return
    moved = sum(trash.size(run.folder) for run in doomed)
    trash.delete(doomed, ledger.list_refs, force=force)
    for run in doomed:
        click.echo(run.id)
    click.echo(complete(f"in the trash: {write_size(moved)}, which `kit runs empty-trash` frees"))
    options.next_step(f"runs restore {doomed[0].id}   (or: kit runs empty-trash)")
