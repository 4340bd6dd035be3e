"""kit runs import"""

from pathlib import Path

import click

from kit.cli import options
from kit.cli.options import GlobalOptions

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@options.slug_argument
@click.option("--oof", required=True, metavar="FILE", type=FILE, help="Predictions out of fold, of the training rows.")
@click.option("--test", required=True, metavar="FILE", type=FILE, help="Predictions of the test rows.")
@click.option("--folds", metavar="FILE", type=FILE, help="The folds they were made on: a table of ids and folds.")
@click.option("--name", help="Goes into the run id.")
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, slug: str, oof: Path, test: Path, folds: Path | None, name: str | None, as_json: bool
) -> None:
    """Make a run of predictions that another program made; its id is the last line. Ensembles and submissions take it.

    \b
    kit runs import cifar-10 --oof oof.csv --test test.csv --folds folds.csv

    A .csv has a column of ids and one for each class, label or number, or the columns of a submission of probabilities or
    numbers; an .npz has ids, probabilities and classes. --folds may be the same file as --oof, if that has a column `fold`.
    Ids, columns, values and folds are checked, the score is computed here. That no row was predicted by a model that learned
    from it is believed.
    """
    from kit.sharing.import_run import import_run
    from kit.tracking import export

    run = import_run(obj.competition(slug), oof, test, folds_file=folds, name=name)
    export.export_finished(run)
    options.run_result(run, as_json=as_json)
    options.next_step(f"runs {slug} --sort score   (then: kit ensemble {slug} RUN RUN)")
