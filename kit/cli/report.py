"""kit report"""

import click

from kit.cli import options
from kit.cli.options import Settings


@click.command(short_help="one page about a run: curves, confusions, worst mistakes")
@click.argument("reference", metavar="RUN")
@options.json_option
@click.pass_obj
def command(obj: Settings, reference: str, as_json: bool) -> None:
    """Write one self-contained page about a run: scores, learning curves, confusions, calibration, worst mistakes."""
    from kit import runs
    from kit.report import page

    run = runs.find(reference)
    path = page.write(run, obj.competition(run.slug))
    options.result({"run": run.id, "report": str(path)}, str(path), as_json=as_json)
    options.next_step(f"submit {run.slug} {run.id}")
