"""kit kernel status"""

import click

from kit.cli import options
from kit.cli.kernel import built


@click.command()
@built.name_argument
@options.json_option
def command(name: str, as_json: bool) -> None:
    """Say how the version that was pushed last goes, and why it failed if it did."""
    from kit.kaggle import kernels
    from kit.kernel import pushed

    kernel, version = pushed.version(built.folder(name))
    state, reason = kernels.status(kernel, version)
    value = {"kernel": kernel, "version": version, "status": state, "reason": reason}
    options.result(value, f"{kernel} version {version}: {state}{f' ({reason})' if reason else ''}", as_json=as_json)
