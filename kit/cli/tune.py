"""kit tune"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.errors import ConfigError
from kit.learn import backend
from kit.suggest import complete

if TYPE_CHECKING:
    from kit.learn.search.tune import Search

SHOWN = 10


@click.command()
@options.slug_argument
@options.recipe_options
@options.overrides_option
@click.option(
    "--trials", default=20, show_default=True, type=click.IntRange(1), help="Trials in all, earlier ones included."
)
@click.option(
    "--space",
    "spaces",
    multiple=True,
    metavar="KEY=LOW:HIGH[:log]|KEY=A,B,C",
    help="What to vary; may be repeated. Without: learning rate, weight decay, label smoothing, dropout and cutout.",
)
@options.device_option
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions,
    /,
    slug: str,
    overrides: tuple[str, ...],
    trials: int,
    spaces: tuple[str, ...],
    as_json: bool,
    **chosen: Any,
) -> None:
    """Search for better settings by Optuna; the last line trains with the best. Trial 0 has the settings as they are.

    A trial learns from the rows outside fold 0, but for --set stopping_share of them, and is judged by its lowest loss on
    those. Fold 0 is never looked at: its score alone tells honestly what the best settings are worth, so the last line says
    --folds 1. More folds make a better submission, but the rows that chose the settings lie in them and flatter their score,
    as the best trial's own loss does, being the best of many. A trial that looks worse than half of the others ends early.

    The same command goes on after Ctrl-C or a crash, or with more --trials; a killed trial is not counted. All is kept in
    data/<slug>/tune.db, a study for each combination of settings and space.

    \b
    kit tune cifar-10 --trials 30 --space learning_rate=0.02:1:log --space optimizer=sgd,adamw
    """
    from kit.learn.search import space
    from kit.learn.settings import resolve_settings

    if find_spec("optuna") is None:
        raise ConfigError("kit tune needs Optuna, which is not installed", do="pip install optuna")
    competition = obj.competition(slug)
    given = options.select_typed(chosen)
    config, _ = resolve_settings(competition, {}, given, overrides)
    allowed: space.Space = dict(map(space.parse, spaces))
    backend.load()
    from kit.learn import device
    from kit.learn.search.tune import tune

    allowed = allowed or space.default_space(competition, device.resolve_auto_batch(config))
    search = tune(competition, config, allowed, trials)
    if not search.trials:
        raise ConfigError("no trial came to its end", received=f"{search.pruned} that diverged", do="try other --space")
    if config.folds > 1:
        given, overrides = {**given, "folds": 1}, tuple(text for text in overrides if not text.startswith("folds="))
    best = {**device.pin_auto_batch(config), **_spell(search.trials[0].settings)}
    command = complete("kit " + options.train_words(slug, given, overrides, best))
    trials_found = [vars(trial) for trial in search.trials]
    value = {**vars(search), "database": str(search.database), "trials": trials_found, "command": command}
    options.result(value, _text(search, command), as_json=as_json)


def _spell(settings: dict[str, Any]) -> dict[str, Any]:
    """As --set takes them."""
    return {key: f"{value:g}" if isinstance(value, float) else value for key, value in settings.items()}


def _text(search: "Search", command: str) -> str:
    """The best trials, how they were judged, and the command that trains with the best."""
    rows = [
        {
            "trial": trial.number,
            "loss": f"{trial.loss:.4f}",
            **({} if trial.accuracy is None else {"accuracy": f"{trial.accuracy:.4f}"}),
            "epoch": trial.epoch,
            "seconds": trial.seconds,
            **trial.settings,
        }
        for trial in search.trials[:SHOWN]
    ]
    judged = f"{len(search.trials)} trials on {search.rows} rows outside fold 0, whose score stays honest"
    return f"{options.table(rows)}\n{judged}; {search.pruned} ended early\n{command}"
