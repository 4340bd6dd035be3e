"""kit runs restore"""

import click

from kit.cli import completion, options


@click.command()
@click.argument("references", metavar="RUN...", nargs=-1, required=True, shell_complete=completion.runs)
def command(references: tuple[str, ...]) -> None:
    """Bring runs back that `kit runs delete` has moved to the trash, by their id or a unique beginning of it."""
    from kit.runs import trash

    for reference in references:
        click.echo(trash.restore(reference).id)
    options.next_step("runs")
