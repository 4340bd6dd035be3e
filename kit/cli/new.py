"""`kit new`: a folder for another competition, filled with what its archive shows."""

import shlex
from pathlib import Path
from typing import Any

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
    "given",
    metavar="ARCHIVE|FOLDER|OWNER/NAME",
    help="Kaggle's archive, or the folder that it was unpacked to, to read names, columns and classes from; a folder with a "
    "folder of images for each class; or a Kaggle dataset of such.  [default: the downloaded archive, if there is one]",
)
@click.option(
    "--in",
    "parent",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of competition folders to put it in.  [default: that of --competitions, else competitions]",
)
@options.archive_options
@click.pass_obj
def command(obj: GlobalOptions, slug: str, given: str | None, parent: Path | None) -> None:
    """Start DIR/SLUG/competition.py, a plug-in that loads as it is; what is left to decide is marked TODO.

    \b
    kit new leaf-shapes --from ~/Downloads/leaf-shapes.zip     what Kaggle's "download all" gives
    kit new pets --from ~/pets                                 cat/1.jpg, dog/1.jpg, ...; or train/cat/..., test/cat/...
    kit new pets --from somebody/cats-and-dogs                 a Kaggle dataset of that form

    Of a folder or dataset, a fifth of each class is set aside, unless it has a test or val folder beside train; the competition
    is scored on that, here. A path that exists is never taken for a dataset.
    """
    from kit.scaffold import class_source, facts, template

    if not SLUG.fullmatch(slug):
        raise DataError(f"{slug!r} is not a slug", expected="lower-case letters, digits and single dashes")
    parent = parent or (Path(obj.extra[0]) if obj.extra else Path("competitions"))
    folder = parent / slug
    if folder.exists():
        raise DataError(f"{folder} is there already", do="edit it; removed, it is written anew from the archive")
    source = class_source.find(given) if given else _find_archive(slug)
    known, files = _read(slug, source)
    with replace_folder(folder) as temporary:
        for name, text in files.items():
            write_text(temporary / name, text)
    click.echo(folder / "competition.py")
    if source:
        guesses = template.list_guesses(files["competition.py"])
        for line in (f"read {source}", *facts.describe(known), *(f"to do     {guess}" for guess in guesses)):
            say(line)
    else:
        say(
            f"no archive read, all of it is guessed: repeat with --from ARCHIVE, or after the download; remove {folder} before"
        )
    say(f"edit {folder / 'competition.py'}, where it says TODO: {files['competition.py'].count('TODO')} times")
    known_folder = parent.resolve() in obj.folders
    step = _choose_next(slug, given, source) + options.typed_limits()
    options.next_step(step, *([] if known_folder else ["--competitions", str(parent)]))


def _read(slug: str, source: Path | str | None) -> tuple[Any, dict[str, str]]:
    """What the source shows (kit.scaffold.facts.Facts), and the text of the files to write."""
    from kit.scaffold import class_source, facts, template

    if source is None:
        known = facts.Facts()
        return known, template.write_files(slug, known)
    if isinstance(source, Path) and class_source.is_archive(source):
        known = facts.read(source)
        return known, template.write_files(slug, known)
    known = facts.read(class_source.pack(slug, source))
    return known, template.write_files(slug, known, class_source.write_build(slug, source))


def _choose_next(slug: str, given: str | None, source: Path | str | None) -> str:
    from kit.scaffold import class_source

    if source and class_source.is_archive(source):
        return f"download {slug} --from {shlex.quote(str(source))}" if given else f"prepare {slug}"
    return f"run {slug}" if source else f"download {slug}"


def _find_archive(slug: str) -> Path | None:
    return next(iter(sorted(paths.data(slug).archives.glob("*.zip"))), None)
