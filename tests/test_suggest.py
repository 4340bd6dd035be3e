"""What a verb tells people to type works where they are: it has the options that they gave before the verb."""

import shlex

import click
import pytest

from kit.cli.main import kit as group
from kit.progress import say
from kit.suggest import complete


@pytest.fixture
def typed():
    """typed(words, text): the text completed after `kit *words` was typed."""

    def completed(words: list[str], text: str, *more: str) -> str:
        with group.make_context("kit", list(words), resilient_parsing=True):
            return complete(text, *more)

    return completed


def test_options_before_the_verb_come_before_each_verb(typed):
    words = ["--competitions", "my comps", "--debug", "--competitions", "b", "list"]
    text = typed(words, "next: kit submit zoo RUN   (or: kit report RUN)")
    given = "--competitions 'my comps' --competitions b --debug"
    assert text == f"next: kit {given} submit zoo RUN   (or: kit {given} report RUN)"
    assert typed(words, text) == text


@pytest.mark.parametrize("text", ["by a kit that did", "an older kit", "toolkit train", "kit trains"])
def test_what_is_no_command_stays(typed, text):
    assert typed(["--debug", "list"], text) == text


def test_nothing_given_nothing_added(typed):
    assert typed(["list"], "kit train zoo") == "kit train zoo" == complete("kit train zoo")
    assert typed(["list"], "kit train zoo", "--competitions", "a") == "kit --competitions a train zoo"
    with click.Context(click.Command("other")):
        assert complete("kit train zoo") == "kit train zoo"


def test_the_next_line_and_the_remedy_of_an_error_can_be_typed(here, plugins, archive):
    refused = here("prepare", "tiny-stripes", check=False)
    assert f"kit --competitions {plugins} download tiny-stripes" in refused.stderr
    done = here("download", "tiny-stripes", "--from", str(archive))
    [line] = [line for line in done.stderr.splitlines() if line.startswith("next: ")]
    program, option, folder, *words = shlex.split(line.removeprefix("next: "))
    assert (program, option, folder) == ("kit", "--competitions", str(plugins))
    assert here(*words).returncode == 0


def test_lines_about_what_is_going_on_can_be_typed(capsys):
    say("`kit prepare zoo` comes before blending")
    with group.make_context("kit", ["--competitions", "c", "list"], resilient_parsing=True):
        say("`kit prepare zoo` comes before blending")
    assert capsys.readouterr().err.splitlines() == [
        "`kit prepare zoo` comes before blending",
        "`kit --competitions c prepare zoo` comes before blending",
    ]


def test_a_file_with_a_space_in_its_name_is_quoted(here, prepared, tmp_path):
    file = tmp_path / "my file.csv"
    file.write_text("Id,Label\n" + "".join(f"{n + 1},{n % 3}\n" for n in range(30)))
    done = here("submit", "tiny-stripes", str(file))
    assert f"submit tiny-stripes '{file}' --send --wait" in done.stderr
