"""kit runs pull"""

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions
from kit.errors import DataError, KitError
from kit.progress import say


@click.command()
@click.argument("where", metavar="WHERE")
@click.argument("references", metavar="[RUN...]", nargs=-1, shell_complete=completion.runs)
@click.option("--weights", is_flag=True, help="The weights too.")
@options.archive_options
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, where: str, references: tuple[str, ...], weights: bool, as_json: bool) -> None:
    """Bring runs here from a shared folder, a URL, or kaggle:owner/name; all that are there, if none is named.

    A run is taken only if every byte is as it was pushed, its classes, rows, data and folds are those here, and no other run
    of its id is here. Then it is a run like any other: `kit ensemble`, `kit report` and `kit submit` take it.
    """
    from kit import runs
    from kit.fields import ID
    from kit.sharing import stores
    from kit.sharing.manifest import PREDICTIONS
    from kit.sharing.pull import pull

    store = stores.open_store(where)
    there = [name for name in store.ids(PREDICTIONS.name) if ID.fullmatch(name)]
    chosen = [runs.one_of(text, there, stores.redact(where), "its owner is to push it") for text in references] or there
    fetched: dict[str, int] = {}
    refused = []
    for name in dict.fromkeys(chosen):
        try:
            fetched[name] = pull(store, name, obj.competition, source=stores.redact(where), weights=weights)
        except KitError as error:
            if len(chosen) == 1:
                raise
            refused.append(name)
            say(f"refused: {error}")
    text = [f"{name}  {f'{size / 1e6:.1f} MB' if size else 'is here already'}" for name, size in fetched.items()]
    rows = [{"run": name, "bytes": size} for name, size in fetched.items()]
    options.result(rows, "\n".join(text) or "no runs", as_json=as_json)
    if refused:
        raise DataError(f"{len(refused)} of {len(chosen)} runs were refused", received=", ".join(refused))
    options.next_step("runs --sort score   (then: kit ensemble SLUG RUN RUN)")
