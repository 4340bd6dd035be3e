"""kit runs pull"""

from typing import Any

import click

from kit import paths
from kit.cli import completion, options
from kit.cli.options import GlobalOptions
from kit.errors import DataError, KitError, list_names
from kit.fields import ID
from kit.progress import say
from kit.stats.digits import write_size


@click.command()
@click.argument(
    "references", metavar="[RUN...]", nargs=-1, callback=options.refuse_store, shell_complete=completion.runs
)
@options.store_option(required=True)
@click.option(
    "--best", type=click.IntRange(1), metavar="N", help="Of each competition, only the N of the best scores there."
)
@click.option("--weights", is_flag=True, help="The weights too.")
@options.archive_options
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions, where: str, references: tuple[str, ...], best: int | None, weights: bool, as_json: bool
) -> None:
    """Bring runs here from the team's store: all that are there, if none is named, but for those that were deleted here;
    name them to have them back.

    A run is taken only if every byte is as it was pushed, its classes, rows, data and folds are those here, and no other run
    of its id is here. Then it is a run like any other: `kit ensemble`, `kit report` and `kit submit` take it.
    """
    from kit import runs
    from kit.runs import trash
    from kit.sharing import stores
    from kit.sharing.manifest import PREDICTIONS
    from kit.sharing.pull import pull

    store = stores.open_store(where)
    there = [name for name in store.ids(PREDICTIONS.name) if ID.fullmatch(name)]
    chosen = [runs.one_of(text, there, stores.redact(where), "its owner is to push it") for text in references]
    chosen = chosen or _choose(there, store, best, obj)
    fetched: dict[str, int] = {}
    refused: dict[str, str] = {}
    for name in dict.fromkeys(chosen):
        try:
            fetched[name] = pull(store, name, obj.competition, source=stores.redact(where), weights=weights)
            trash.forget_deletion(name)
        except KitError as error:
            if len(chosen) == 1:
                raise
            refused[name] = str(error)
    text = [f"{name}  {write_size(size) if size else 'is here already'}" for name, size in fetched.items()]
    rows = [{"run": name, "bytes": size} for name, size in fetched.items()]
    options.result(rows, "\n".join(text) or "no runs", as_json=as_json)
    _say_incomplete([name for name, size in fetched.items() if size])
    if refused:
        _say_refused(refused)
        raise DataError(f"{len(refused)} of {len(chosen)} runs were refused")
    options.next_step("runs --sort score   (then: kit ensemble SLUG RUN RUN)")


def _say_incomplete(fetched: list[str]) -> None:
    """Which of them were made of runs that are not here, not even now that all have come."""
    from kit.sharing.pull import list_missing_parents

    missing = {name: parents for name in fetched if (parents := list_missing_parents(name))}
    if missing:
        lacking = sorted({one for those in missing.values() for one in those})
        made = "they were made" if len(missing) > 1 else "it was made"
        say(f"{list_names(list(missing))} came without {list_names(lacking)}, of which {made}: predictions only")


def _say_refused(refused: dict[str, str]) -> None:
    """refused: by run, why. A line for each reason, which is that of the first of its runs."""
    alike: dict[str, list[str]] = {}
    for name, why in refused.items():
        alike.setdefault(why.replace(name, ""), []).append(name)
    for first, *others in alike.values():
        also = f"; for the same reason {list_names(others)}" if others else ""
        say(f"refused: {first}: {refused[first]}{also}")


def _choose(there: list[str], store: Any, best: int | None, obj: GlobalOptions) -> list[str]:
    """What to pull where no run is named: not what was deleted here."""
    from kit.runs import trash
    from kit.sharing import remote

    if best:
        return [row["run"] for row in remote.choose_best(remote.list_shared(store, competitions=obj.folders), best)]
    deleted = [name for name in there if name in trash.list_deleted() and not (paths.runs() / name).exists()]
    if deleted:
        say(f"deleted here, and left there: {list_names(deleted)}; name them to have them back")
    return [name for name in there if name not in deleted]
