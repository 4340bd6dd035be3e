"""kit runs note"""

import click

from kit.cli import completion, options


@click.command()
@click.argument("reference", metavar="RUN", shell_complete=completion.runs)
@click.argument("words", metavar="[TEXT...]", nargs=-1)
@click.option("--remove", is_flag=True, help="Forget the note.")
def command(reference: str, words: tuple[str, ...], remove: bool) -> None:
    """Keep a line about a run, in place of an earlier one; `kit runs` shows it. Without TEXT, print it.

    \b
    kit runs note cifar-10-scratch-resnet9-1121-093012 worse on cats, try more mixup
    """
    from kit import runs
    from kit.files import write_text
    from kit.runs import listing

    run = runs.find(reference, runs.read_run)
    if remove and words:
        raise click.UsageError("give a text, or --remove")
    if remove:
        run.note_file.unlink(missing_ok=True)
    elif words:
        write_text(run.note_file, " ".join(words) + "\n")
    click.echo(listing.read_note(run))
    options.next_step(f"runs {run.slug}")
