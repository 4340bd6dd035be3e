"""kit lr-find"""

from typing import Any

import click

from kit.cli import options
from kit.cli.options import GlobalOptions
from kit.learn import backend


@click.command()
@options.slug_argument
@options.recipe_options
@options.overrides_option
@click.option("--batches", default=100, show_default=True, help="Rates to try, each on one batch.")
@click.option("--low", default=1e-5, show_default=True, help="The first rate.")
@click.option(
    "--high", default=10.0, show_default=True, help="The last one; a loss that diverges ends the test before."
)
@options.device_option
@options.json_option
@click.pass_obj
def command(
    obj: GlobalOptions,
    /,
    slug: str,
    overrides: tuple[str, ...],
    batches: int,
    low: float,
    high: float,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Raise the learning rate from batch to batch and see where the loss falls (range test, L. N. Smith 2015).

    Suggests the rate of the steepest descent, as `--set learning_rate=...` on the last line; a tenth of the rate of the lowest
    loss is another usual choice. It suits batches of the tested size: where batch_size is 0 (auto), its number is named too.
    Trains on rows outside fold 0, which is never looked at. The picture is data/<slug>/lr-find.png.

    \b
    kit lr-find cifar-10 --backbone resnet9 --set batch_size=512
    """
    from kit import paths
    from kit.learn.settings import resolve_settings

    competition = obj.competition(slug)
    given = options.select_typed(chosen)
    config, _ = resolve_settings(competition, {}, given, overrides)
    backend.load()
    from kit.files import open_atomic
    from kit.learn import device
    from kit.learn.search.lr_find import find
    from kit.report.render import pictures

    test = find(competition, config, batches=batches, low=low, high=high)
    path = paths.data(slug).root / "lr-find.png"
    with open_atomic(path) as out:
        out.write(pictures.range_test(test.rates, test.losses, test.smoothed, test.steepest, test.lowest))
    rate = f"{test.steepest:.2g}"
    best = {**device.pin_auto_batch(config), "learning_rate": rate}
    value = {
        "batch_size": device.resolve_auto_batch(config).batch_size,
        "learning_rate": float(rate),
        "lowest_loss_at": test.lowest,
        "picture": str(path),
        "rates": test.rates.tolist(),
        "losses": test.losses.tolist(),
    }
    words = " ".join(f"--set {key}={setting}" for key, setting in best.items())
    text = f"steepest descent at {rate}; lowest loss at {test.lowest:.2g}, a tenth of that is {test.lowest / 10:.2g}"
    options.result(value, f"{text}\npicture: {path}\n{words}", as_json=as_json)
    options.next_step(options.train_words(slug, given, overrides, best))
