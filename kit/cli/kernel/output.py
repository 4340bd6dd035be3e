"""kit kernel output"""

import shlex

import click

from kit.cli import options
from kit.cli.kernel import built
from kit.cli.options import GlobalOptions


@click.command()
@built.name_argument
@click.option("--wait", is_flag=True, help="Until the kernel has run to its end.")
@built.timeout_option
@built.poll_option
@options.archive_options
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, name: str, wait: bool, timeout: float, poll: float, as_json: bool) -> None:
    """Fetch what the version that was pushed last wrote, into a fresh folder, and check it against what it reported."""
    from kit.kaggle import kernels
    from kit.kernel import bundle, pushed
    from kit.submission import check

    folder = built.folder(name)
    competition = obj.competition(bundle.manifest(folder)["slug"])
    if wait:
        kernels.wait(*pushed.version(folder), timeout_s=timeout, poll_s=poll)
    result = pushed.fetch(folder, competition)
    check.build_or_read_checked(competition, result["submission"])
    subject = result["run"] if result["mode"] == "train" else result["submission"]
    options.result(result, f"run           {result['run']}\nsubmission    {result['submission']}", as_json=as_json)
    options.next_step(
        f"submit {competition.slug} {shlex.quote(subject)} --send   (in a code competition: kit kernel submit {name})"
    )
