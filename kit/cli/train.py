"""kit train"""

from typing import Any

import click

from kit.cli import backend, options
from kit.cli.options import Settings
from kit.errors import ConfigError


@click.command(short_help="train one model on each fold; ends with the run id")
@click.argument("slug", metavar="[SLUG]", required=False)
@click.option("--recipe", help="scratch: a network from its first weights. features: a head on a frozen backbone.")
@click.option(
    "--backbone", help="scratch: cnn, resnet9. features: any of keras.applications, such as mobilenet_v2_1.00."
)
@click.option(
    "--weights", metavar="imagenet|none|PATH", help="Weights of the backbone; PATH is a local .h5 or .weights.h5."
)
@click.option(
    "--folds", type=int, metavar="N", help="Folds of the folds file to train; 1 trains one member on one hold-out."
)
@click.option("--seed", type=int)
@click.option("--name", help="Goes into the run id.")
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any setting of kit.config; may be repeated."
)
@click.option("--deterministic", is_flag=True, help="Bit-equal repeats and resumes, somewhat slower.")
@click.option("--resume", metavar="RUN", help="Go on with an interrupted run, and nothing else.")
@options.json_option
@click.pass_obj
def command(obj: Settings, /, slug: str | None, settings: tuple[str, ...], as_json: bool, **chosen: Any) -> None:
    """Train one model on each fold; out-of-fold and test probabilities are kept in runs/. The run id is the last line.

    \b
    kit train digit-recognizer --folds 1
    kit train dogs-vs-cats --recipe features --backbone mobilenet_v2_1.00 --weights imagenet
    kit train cifar-10 --set epochs=20 --set learning_rate=0.2
    kit train --resume cifar-10-scratch-resnet9-1121-093012

    Settings: the kit's defaults < the competition's < this command line. kit/config.py lists them all.
    """
    from kit import runs

    resumed, name = chosen.pop("resume"), chosen.pop("name")
    given = {key: value for key, value in chosen.items() if value not in (None, False)}
    if resumed:
        if given or settings or name:
            raise ConfigError(
                "--resume takes no other setting: the run has its own", received=", ".join([*given, *settings])
            )
        run = runs.find(resumed)
        competition = obj.competition(slug or run.slug)
        backend.load()  # takes seconds: not before the settings are known to be good
        from kit.learn import train

        train.resume(run, competition)
    elif slug:
        competition = obj.competition(slug)
        config, origin = resolved(competition, {}, given, settings)
        backend.load()
        from kit.learn import train

        run = train.train(competition, config, origin, name=name)
    else:
        raise click.UsageError("which competition? kit train SLUG, or kit train --resume RUN")
    options.run_result(run, as_json=as_json)
    options.next_step(f"submit {run.slug} {run.id}   (or: kit report {run.id})")


def resolved(competition: Any, variant: dict[str, Any], given: dict[str, Any], settings: tuple[str, ...]) -> Any:
    """(Config, origin of each value). `variant`: one of the competition's `runs`."""
    from kit.config import parse, resolve

    views = {"tta": competition.tta}
    return resolve(
        [
            ("the competition", {**views, **competition.defaults}),
            ("the competition's runs", variant),
            ("the command line", {**given, **dict(parse(text) for text in settings)}),
        ]
    )
