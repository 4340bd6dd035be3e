"""Commands that people are told to type, as they have to type them."""

import re
import shlex
from collections.abc import Iterator

import click
from click.core import ParameterSource


def complete(text: str, *options: str) -> str:
    """The text; each `kit VERB` in it has the options, those given here and those that the user gave before the verb."""
    context = click.get_current_context(silent=True)
    root = context.find_root() if context else None
    if root is None or not isinstance(root.command, click.Group):
        return text
    if words := shlex.join([*options, *_select_typed(root)]):
        verbs = "|".join(root.command.list_commands(root))
        return re.sub(rf"(?<![\w/.-])kit (?=(?:{verbs})\b)", lambda _: f"kit {words} ", text)
    return text


def _select_typed(root: click.Context) -> Iterator[str]:
    for option in root.command.params:
        value = root.params.get(option.name or "")
        if root.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE:
            for one in value if isinstance(value, tuple) else [value]:
                yield from [option.opts[0]] if one is True else [option.opts[0], str(one)]
