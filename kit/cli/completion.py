"""`kit completion`: what a shell proposes while somebody types. Nothing heavy is imported while it asks."""

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete verbs, options, competitions and runs.

    \b
    kit completion bash >> ~/.bashrc
    kit completion zsh >> ~/.zshrc
    kit completion fish > ~/.config/fish/completions/kit.fish
    """
    known = get_completion_class(shell)
    if known is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(known(ctx.find_root().command, {}, "kit", "_KIT_COMPLETE").source())


def competitions(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Slugs, also of folders that were given by --competitions."""
    from kit.errors import KitError
    from kit.plugins import folders

    extra = context.find_root().params.get("extra") or ()
    try:
        return _filter_by_prefix(typed, folders(map(Path, extra)))
    except KitError:  # a folder that is not there: the verb will say so
        return []


def runs(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Names of run folders: what they hold is not read."""
    from kit import paths

    return _filter_by_prefix(typed, sorted(path.parent.name for path in paths.runs().glob("*/run.json")))


def _filter_by_prefix(typed: str, names: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(typed)]
