"""kit augment-preview: a look at what training sees, before hours are spent on it."""

import click

from kit.cli import options


@click.command()
@options.slug_argument
@click.option("--images", "count", default=6, show_default=True, type=click.IntRange(1, 50), help="Rows of the sheet.")
@click.option(
    "--epochs", default=7, show_default=True, type=click.IntRange(1, 15), help="Augmented forms of each image."
)
@click.option("--seed", default=0, show_default=True, help="Which images, and how they are augmented.")
@options.overrides_option
@options.json_option
@click.pass_obj
def command(
    obj: options.GlobalOptions, slug: str, count: int, epochs: int, seed: int, overrides: tuple[str, ...], as_json: bool
) -> None:
    """Write a picture of some training images, each as cached and then as it is shown in one epoch after another.

    The pixels are those that `kit train --seed` feeds to its first member: made by the same code, of the same seeds.
    Mixup and cutmix are not shown: they come after.
    """
    from kit import paths
    from kit.data import cache
    from kit.files import open_atomic
    from kit.learn.input import augment
    from kit.learn.settings import resolve_settings
    from kit.report.render import pictures
    from kit.report.sections import sheets

    competition, folders = obj.competition(slug), paths.data(slug)
    competition.check_has_images("augment-preview")
    data = cache.load(competition, folders)
    rows = sheets.sample_strata(competition.target.strata(data.train.labels), count, seed)
    config, _ = resolve_settings(competition, {}, {"seed": seed}, overrides)
    augment.check(competition, config)
    images = sheets.augment_images(competition, config, data, rows, epochs)
    names = competition.target.caption(data.train.labels[rows])
    titles = [title for name in names for title in (name, *(f"epoch {epoch}" for epoch in range(1, epochs + 1)))]
    path = folders.root / "augment-preview.png"
    with open_atomic(path) as out:
        out.write(pictures.sheet(images.reshape(-1, *images.shape[2:]), titles, columns=epochs + 1))
    ids = [str(data.train.ids[row]) for row in rows]
    options.result({"picture": str(path), "ids": ids}, str(path), as_json=as_json)
    options.next_step(f"train {slug}")
