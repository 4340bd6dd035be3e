"""kit runs push"""

import click

from kit.cli import completion, options
from kit.stats.digits import write_size


@click.command()
@click.argument("references", metavar="[RUN...]", nargs=-1, shell_complete=completion.runs)
@options.store_option(required=True)
@click.option("--new", "only_new", is_flag=True, help="Every finished run here that is not there yet, in place of RUN.")
@click.option("--weights", is_flag=True, help="The weights too, so that a teammate can predict with the run.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), default=3600.0, show_default=True, help="Seconds to wait for Kaggle."
)
@click.option("--poll", type=click.FloatRange(min=0), default=15.0, hidden=True)
@options.json_option
def command(
    references: tuple[str, ...], where: str, only_new: bool, weights: bool, timeout: float, poll: float, as_json: bool
) -> None:
    """Put finished runs where the team finds them: in a shared folder, at any URL that fsspec opens, in a private dataset at
    Kaggle. A run that is there already is left as it is.

    An ensemble goes as a run of its own: who pulls it can submit it and blend it, without the runs that it was made of.
    """
    from kit import runs
    from kit.sharing import stores
    from kit.sharing.push import list_new, push

    if only_new == bool(references):
        raise click.UsageError("which runs? name them, or --new for those that are not there yet")
    store = stores.open_store(where, timeout_s=timeout, poll_s=poll)
    named = list_new(store) if only_new else [runs.find(reference) for reference in references]
    chosen = {run.id: run for run in named}
    sent = push(store, list(chosen.values()), weights=weights)
    text = [f"{name}  {write_size(size) if size else 'is there already'}" for name, size in sent.items()]
    options.result(
        [{"run": name, "bytes": size} for name, size in sent.items()], "\n".join(text) or "nothing new", as_json=as_json
    )
    options.next_step(f"runs pull{options.typed_store()}   (a teammate, with the same folds.csv)")
