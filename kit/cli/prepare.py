"""kit prepare: extract, check and decode the data once, and write the folds."""

from pathlib import Path

import click

from kit.cli import options


@click.command()
@options.slug_argument
@click.option(
    "--folds",
    type=int,
    metavar="N",
    help="Deal the rows out to N folds, if there is no folds.csv yet (default: the competition's, or 5).",
)
@click.option(
    "--fold-seed", type=int, help="Deals the rows out to the folds, if there is no folds.csv yet (default: 0)."
)
@click.option(
    "--reset-folds", is_flag=True, help="Replace a folds.csv; runs on the old folds cannot be compared any more."
)
@click.option(
    "--folds-from",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take folds.csv from a table of a team or a host: a column `fold`, -1 for rows that are only learned from.",
)
@click.option("--split-groups", is_flag=True, help="Keep folds that part rows of one group, such as one patient's.")
@click.option("--allow-bad", is_flag=True, help="Go on with more than 1 % unreadable training images.")
@click.option(
    "--holdout",
    type=float,
    default=0.0,
    metavar="SHARE",
    help="Set this share of the training rows aside, once and for all, for `kit submit --local`.",
)
@options.archive_options
@options.json_option
@click.pass_obj
def command(
    obj: options.GlobalOptions,
    slug: str,
    folds: int | None,
    fold_seed: int | None,
    reset_folds: bool,
    folds_from: Path | None,
    split_groups: bool,
    allow_bad: bool,
    holdout: float,
    as_json: bool,
) -> None:
    """Extract, check and decode the data of SLUG once, and write the folds.

    Safe to repeat: what is valid is left alone. folds.csv is the one file that a team shares.
    """
    from kit import paths
    from kit.data import check
    from kit.data.prepare import check_data, prepare

    competition = obj.competition(slug)
    folders = paths.data(slug)
    dataset = prepare(
        competition,
        folders,
        folds=folds,
        fold_seed=fold_seed,
        reset_folds=reset_folds,
        allow_bad=allow_bad,
        held_out=holdout,
        folds_from=folds_from,
        split_groups=split_groups,
    )
    report = check_data(competition, folders, dataset)
    options.result(report, f"{check.text(competition, report)}\nfolds          {folders.folds}", as_json=as_json)
    options.next_step(f"train {slug}")
