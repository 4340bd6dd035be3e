"""`kit runs`: what was tried. Each subverb lives in its own module, loaded only when called; without one, the list."""

import importlib

import click

# Subverb -> what it does. The module is kit.cli.runs.<subverb>.
SUBVERBS = {
    "list": "every run and its score out of fold; what `kit runs` alone does",
}


class Runs(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`kit runs`, `kit runs SLUG` and `kit runs --json` are about the list."""
        if not args or args[0] not in (*SUBVERBS, *ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBVERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in SUBVERBS:
            return None
        command: click.Command = importlib.import_module(f"kit.cli.runs.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Subverbs"):
            formatter.write_dl(list(SUBVERBS.items()))


@click.command(cls=Runs, short_help="what was trained, and how it scored out of fold")
def command() -> None:
    """What was tried, and how it scored out of fold.

    \b
    kit runs [SLUG]      the list
    """
