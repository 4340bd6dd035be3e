"""kit train"""

from typing import Any

import click

from kit.cli import completion, options
from kit.cli.options import GlobalOptions
from kit.competition import Competition
from kit.errors import ConfigError, KitError
from kit.learn import backend
from kit.suggest import complete


@click.command()
@click.argument("slug", metavar="[SLUG]", required=False, shell_complete=completion.competitions)
@options.recipe_options
@click.option(
    "--folds",
    type=int,
    metavar="N",
    help="Train only the first N of the folds that `kit prepare` dealt; 1: a single validation fold.",
)
@click.option("--seeds", type=int, metavar="N", help="Members per fold, each from another seed, averaged.")
@click.option("--name", help="Goes into the run id.")
@options.overrides_option
@click.option("--deterministic", is_flag=True, help="Bit-equal repeats and resumes, somewhat slower.")
@click.option(
    "--resume",
    metavar="RUN",
    help="Go on with an interrupted run, and nothing else; --weights says where its file lies now.",
)
@click.option("--fold", type=int, metavar="K", help="With --resume: only its members, as one of several machines.")
@click.option("--create", is_flag=True, help="Only write the run's folder; its members are trained with --resume.")
@options.device_option
@click.option("--push", is_flag=True, help="Then push it to the team's store, as `kit runs push RUN` does.")
@options.store_option()
@options.json_option
@click.pass_obj
def command(obj: GlobalOptions, /, slug: str | None, overrides: tuple[str, ...], as_json: bool, **chosen: Any) -> None:
    """Train one model on each fold; out-of-fold and test probabilities are kept in runs/. The run id is the last line.

    \b
    kit train digit-recognizer --folds 1
    kit train dogs-vs-cats --recipe features --backbone mobilenet_v2_1.00 --weights imagenet
    kit train digit-recognizer --set epochs=20 --set learning_rate=0.2 --seeds 3
    kit train --resume cifar-10-scratch-resnet9-1121-093012
    kit train cifar-10 --create; kit train --resume RUN --fold 0 (and 1, ... anywhere); kit train --resume RUN joins them

    Settings: the kit's defaults < the recipe's < the network's < the competition's < this command line; what suits another
    recipe or network than the competition's own comes after the competition. kit/config.py lists them all.
    """
    from kit.tracking import export

    resumed, name, fold, push, where = (chosen.pop(key) for key in ("resume", "name", "fold", "push", "where"))
    if push or options.typed_store():
        _check_store(push, where)  # before hours of training
    given = options.select_typed(chosen)
    create = given.pop("create", False)
    if resumed:
        others = [*given, *overrides, *["name"] * bool(name), *["create"] * create]
        run = _resume(obj, slug, resumed, given.pop("weights", None), [one for one in others if one != "weights"], fold)
    elif fold is not None:
        raise ConfigError("--fold goes with --resume", do="make the run first: kit train SLUG --create")
    elif slug:
        run = _begin(obj.competition(slug), given, overrides, name, create)
    else:
        raise click.UsageError("which competition? kit train SLUG, or kit train --resume RUN")
    if create:
        return _report_created(run, as_json)
    if fold is not None:
        return _fold(run, fold, as_json)
    export.export_finished(run)
    if push:
        _push(run, where)
    options.run_result(run, as_json=as_json)
    options.next_step(f"submit {run.slug} {run.id}   (or: kit report {run.id})")


def _resume(
    obj: GlobalOptions, slug: str | None, resumed: str, moved: str | None, others: list[str], fold: int | None
) -> Any:
    """The run. moved: where its weights file lies now. others: names of further settings, which it does not take."""
    if others:
        raise ConfigError(
            "--resume takes no other setting: the run has its own",
            received=", ".join(others),
            do="give them to a new run: kit train SLUG",
        )
    run = _find_resumed(resumed, moved)
    competition = obj.competition(slug or run.slug)
    backend.load()  # takes seconds: not before the settings are known to be good
    from kit.learn import train

    train.resume(run, competition, fold=fold)
    return run


def _begin(
    competition: Competition, given: dict[str, Any], overrides: tuple[str, ...], name: str | None, create: bool
) -> Any:
    """The new run, trained unless it is only to be created."""
    from kit.learn.settings import resolve_settings

    config, origin = resolve_settings(competition, {}, given, overrides)
    backend.load()
    from kit.learn import train

    return (train.create if create else train.train)(competition, config, origin, name=name)


def _check_store(push: bool, where: str | None) -> None:
    """Raises ConfigError or DataError for none, one that cannot be opened, or one without --push."""
    from kit.sharing import stores

    if not push:
        raise ConfigError("--store says where --push brings the run", do="add --push")
    stores.open_store(options.need_store(where, "--push"))


def _push(run: Any, where: str) -> None:
    """A store that is away does not undo the training: what to type later is said."""
    from kit.progress import say
    from kit.sharing import stores
    from kit.sharing.push import push

    try:
        push(stores.open_store(where), [run])
        say(f"pushed to {stores.redact(where)}")
    except (KitError, OSError) as error:
        say(complete(f"not pushed: {error}; `kit runs push {run.id}{options.typed_store()}`"))


def _find_resumed(reference: str, moved: str | None) -> Any:
    """The run; moved: where its weights file lies now."""
    from kit import paths, runs
    from kit.runs import provenance

    run = runs.find(reference)
    return provenance.move_weights(run, paths.expand_home(moved)) if moved else run


def _report_created(run: Any, as_json: bool) -> None:
    """A run without members: its id is the last line, as of a finished one."""
    value = {"run": run.id, "folder": str(run.folder), "folds": run.config.folds, "seeds": run.config.seeds}
    options.result(value, f"folds: {run.config.folds}\nfolder: {run.folder}\n{run.id}", as_json=as_json)
    options.next_step(f"train --resume {run.id} --fold 0   (each fold, anywhere; then --resume alone joins them)")


def _fold(run: Any, fold: int, as_json: bool) -> None:
    from kit.json_files import read_json

    members = [read_json(run.member(*member) / "metrics.json") for member in run.members(fold)]
    options.result({"run": run.id, "fold": fold, "members": members}, run.id, as_json=as_json)
    left = [member[0] for member in run.members() if not run.is_trained(*member)]
    options.next_step(f"train --resume {run.id}" + (f" --fold {left[0]}" if left else "   (joins the members)"))
