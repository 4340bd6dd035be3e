"""kit runs archive"""

import click

from kit.cli import completion, options


@click.command()
@click.argument("references", metavar="RUN...", nargs=-1, required=True, shell_complete=completion.runs)
@click.option("--undo", is_flag=True, help="Show them again.")
def command(references: tuple[str, ...], undo: bool) -> None:
    """Mark runs as archived: hidden in `kit runs`, and not among those that other verbs choose from.

    Nothing else changes: an archived run can be named like any other, and what was made of it stays.
    """
    from kit import runs
    from kit.files import write_text

    for run in [runs.find(reference, runs.read_run) for reference in references]:
        if undo:
            run.archive_mark.unlink(missing_ok=True)
        else:
            write_text(run.archive_mark, "")
        click.echo(run.id)
    options.next_step("runs" if undo else "runs --archived   (or: kit runs archive --undo RUN)")
