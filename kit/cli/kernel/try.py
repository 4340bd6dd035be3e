"""kit kernel try"""

from pathlib import Path

import click

from kit.cli import options
from kit.cli.kernel import built
from kit.cli.options import GlobalOptions


@click.command()
@built.name_argument
@click.option("--layout", type=click.Choice(["old", "new"]), default="new", show_default=True, help="Of /kaggle/input.")
@click.option("--python", metavar="PATH", help="With the packages of Kaggle's image. Default: that of make kernel-env.")
@options.archive_options
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, name: str, layout: str, python: str | None, as_json: bool) -> None:
    """Run a built kernel here as Kaggle would: its packages, read-only inputs, an empty HOME, no network.

    Ends with an error unless it writes the same submission as the run it was built from.
    """
    from kit.kernel import bundle, trial

    folder = built.folder(name)
    competition = obj.competition(bundle.manifest(folder)["slug"])
    interpreter = Path(python) if python else Path(trial.PYTHON)
    done = trial.run(folder, competition, layout=layout, python=interpreter)
    lines = {
        "submission": f"{done.submission} ({done.result['rows']} rows)",
        "agreement": done.agreement,
        "time": f"{done.seconds:.0f} s of {trial.HOURS} hours",
        "memory": f"{done.peak_mib} MiB of {trial.MEMORY_GIB} GiB",
        "network": "cut" if done.cut else "NOT cut: unshare is not allowed here",
    }
    value = {
        **done.result,
        "seconds": done.seconds,
        "peak_mib": done.peak_mib,
        "agreement": done.agreement,
        "cut": done.cut,
    }
    options.result(value, "\n".join(f"{key:<12}{text}" for key, text in lines.items()), as_json=as_json)
    options.next_step(f"kernel push {name}")
