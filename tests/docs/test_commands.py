"""What the pages tell people to type: verbs, options, arguments and make targets exist, in blocks and within sentences.

Each command is parsed by the kit's own command line, which then does nothing. One within a sentence may lack what the
sentence is not about, such as an argument; one in a block is whole.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest

from kit.cli.main import kit
from kit.config import parse
from kit.errors import ConfigError
from tests.bench.__main__ import main as bench
from tests.docs.pages import ROOT, each_page

STANDS_FOR = {
    "VERB": "list",
    "K": "1",
    "N": "1",
    "SHARE": "0.1",
    "key=value": "epochs=1",
}  # in the pages, where any word will do
INCOMPLETE = (click.BadOptionUsage, click.MissingParameter, click.exceptions.NoArgsIsHelpError)


def _texts(page: str) -> Iterator[tuple[str, bool]]:
    """Each line of its blocks of code, and each piece of code within its sentences; and whether it is of a block."""
    fence = re.compile(r"```(\w*)\n(.*?)```", re.S)
    for language, block in fence.findall(page):
        if language in ("sh", "python"):
            yield from ((line, True) for line in block.splitlines())
    yield from ((" ".join(code.split()), False) for code in re.findall(r"`([^`]+)`", fence.sub("", page)))


def _commands(line: str) -> Iterator[list[str]]:
    """The words of each command of a line, those within quotes too, without what it sets in the environment."""
    lexer = shlex.shlex(line.strip().removeprefix("!"), posix=True, punctuation_chars="&;|")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if not set(word) <= set("&;|"):
            if words or not re.match(r"\w+=", word):
                words.append(word)
            continue
        yield words
        yield from (inner for text in words if "&&" in text for inner in _commands(text))
        words = []


def _typed(page: str, *programs: str) -> list[tuple[list[str], bool]]:
    """Arguments that the page gives to one of the programs, directly or by Apptainer; and whether in a block."""
    found = []
    for text, whole in _texts(page):
        if any(program in text for program in programs):
            for words in _commands(text):
                start = words.index("kit.sif") if "kit.sif" in words and "run" in words else 0
                if words and Path(words[start]).name in programs:
                    found.append(([STANDS_FOR.get(word, word) for word in words[start + 1 :]], whole))
    return found


def _check(words: list[str], whole: bool, command: click.Command = kit) -> None:
    try:
        command.main(words, standalone_mode=False)
    except INCOMPLETE:
        if whole:
            raise
    for option, value in pairwise(words):
        if option == "--set":
            parse(value)


@pytest.fixture
def parsed(monkeypatch):
    """Commands end where they would begin to do something."""
    monkeypatch.setattr(click.Command, "invoke", lambda command, context: None)
    monkeypatch.setenv("KIT_TEAM", "/mnt/team")  # as the block that does without --store sets it
    monkeypatch.setenv("KIT_DEVICE", "cpu")  # --device sets it while it is parsed: later tests are not to see that


@each_page
def test_commands_of_the_kit_parse(page, parsed):
    for words, whole in _typed(page.read_text(), "kit", "kit.sif"):
        _check(words, whole)


@each_page
def test_make_targets_and_their_variables_exist(page, parsed):
    makefile = (ROOT / "Makefile").read_text()
    for words, whole in _typed(page.read_text(), "make"):
        unknown = [name for name in re.findall(r"^(\w+)=", "\n".join(words), re.M) if f"$({name}" not in makefile]
        assert unknown == []
        order = ["make", "-n", "-C", ROOT, *words]
        path = {"PATH": os.environ["PATH"]}  # nothing of what `make test ARGS=…` was given
        plan = subprocess.run(order, capture_output=True, text=True, check=True, env=path).stdout
        for program, line in re.findall(r"^\.venv/bin/(?:python -m tests\.)?(kit|bench) (.*)", plan, re.M):
            _check(shlex.split(line), whole, {"kit": kit, "bench": bench}[program])


@pytest.mark.parametrize(
    "text",
    [
        "```sh\nkit run digit-recognizer && kit trian digit-recognizer\n```",
        "```sh\nKIT_HOME=/tmp/x kit trian digit-recognizer\n```",
        '```sh\nssh HOST "cd kit && kit trian digit-recognizer"\n```',
        "```sh\napptainer run --nv kit.sif trian digit-recognizer\n```",
        "```python\n!kit doctor; kit trian digit-recognizer\n```",
        "```sh\nkit prepare   # no argument\n```",
        "| a table | `kit trian` |",
        "`kit kernel bild`",
        "`kit train SLUG --fold-count 3`",
        "`kit train SLUG --set epoch=3`",
        "`.venv/bin/kit trian SLUG`",
    ],
)
def test_a_wrong_command_is_found(text, parsed):
    typed = _typed(text, "kit", "kit.sif")
    assert typed
    with pytest.raises((click.UsageError, ConfigError)):
        for words, whole in typed:
            _check(words, whole)
