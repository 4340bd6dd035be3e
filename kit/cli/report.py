"""kit report"""

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions
from kit.errors import ConfigError, KitError
from kit.learn import backend
from kit.progress import say


@click.command()
@click.argument("reference", metavar="RUN|SLUG", shell_complete=completion.runs)
@click.option("--quick", is_flag=True, help="Without class activation maps, filters and feature maps: no Keras.")
@click.option("--layer", metavar="N", default=1, show_default=True, help="Convolution to look into, counted from 1.")
@click.option("--offline", is_flag=True, help="Of a competition: as Kaggle last said; no request is made.")
@options.store_option()
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, reference: str, quick: bool, layer: int, offline: bool, where: str | None, as_json: bool
) -> None:
    """Write one self-contained page about a run: scores, curves, confusions, calibration, mistakes, and what the network saw:
    class activation maps (Grad-CAM), filters, feature maps.

    Of a competition: what to do next, who of the team has what and, as its store knows, means to send, all runs over time,
    and the submissions, out of fold against public score.
    """
    from kit import plugins, runs
    from kit.leaderboard import ledger
    from kit.report import page, season
    from kit.submission import kaggle_list

    if reference in plugins.folders(obj.folders):
        competition = obj.competition(reference)
        ledger.refresh(competition, offline=offline)
        left = None if offline or competition.scored_here else kaggle_list.count_left(reference)
        path = season.write(competition, left, _list_claims(where, reference) if where and not offline else None)
        options.result({"competition": reference, "report": str(path)}, str(path), as_json=as_json)
        options.next_step(f"runs {reference}")
        return
    if options.typed_store():
        raise ConfigError(
            "--store is about the page of a competition", received=reference, do="leave it out, or name one"
        )
    run = runs.find(reference)
    if not quick and run.has_models:
        backend.load()
    path = page.write(run, obj.competition(run.slug), quick=quick, layer=layer)
    options.result({"run": run.id, "report": str(path)}, str(path), as_json=as_json)
    options.next_step(f"submit {run.slug} {run.id}")


def _list_claims(where: str, slug: str) -> dict[str, str] | None:
    """By run, who means to send it today; None, which is said, where the store cannot be read."""
    from kit.sharing import claims, stores

    try:
        return claims.list_claims(stores.open_store(where), slug)
    except KitError as error:
        say(f"the page is without claims: {error}")
        return None
