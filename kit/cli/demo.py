"""kit demo"""

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.cli.run import command as run


@click.command()
@options.json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """The whole job on scikit-learn's digits: no network, no token, no GPU. The same as `kit run sklearn-digits`.

    Two networks on three folds each, test-time augmentation, an ensemble, a checked submission, and its score on labels
    that were set aside.
    """
    ctx.ensure_object(GlobalOptions)
    ctx.invoke(run, slug="sklearn-digits", as_json=as_json)
