"""kit runs empty-trash"""

import click

from kit.cli import options
from kit.stats.digits import write_size


@click.command("empty-trash")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(yes: bool) -> None:
    """Remove what lies in runs/.trash for good, after asking."""
    from kit.runs import trash

    if names := trash.list_ids():
        click.echo("\n".join(names))
        if not yes and not click.confirm(f"remove these {len(names)} runs for good?", err=True):
            return
    click.echo(f"freed {write_size(trash.empty())}")
    options.next_step("runs")
