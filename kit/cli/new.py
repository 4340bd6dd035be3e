"""`kit new`: a folder for another competition, filled with what its archive shows."""

import shlex
from pathlib import Path

import click

from kit import paths
from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.errors import DataError
from kit.files import replace_folder, write_text
from kit.plugins import SLUG
from kit.progress import say


@click.command()
@options.slug_argument
@click.option(
    "--from",
    "archive",
    metavar="ARCHIVE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Kaggle's archive, to read names, columns and classes from.  [default: the downloaded one, if there is one]",
)
@click.option(
    "--in",
    "parent",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of competition folders to put it in.  [default: that of --competitions, else competitions]",
)
@click.pass_obj
def command(obj: GlobalOptions, slug: str, archive: Path | None, parent: Path | None) -> None:
    """Start DIR/SLUG/competition.py, a plug-in that loads as it is; what is left to decide is marked TODO."""
    from kit.scaffold import facts, template

    if not SLUG.fullmatch(slug):
        raise DataError(f"{slug!r} is not a slug", expected="lower-case letters, digits and single dashes")
    parent = parent or (Path(obj.extra[0]) if obj.extra else Path("competitions"))
    folder = parent / slug
    if folder.exists():
        raise DataError(f"{folder} is there already", do="edit it, or remove it first")
    source = archive or _find_archive(slug)
    known = facts.read(source) if source else facts.Facts()
    files = template.write_files(slug, known)
    with replace_folder(folder) as temporary:
        for name, text in files.items():
            write_text(temporary / name, text)
    click.echo(folder / "competition.py")
    if source:
        guesses = template.list_guesses(files["competition.py"])
        for line in (f"read {source}", *facts.describe(known), *(f"to do     {guess}" for guess in guesses)):
            say(line)
    else:
        say("no archive read: all of it is guessed")
    say(f"edit {folder / 'competition.py'}, where it says TODO: {files['competition.py'].count('TODO')} times")
    step = (
        f"download {slug} --from {shlex.quote(str(archive))}"
        if archive
        else f"prepare {slug}"
        if source
        else f"download {slug}"
    )
    known_folder = parent.resolve() in obj.folders
    options.next_step(step, *([] if known_folder else ["--competitions", str(parent)]))


def _find_archive(slug: str) -> Path | None:
    return next(iter(sorted(paths.data(slug).archives.glob("*.zip"))), None)
