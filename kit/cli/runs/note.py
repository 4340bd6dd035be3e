"""kit runs note"""

import click

from kit.cli import completion, options


@click.command()
@click.argument("reference", metavar="RUN", shell_complete=completion.runs)
@click.argument("words", metavar="[TEXT...]", nargs=-1)
@click.option("--remove", is_flag=True, help="Forget the note.")
@click.option("--tag", "tags", multiple=True, metavar="WORD", help="A word to find it by; may be repeated.")
@click.option("--untag", multiple=True, metavar="WORD", help="A tag to take away; may be repeated.")
def command(
    reference: str, words: tuple[str, ...], remove: bool, tags: tuple[str, ...], untag: tuple[str, ...]
) -> None:
    """Keep a line about a run, in place of an earlier one, and tags beside it; `kit runs` shows both, `kit runs --tag WORD` the
    runs with a tag. Without TEXT, print the line, after which its tags follow.

    \b
    kit runs note cifar-10-scratch-resnet9-1121-093012 worse on cats, try more mixup --tag mixup
    """
    from kit import runs
    from kit.files import write_text
    from kit.runs import notes

    run = runs.find(reference, runs.read_run)
    if remove and words:
        raise click.UsageError("give a text, or --remove")
    if tags or untag:
        notes.change_tags(run, tags, untag)
    if remove:
        run.note_file.unlink(missing_ok=True)
    elif words:
        write_text(run.note_file, " ".join(words) + "\n")
    click.echo(notes.read_note(run))
    if given := notes.read_tags(run):
        click.echo(f"tags: {', '.join(given)}")
    options.next_step(f"runs {run.slug}")
