"""kit runs push"""

import click

from kit.cli import completion, options


@click.command()
@click.argument("references", metavar="RUN...", nargs=-1, required=True, shell_complete=completion.runs)
@click.option(
    "--to", "where", metavar="WHERE", required=True, help="A shared folder, a URL (s3://...), or kaggle:owner/name."
)
@click.option("--weights", is_flag=True, help="The weights too, so that a teammate can predict with the run.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), default=3600.0, show_default=True, help="Seconds to wait for Kaggle."
)
@click.option("--poll", type=click.FloatRange(min=0), default=15.0, hidden=True)
@options.json_option
def command(references: tuple[str, ...], where: str, weights: bool, timeout: float, poll: float, as_json: bool) -> None:
    """Put finished runs where the team finds them: in a shared folder, at any URL that fsspec opens, in a private dataset at
    Kaggle. A run that is there already is left as it is.

    An ensemble goes as a run of its own: who pulls it can submit it and blend it, without the runs that it was made of.
    """
    from kit import runs
    from kit.sharing import stores
    from kit.sharing.push import push

    store = stores.open_store(where, timeout_s=timeout, poll_s=poll)
    chosen = {run.id: run for run in (runs.find(reference) for reference in references)}
    sent = push(store, list(chosen.values()), weights=weights)
    text = [f"{name}  {f'{size / 1e6:.1f} MB' if size else 'is there already'}" for name, size in sent.items()]
    options.result([{"run": name, "bytes": size} for name, size in sent.items()], "\n".join(text), as_json=as_json)
    options.next_step(f"runs pull {stores.redact(where)}   (a teammate, with the same folds.csv)")
