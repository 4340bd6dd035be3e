"""What the subverbs share: which kernel, and how long to wait for it."""

from pathlib import Path

import click

name_argument = click.argument("name", metavar="NAME")
timeout_option = click.option(
    "--timeout", type=click.FloatRange(min=0), default=3600.0, show_default=True, help="Seconds to wait at most."
)
poll_option = click.option("--poll", type=click.FloatRange(min=0), default=15.0, hidden=True)


def folder(name: str) -> Path:
    """kernels/NAME under $KIT_HOME, or a path to it."""
    from kit import paths

    return Path(name) if "/" in name else paths.kernels() / name
