"""A group of verbs, each in its own module, which is loaded only when the verb is called."""

import importlib
from typing import Any

import click


class Lazy(click.Group):
    """verbs: verb -> what it does, in the order they are listed. The module is <package>.<verb>, with _ for -."""

    def __init__(self, *arguments: Any, package: str, verbs: dict[str, str], title: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.package, self.verbs, self.title = package, verbs, title

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.verbs)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.verbs:
            return None
        command: click.Command = importlib.import_module(f"{self.package}.{name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(self.title):
            formatter.write_dl(list(self.verbs.items()))
