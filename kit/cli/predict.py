"""kit predict"""

import click

from kit.cli import backend, options
from kit.cli.options import Settings


@click.command(short_help="predict a finished run again, with other TTA views")
@click.argument("reference", metavar="RUN")
@click.option("--tta", required=True, metavar="VIEW,VIEW,...", help="Views to average, such as identity,hflip.")
@click.option("--name", help="Goes into the run id.")
@options.json_option
@click.pass_obj
def command(obj: Settings, reference: str, tta: str, name: str | None, as_json: bool) -> None:
    """Predict a finished run again, with other TTA views; nothing is trained. The result is a new run, its id the last line.

    \b
    kit predict cifar-10-scratch-resnet9-1121-093012 --tta identity,hflip
    """
    from kit import runs
    from kit.config import convert

    source = runs.find(reference)
    competition = obj.competition(source.slug)
    backend.load()
    from kit.learn import train

    run = train.predict_again(source, competition, convert("tta", tta), name=name)
    options.run_result(run, as_json=as_json)
    options.next_step(f"runs {run.slug}")
